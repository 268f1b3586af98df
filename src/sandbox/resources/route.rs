//! From a method and a path to what is asked for.

use super::{Lists, Method, Operation, RESOURCES, Resource, Target};
use crate::sandbox::params::api_error::ApiError;

/// What a request asks for.
pub(in crate::sandbox) struct Route {
    /// The kind of object.
    pub(in crate::sandbox) resource: &'static Resource,
    /// What is done with it.
    pub(in crate::sandbox) operation: &'static Operation,
    /// The id in the path, or nothing.
    pub(in crate::sandbox) id: String,
    /// The id of the object below that, or nothing.
    pub(in crate::sandbox) part: String,
}

impl Route {
    /// Whether the answer is a list.
    pub(in crate::sandbox) fn is_list(&self) -> bool {
        !matches!(self.operation.lists, Lists::Nothing | Lists::OneOf(_))
    }

    /// The kind of object that is answered, or listed.
    pub(in crate::sandbox) fn answers(&self) -> &'static Resource {
        match self.operation.lists {
            Lists::Other(resource) | Lists::OneOf(resource) => resource,
            Lists::Nothing | Lists::Itself => self.resource,
        }
    }
}

/// Finds what a method and a path ask for: 404 where nothing is, 405 where something else is.
pub(in crate::sandbox) fn route(method: &str, path: &str) -> Result<Route, ApiError> {
    let unknown = || {
        let message =
            format!("Unrecognized request URL ({method}: {path}). It is not offered by the sandbox.");
        ApiError::refused(404, message)
    };
    let rest = path.strip_prefix("/v1/").ok_or_else(unknown)?;
    let below = |resource: &&'static Resource| {
        let after = rest.strip_prefix(resource.path)?;
        (after.is_empty() || after.starts_with('/')).then_some((*resource, after))
    };
    let (resource, after) = RESOURCES.iter().find_map(below).ok_or_else(unknown)?;
    let mut fitting: Vec<_> = resource
        .operations
        .iter()
        .filter_map(|operation| Some((operation.method, (operation, operation.target.ids_in(after)?))))
        .collect();
    // A name that something has its own path under is no id.
    let is_named = |(_, (operation, _)): &(Method, (&Operation, (&str, &str)))| {
        matches!(operation.target, Target::Named(_))
    };
    if fitting.iter().any(is_named) {
        fitting.retain(is_named);
    }
    let (operation, (id, part)) = by_method(&fitting, method, path).ok_or_else(unknown)??;
    let read = |id: &str| {
        decoded(id).ok_or_else(|| {
            ApiError::invalid("The path holds a broken percent-encoding, or is not valid UTF-8 when decoded.")
        })
    };
    Ok(Route { resource, operation, id: read(id)?, part: read(part)? })
}

/// Of the operations that fit a path, the one that is asked for by this method; 405 where it is none of
/// them, and nothing where none fits.
pub(in crate::sandbox) fn by_method<T: Copy>(
    fitting: &[(Method, T)],
    method: &str,
    path: &str,
) -> Option<Result<T, ApiError>> {
    if fitting.is_empty() {
        return None;
    }
    if let Some((_, found)) = fitting.iter().find(|(known, _)| known.as_str() == method) {
        return Some(Ok(*found));
    }
    let known = fitting.iter().map(|(known, _)| known.as_str()).collect::<Vec<_>>().join(", ");
    let message = format!("Unrecognized request URL ({method}: {path}). This path supports {known}.");
    Some(Err(ApiError::method(message, known)))
}

impl Target {
    /// The ids in what follows a resource's path, its own and that of what is below it, or nothing where there
    /// is none to be; `None` where it is about something else.
    pub(in crate::sandbox) fn ids_in(self, after: &str) -> Option<(&str, &str)> {
        let mut parts = after.split('/').skip(1);
        let found = (parts.next(), parts.next(), parts.next());
        let ids = match (self, found) {
            (Self::Collection | Self::Single, (None, ..)) => return Some(("", "")),
            (Self::Named(name), (Some(found), None, _)) => return (found == name).then_some(("", "")),
            (Self::Item, (Some(id), None, _)) => (id, None),
            (Self::Action(name), (Some(id), Some(found), None)) if found == name => (id, None),
            (Self::Part(name), (Some(id), Some(found), Some(part))) if found == name => (id, Some(part)),
            _ => return None,
        };
        let is_whole = parts.next().is_none() && !ids.0.is_empty() && ids.1 != Some("");
        is_whole.then_some((ids.0, ids.1.unwrap_or_default()))
    }
}

