//! Names that the API's map does not have: pointed out before a request is sent, or refused with `--strict`.

use crate::api_map::api_version;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::request::OutsideTheMap;

use super::draft::Draft;

/// Points out what the map of the API does not have of a request, a line each; with `--strict` it is refused.
pub(super) fn check(context: &Context, draft: &Draft, is_strict: bool) -> Result<(), Failure> {
    let outside = draft.outside_the_map();
    if is_strict && !outside.is_empty() {
        return Err(refusal(&outside));
    }
    for slip in outside.iter().filter(|outside| outside.is_likely_a_slip()) {
        context.printer.warn(&slip.to_string());
    }
    Ok(())
}

fn refusal(outside: &[OutsideTheMap]) -> Failure {
    let message = outside.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let failure = Failure::usage(message).hint(format!(
        "--strict allows only what API version {} has; without it this is a warning",
        api_version()
    ));
    match &outside[0] {
        OutsideTheMap::Parameter { method, path, .. } => {
            failure.next(format!("api {method} {}", fixed(path)))
        }
        OutsideTheMap::Method { path, .. } => failure.next(format!("api {}", fixed(path))),
        OutsideTheMap::Path { .. } => failure.next("api"),
    }
}

/// A path of the map as a word that every shell takes as it is.
fn fixed(path: &str) -> String {
    path.replace(['{', '}'], "")
}
