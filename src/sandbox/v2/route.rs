//! From a method and a path of v2 to what is asked for.

use super::RESOURCES;
use super::resource::{Operation, Resource};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::resources::by_method;

/// What a request asks for.
pub(in crate::sandbox) struct V2Route {
    /// The kind of object.
    pub(in crate::sandbox) resource: &'static Resource,
    /// What is done with it.
    pub(in crate::sandbox) operation: &'static Operation,
    /// The id in the path, or nothing.
    pub(in crate::sandbox) id: String,
}

/// Finds what a method and a path ask for: 404 where nothing is, 405 where something else is.
pub(in crate::sandbox) fn route(method: &str, path: &str) -> Result<V2Route, ApiError> {
    let unknown = || {
        let message =
            format!("Unrecognized request URL ({method}: {path}). It is not offered by the sandbox.");
        ApiError::refused(404, message).code("not_found")
    };
    let rest = path.strip_prefix("/v2/").ok_or_else(unknown)?;
    let below = |resource: &&'static Resource| {
        let after = rest.strip_prefix(resource.path)?;
        (after.is_empty() || after.starts_with('/')).then_some((*resource, after))
    };
    let (resource, after) = RESOURCES.iter().find_map(below).ok_or_else(unknown)?;
    let fitting: Vec<_> = resource
        .operations
        .iter()
        .filter_map(|operation| Some((operation.method, (operation, operation.target.ids_in(after)?.0))))
        .collect();
    let (operation, id) = by_method(&fitting, method, path).ok_or_else(unknown)??;
    Ok(V2Route { resource, operation, id: id.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::params::method::Method;
    use crate::sandbox::resources::Target;

    #[test]
    fn paths_find_their_operations() {
        let found = route("POST", "/v2/iam/api_keys/mk_1/rotate").unwrap_or_else(|_| panic!("404"));
        assert_eq!((found.resource.permission, found.id.as_str()), ("api_key", "mk_1"));
        assert_eq!(found.operation.target, Target::Action("rotate"));
        let listed = route("GET", "/v2/core/event_destinations").unwrap_or_else(|_| panic!("404"));
        assert_eq!((listed.operation.target, listed.id.as_str()), (Target::Collection, ""));
    }

    #[test]
    fn no_path_hides_another_and_no_operation_is_there_twice() {
        for (place, resource) in RESOURCES.iter().enumerate() {
            for later in &RESOURCES[place + 1..] {
                assert!(!later.path.starts_with(&format!("{}/", resource.path)), "{}", later.path);
            }
            let mut seen: Vec<(Method, Target)> = Vec::new();
            for operation in resource.operations {
                let asked = (operation.method, operation.target);
                assert!(!seen.contains(&asked), "{}: {asked:?} is there twice", resource.object);
                seen.push(asked);
            }
        }
    }

    #[test]
    fn what_is_not_there_is_404_and_what_is_not_done_405() {
        let status = |method, path| route(method, path).map_or_else(|error| error.status(), |_| 200);
        for path in [
            "/v2/",
            "/v1/iam/api_keys",
            "/v2/iam/api_keysx",
            "/v2/iam/api_keys/",
            "/v2/iam/api_keys/mk_1/",
            "/v2/iam/api_keys/mk_1/cancel",
            "/v2/iam/api_keys/mk_1/rotate/now",
        ] {
            assert_eq!(status("GET", path), 404, "{path}");
        }
        assert_eq!(status("DELETE", "/v2/iam/api_keys/mk_1"), 405);
        assert_eq!(status("GET", "/v2/iam/api_keys/mk_1/rotate"), 405);
    }
}