/// An id as it was meant: users choose the ids of products and coupons, and may use any letter in them.
fn decoded(id: &str) -> Option<String> {
    if !id.contains('%') {
        return Some(id.to_owned());
    }
    let whole =
        id.split('%').skip(1).all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2);
    let text = percent_encoding::percent_decode_str(id).decode_utf8().ok()?;
    whole.then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_find_their_operations() {
        let found = route("POST", "/v1/payment_intents/pi_1/confirm").unwrap_or_else(|_| panic!("404"));
        assert_eq!((found.resource.object, found.id.as_str()), ("payment_intent", "pi_1"));
        assert_eq!(found.operation.target, Target::Action("confirm"));
        let found = route("GET", "/v1/customers/cus_1/balance_transactions/cbtxn_1");
        let found = found.unwrap_or_else(|_| panic!("404"));
        assert_eq!((found.id.as_str(), found.part.as_str()), ("cus_1", "cbtxn_1"));
        let found = route("POST", "/v1/invoices/create_preview").unwrap_or_else(|_| panic!("404"));
        assert_eq!(found.operation.target, Target::Named("create_preview"));
        assert!(route("GET", "/v1/customers").is_ok_and(|route| route.is_list()));
        assert!(route("GET", "/v1/account").is_ok_and(|route| !route.is_list()));
    }

    #[test]
    fn targets_find_ids() {
        let rotate = Target::Action("rotate");
        for (target, after, id) in [
            (Target::Collection, "", Some("")),
            (Target::Single, "", Some("")),
            (Target::Collection, "/x_1", None),
            (Target::Item, "/x_1", Some("x_1")),
            (Target::Item, "/rotate", Some("rotate")),
            (Target::Item, "", None),
            (Target::Item, "/", None),
            (Target::Item, "/x/y", None),
            (Target::Item, "/x/", None),
            (rotate, "/x_1/rotate", Some("x_1")),
            (rotate, "/x_1/other", None),
            (rotate, "//rotate", None),
            (rotate, "/rotate", None),
            (rotate, "/x_1rotate", None),
            (rotate, "/x/y/rotate", None),
            (Target::Named("search"), "/search", Some("")),
            (Target::Named("search"), "/other", None),
            (Target::Part("lines"), "/x_1/lines", None),
            (Target::Part("lines"), "/x_1/lines/", None),
        ] {
            assert_eq!(target.ids_in(after), id.map(|id| (id, "")), "{target:?} {after}");
        }
        assert_eq!(Target::Part("lines").ids_in("/x_1/lines/y_2"), Some(("x_1", "y_2")));
        assert_eq!(Target::Part("lines").ids_in("/x_1/lines/y_2/z"), None);
    }

    #[test]
    fn no_path_hides_another() {
        for (place, resource) in RESOURCES.iter().enumerate() {
            for later in &RESOURCES[place + 1..] {
                assert!(!later.path.starts_with(&format!("{}/", resource.path)), "{}", later.path);
            }
        }
    }

    #[test]
    fn ids_are_decoded_and_broken_ones_refused() {
        let id = |path: &str| route("GET", path).map(|route| route.id).map_err(|error| error.status());
        assert_eq!(id("/v1/customers/a%20b%C3%A9"), Ok("a bé".to_owned()));
        for broken in ["%", "%4", "%zz", "%ff", "a%4"] {
            assert_eq!(id(&format!("/v1/customers/{broken}")), Err(400), "{broken}");
        }
    }

    #[test]
    fn what_is_not_there_is_404_and_what_is_not_done_405() {
        let status = |method, path| route(method, path).map_or_else(|error| error.status(), |_| 200);
        for path in [
            "/",
            "/v1",
            "/v1/",
            "/v2/core/events",
            "/v1/customersx",
            "/v1/customers/",
            "/v1/customers/cus_1/",
            "/v1/customers/cus_1/confirm",
            "/v1/payment_intents/pi_1/confirm/now",
            "/v1/account/acct_1",
        ] {
            assert_eq!(status("GET", path), 404, "{path}");
        }
        assert_eq!(status("PUT", "/v1/customers"), 405);
        assert_eq!(status("DELETE", "/v1/payment_intents/pi_1"), 405);
        assert_eq!(status("GET", "/v1/payment_intents/pi_1/confirm"), 405);
    }
}
