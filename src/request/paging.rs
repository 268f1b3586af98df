//! Pages of a list: the items of an answer, and where the next ones are.

use std::collections::HashSet;

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
    object: Option<String>,
    #[serde(default)]
    has_more: bool,
    #[serde(default, rename = "next_page")]
    search_cursor: Option<String>,
    #[serde(default, rename = "next_page_url")]
    next_url: Option<String>,
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
    /// There is more, and nothing to go on from: no id, or no `next_page`.
    #[error("the API says that the list goes on, and does not say from where")]
    NoCursor,
    /// A page that was asked for before is named as the next.
    #[error("the API names a page as the next one that was read before, so the list would never end")]
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

    /// The results of a search are gone through by `page`, all other v1 lists by an item's id (Stripe API
    /// reference, "Pagination" and "Search").
    fn is_search(&self) -> bool {
        self.search_cursor.is_some() || self.object.as_deref() == Some("search_result")
    }
}

/// The pages of a list that were asked for. A page is never asked for twice, so following them ends.
#[derive(Debug)]
pub struct Pages {
    path: RequestPath,
    is_backwards: bool,
    seen: HashSet<String>,
}

impl Pages {
    /// The list that begins with the page at `path`, gone through backwards where the caller came from its
    /// end.
    #[must_use]
    pub fn from(path: RequestPath, is_backwards: bool) -> Self {
        let seen = HashSet::from([path.to_string()]);
        Self { path, is_backwards, seen }
    }

    /// The path of the page that is to be asked for.
    #[must_use]
    pub const fn path(&self) -> &RequestPath {
        &self.path
    }

    /// Goes on to the page after this one; false after the last.
    ///
    /// # Errors
    /// When the next page cannot be known, or was asked for before.
    pub fn go_on(&mut self, page: &Page<'_>) -> Result<bool, PageError> {
        let Some(next) = self.after(page)? else { return Ok(false) };
        if !self.seen.insert(next.to_string()) {
            return Err(PageError::Circular);
        }
        self.path = next;
        Ok(true)
    }

    fn after(&self, page: &Page<'_>) -> Result<Option<RequestPath>, PageError> {
        if self.path.family() == Family::V2 {
            return Ok(page.next_url.as_deref().map(relative).map(RequestPath::parse).transpose()?);
        }
        if !page.has_more {
            return Ok(None);
        }
        if page.is_search() {
            let next = page.search_cursor.as_deref().ok_or(PageError::NoCursor)?;
            return Ok(Some(self.path.clone().with_parameter("page", next)));
        }
        let (item, parameter) = if self.is_backwards {
            (page.data.first(), "ending_before")
        } else {
            (page.data.last(), "starting_after")
        };
        let item = item.ok_or(PageError::NoCursor)?;
        let item: Item = serde_json::from_str(item.get()).map_err(|_| PageError::NoCursor)?;
        Ok(Some(self.path.clone().with_parameter(parameter, &item.id)))
    }
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
        let mut pages = Pages::from(RequestPath::parse(path).expect("a path"), is_backwards);
        let page = Page::parse(body.as_bytes())?;
        Ok(pages.go_on(&page)?.then(|| pages.path().to_string()))
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
        assert!(matches!(
            next("charges", r#"{"data": [1], "has_more": true}"#, false),
            Err(PageError::NoCursor)
        ));
        assert!(matches!(
            next("charges", r#"{"data": [], "has_more": true}"#, false),
            Err(PageError::NoCursor)
        ));
    }

    #[test]
    fn a_list_that_would_never_end_is_refused() {
        let body = r#"{"data": [{"id": "a"}], "has_more": true}"#;
        assert!(matches!(next("charges?starting_after=a", body, false), Err(PageError::Circular)));
    }

    #[test]
    fn a_search_goes_on_by_its_page() {
        let body = r#"{"data": [{"id": "a"}], "has_more": true, "next_page": "t0/k+"}"#;
        assert_eq!(
            next("charges/search?query=x&page=t9", body, false).expect("a page").as_deref(),
            Some("/v1/charges/search?query=x&page=t0%2Fk%2B")
        );
        let last = r#"{"object": "search_result", "data": [], "has_more": false, "next_page": null}"#;
        assert_eq!(next("charges/search", last, false).expect("a page"), None);
        let broken = r#"{"object": "search_result", "data": [{"id": "a"}], "has_more": true}"#;
        assert!(matches!(next("charges/search", broken, false), Err(PageError::NoCursor)));
    }

    #[test]
    fn no_page_is_asked_for_twice() {
        let mut pages = Pages::from(RequestPath::parse("charges").expect("a path"), false);
        let page = |id: &str| format!(r#"{{"data": [{{"id": "{id}"}}], "has_more": true}}"#);
        let mut go_on = |id: &str| pages.go_on(&Page::parse(page(id).as_bytes()).expect("a page"));
        assert!(go_on("a").expect("a page") && go_on("b").expect("a page") && go_on("c").expect("a page"));
        assert!(matches!(go_on("a"), Err(PageError::Circular)));
    }
}
