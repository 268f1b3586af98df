//! What a kind of object of v2 is declared by.

use super::call::Call;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::method::Method;
use crate::sandbox::resources::{Answer, Target};

/// A kind of object, and what can be done with it.
pub(in crate::sandbox) struct Resource {
    /// Its name in the field `object`.
    pub(super) object: &'static str,
    /// As permissions name it.
    pub(in crate::sandbox) permission: &'static str,
    /// Its path below `/v2/`.
    pub(in crate::sandbox) path: &'static str,
    /// What can be done, one row each.
    pub(in crate::sandbox) operations: &'static [Operation],
}

/// One thing that can be done.
pub(in crate::sandbox) struct Operation {
    /// How it is asked for.
    pub(in crate::sandbox) method: Method,
    /// Of what.
    pub(in crate::sandbox) target: Target,
    /// The fields that its body may have. Only a POST has a body that is looked at.
    fields: &'static [&'static str],
    run: Run,
}

type Run = fn(&Call<'_>) -> Result<Answer, ApiError>;

impl Operation {
    /// Reads.
    pub(super) const fn get(target: Target, run: Run) -> Self {
        Self { method: Method::Get, target, fields: &[], run }
    }

    /// Creates, changes or acts.
    pub(super) const fn post(target: Target, fields: &'static [&'static str], run: Run) -> Self {
        Self { method: Method::Post, target, fields, run }
    }

    /// Deletes an object.
    pub(super) const fn delete(run: Run) -> Self {
        Self { method: Method::Delete, target: Target::Item, fields: &[], run }
    }

    /// Does it, unless the body has a field that it does not know.
    pub(in crate::sandbox) fn run(&self, call: &Call<'_>) -> Result<Answer, ApiError> {
        if self.method == Method::Post {
            call.only(self.fields)?;
        }
        (self.run)(call)
    }
}
