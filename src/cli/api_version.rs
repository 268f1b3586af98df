//! The version of the API that a request names.

use crate::journal::Family;
use crate::profile::Profile;

/// The version of the API that v2 requests name where nothing else does: v2 requires one.
pub(super) const V2_VERSION: &str = "2026-10-28.endive";

/// The version that a request names.
pub(super) fn api_version(given: Option<&String>, profile: &Profile, family: Family) -> Option<String> {
    let default = (family == Family::V2).then(|| V2_VERSION.to_owned());
    given.cloned().or_else(|| profile.api_version.clone()).or(default)
}
