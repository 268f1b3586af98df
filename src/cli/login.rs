//! `paycli login`: `keys add` under the name that people look for.

use crate::exit::ExitCode;

use super::context::Context;
use super::failure::Failure;
use super::keys::{self, AddArgs};

/// Stores the API key of the profile.
pub(super) fn run(context: &mut Context, args: &AddArgs) -> Result<ExitCode, Failure> {
    keys::add(context, args)
}
