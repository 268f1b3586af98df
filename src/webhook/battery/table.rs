//! All checks of the battery, and how they are chosen by name.

use super::accept::ACCEPT;
use super::check::Check;
use super::refuse::REFUSE;

/// Every check, in the order in which they are run.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    ACCEPT.iter().chain(REFUSE.into_iter().flatten())
}

/// The checks of these names, in the battery's order; a group's name stands for all of its checks, and no
/// name at all for the whole battery.
///
/// # Errors
/// The first name that is neither.
pub fn select(names: &[String]) -> Result<Vec<&'static Check>, String> {
    let is_known = |name: &str| checks().any(|check| name == check.id || name == check.group.as_str());
    if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
        return Err(unknown.clone());
    }
    let is_chosen = |check: &&Check| {
        names.is_empty() || names.iter().any(|name| name == check.id || name == check.group.as_str())
    };
    Ok(checks().filter(is_chosen).collect())
}

/// The check whose name is most like a text.
#[must_use]
pub fn nearest_check(name: &str) -> &'static str {
    let likeness = |check: &&Check| strsim::jaro_winkler(check.id, name);
    let best = checks().max_by(|left, right| likeness(left).total_cmp(&likeness(right)));
    best.map_or("", |check| check.id)
}
