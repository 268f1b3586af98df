//! Resources: the collections that operations belong to, as they stand in paths.

use super::nearest::nearest;
use super::operation::{Operation, operations};

/// A collection and its operations.
#[derive(Debug)]
pub struct Resource {
    /// Its path without `/v1/`: `customers`, `checkout/sessions`, `v2/core/event_destinations`.
    pub name: &'static str,
    /// Its operations, those of what its objects own too, sorted by path and method.
    pub operations: Vec<&'static Operation>,
}

/// All resources, sorted by name.
#[must_use]
pub fn resources() -> Vec<Resource> {
    let mut resources: Vec<Resource> = Vec::new();
    for operation in operations() {
        let name = name_of(operation);
        match resources.iter_mut().find(|resource| resource.name == name) {
            Some(resource) => resource.operations.push(operation),
            None => resources.push(Resource { name, operations: vec![operation] }),
        }
    }
    resources.sort_by_key(|resource| resource.name);
    resources
}

/// What stands before the first name in braces, without an action of the whole collection (`search`).
fn name_of(operation: &'static Operation) -> &'static str {
    let path = operation.path;
    let mut collection = path.split("/{").next().unwrap_or(path);
    if collection == path {
        while let Some((parent, _)) = collection.rsplit_once('/').filter(|(parent, _)| is_collection(parent))
        {
            collection = parent;
        }
    }
    collection.strip_prefix("/v1/").unwrap_or_else(|| collection.trim_start_matches('/'))
}

/// Whether a path has an operation, or objects below it.
fn is_collection(path: &str) -> bool {
    let below = |other: &'static str| other.strip_prefix(path);
    operations()
        .iter()
        .any(|other| below(other.path).is_some_and(|rest| rest.is_empty() || rest.starts_with("/{")))
}

/// Resources that may have been meant, the best first: those whose last part is like what was typed, or that have it
/// as a part.
#[must_use]
pub fn nearest_resources(typed: &str) -> Vec<&'static str> {
    let names: Vec<_> = resources().into_iter().map(|resource| resource.name).collect();
    let last = |name: &'static str| name.rsplit('/').next().unwrap_or(name);
    let mut meant: Vec<_> = names.iter().filter(|name| last(name) == typed).copied().collect();
    let like = nearest(typed, names.iter().copied()).or_else(|| {
        let like = nearest(typed, names.iter().map(|name| last(name)))?;
        names.iter().find(|name| last(name) == like).copied()
    });
    meant.extend(like);
    meant.dedup();
    meant.truncate(3);
    meant
}
