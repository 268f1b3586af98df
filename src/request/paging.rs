//! Pages of a list: the items of an answer, and where the next ones are.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::journal::Family;

use super::path::{PathError, RequestPath};

/// One page of a list.
#[derive(Debug, Deserialize)]
pub struct Page<'a> {
    /// The items, each as it was sent.
    #[serde(borrow)]
    pub data: Vec<&'a RawValue>,
    #[serde(default)]
    has_more: bool,
    #[serde(default)]
    next_page_url: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
}

/// Why a list cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The answer has no `data`.
    #[error("the answer is not a list, so there are no pages to follow")]
    NotAList,
    /// An item has no id to go on from.
    #[error("an item of the list has no id, so the next page cannot be asked for")]
    NoId,
    /// The next page is this page, for ever.
    #[error("the API names this page as the next one, so the list would never end")]
    Circular,
    /// The API gives a next page that is not a path of its own.
    #[error("the API names a next page that is not a path of its own: {0}")]
    Path(#[from] PathError),
}

impl<'a> Page<'a> {
    /// Reads an answer.
    ///
    /// # Errors
    /// When it is not a list.
    pub fn parse(body: &'a [u8]) -> Result<Self, PageError> {
        serde_json::from_slice(body).map_err(|_| PageError::NotAList)
    }

    /// The items in the order in which pages follow each other: a page that is gone through backwards
    /// ends with its first item.
    pub fn in_order(&self, is_backwards: bool) -> impl Iterator<Item = &'a RawValue> {
        let count = self.data.len();
        (0..count).map(move |at| self.data[if is_backwards { count - 1 - at } else { at }])
    }
}

/// The path of the page after this one, or `None` after the last. v1 goes on from an item's id, backwards
/// where `is_backwards`; v2 names the next page.
///
/// # Errors
/// When the next page cannot be known.
pub fn next_path(
    path: &RequestPath,
    page: &Page<'_>,
    is_backwards: bool,
) -> Result<Option<RequestPath>, PageError> {
    if path.family() == Family::V2 {
        let next = page.next_page_url.as_deref().map(relative).map(RequestPath::parse);
        return onward(path, next.transpose()?);
    }
    if !page.has_more {
        return Ok(None);
    }
    let (item, parameter) = if is_backwards {
        (page.data.first(), "ending_before")
    } else {
        (page.data.last(), "starting_after")
    };
    let item = item.ok_or(PageError::NoId)?;
    let item: Item = serde_json::from_str(item.get()).map_err(|_| PageError::NoId)?;
    onward(path, Some(path.clone().with_parameter(parameter, &item.id)))
}

fn onward(path: &RequestPath, next: Option<RequestPath>) -> Result<Option<RequestPath>, PageError> {
    if next.as_ref() == Some(path) { Err(PageError::Circular) } else { Ok(next) }
}

/// The path of a URL on whatever host: the key goes to the profile's host and no other.
fn relative(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return url };
    rest.find('/').map_or("/", |at| &rest[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(path: &str, body: &str, is_backwards: bool) -> Result<Option<String>, PageError> {
        let path = RequestPath::parse(path).expect("a path");
        let page = Page::parse(body.as_bytes())?;
        Ok(next_path(&path, &page, is_backwards)?.map(|path| path.to_string()))
    }

    #[test]
    fn v1_goes_on_from_the_last_item_or_back_from_the_first() {
        let body = r#"{"data": [{"id": "a"}, {"id": "b"}], "has_more": true}"#;
        assert_eq!(
            next("charges?limit=2", body, false).expect("a page").as_deref(),
            Some("/v1/charges?limit=2&starting_after=b")
        );
        assert_eq!(
            next("charges", body, true).expect("a page").as_deref(),
            Some("/v1/charges?ending_before=a")
        );
        assert_eq!(
            next("charges", r#"{"data": [{"id": "a"}], "has_more": false}"#, false).expect("a page"),
            None
        );
    }

    #[test]
    fn v2_names_its_next_page_and_never_another_host() {
        let body = r#"{"data": [], "next_page_url": "https://elsewhere.example/v2/core/events?page=2"}"#;
        assert_eq!(
            next("/v2/core/events", body, false).expect("a page").as_deref(),
            Some("/v2/core/events?page=2")
        );
        assert_eq!(
            next("/v2/core/events", r#"{"data": [], "next_page_url": null}"#, false).expect("a page"),
            None
        );
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert!(matches!(next("charges", r#"{"id": "ch_1"}"#, false), Err(PageError::NotAList)));
        assert!(matches!(next("charges", r#"{"data": [1], "has_more": true}"#, false), Err(PageError::NoId)));
        assert!(matches!(next("charges", r#"{"data": [], "has_more": true}"#, false), Err(PageError::NoId)));
    }

    #[test]
    fn a_list_that_would_never_end_is_refused() {
        let body = r#"{"data": [{"id": "a"}], "has_more": true}"#;
        assert!(matches!(next("charges?starting_after=a", body, false), Err(PageError::Circular)));
    }
}
