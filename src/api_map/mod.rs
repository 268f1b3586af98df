//! A map of Stripe's API, offline: every operation with its parameters, and the fields of every object. Pure.
//!
//! The data is `stripe.map.z`, which `scripts/api-map.py` makes from the TypeScript declarations of the npm package
//! `stripe`. Nothing is decompressed before a command asks. What is named here exists in the API version of
//! [`api_version`]; what is not may still exist in another, so that a caller hints and does not insist.

mod data;
mod kinds;
mod nearest;
mod operation;
mod parameter;
mod resource;

pub use data::{api_version, package};
pub use kinds::{Field, ListKind, Object, Shape, Type, Words, object, object_of, objects};
pub use nearest::nearest;
pub use operation::{Operation, nearest_path, operation, operations, operations_at};
pub use parameter::{Parameter, UnknownParameter};
pub use resource::{Resource, nearest_resources, resources};

#[cfg(test)]
mod tests;
