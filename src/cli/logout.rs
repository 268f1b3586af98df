//! `paycli logout`: forgets the API key of the profile here. The API is not told.

use crate::exit::ExitCode;

use super::context::Context;
use super::failure::Failure;
use super::keys;

/// Forgets the API key of the profile.
pub(super) fn run(context: &Context) -> Result<ExitCode, Failure> {
    keys::forget_default(context)
}
