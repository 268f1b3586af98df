//! The v2 family of the API: JSON in and out, and one declaration for each kind of object.

mod api_keys;
mod call;
mod event_destinations;
mod resource;
mod route;

use resource::Resource;

pub(super) use call::{Call, fields};
pub(super) use route::{V2Route, route};

/// Every resource. A new one is a file with its declaration, and its name here. Of two paths that begin
/// alike, the longer stands first.
pub(super) static RESOURCES: &[&Resource] = &[&api_keys::API_KEYS, &event_destinations::EVENT_DESTINATIONS];
