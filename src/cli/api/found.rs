//! What `paycli api` was asked for.

use crate::api_map::{Operation, Resource};

/// What was asked for.
pub(super) enum Found {
    /// All resources, or those whose names begin with what was typed.
    Resources(Vec<Resource>),
    /// One resource.
    Resource(Resource),
    /// The operations of a path.
    Operations(Vec<&'static Operation>),
}
