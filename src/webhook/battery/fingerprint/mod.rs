//! What mistake stands behind the failures: tables of the marks that each leaves on the battery.

mod comparison;
mod handling;
mod header;
mod mistake;
mod reached;
mod signed_text;

pub use mistake::Mistake;

use super::judge::{CheckResult, Status};

/// Every mistake, those that account for most first.
pub(super) fn all() -> impl Iterator<Item = &'static Mistake> {
    let tables = [
        reached::REACHED,
        signed_text::SIGNED_TEXT,
        header::HEADER,
        comparison::COMPARISON,
        handling::HANDLING,
    ];
    tables.into_iter().flatten()
}

/// The mistakes that account for what did not pass, those behind the worst failures first. Each accounts for
/// something that those above it in the table leave open.
#[must_use]
pub fn mistakes(results: &[CheckResult]) -> Vec<&'static Mistake> {
    let is_open = |result: &&CheckResult| matches!(result.status, Status::Failed | Status::Warning);
    let mut open: Vec<_> = results.iter().filter(is_open).collect();
    let mut found = Vec::new();
    for mistake in all() {
        let accounts_for = |result: &&CheckResult| mistake.explains.covers(result);
        if open.iter().any(accounts_for) && mistake.signs.iter().all(|sign| sign.is_on(results)) {
            let worst =
                open.iter().filter(|it| accounts_for(it)).map(|it| (it.status, it.check.severity)).min();
            open.retain(|result| !accounts_for(result));
            found.push((worst, mistake));
        }
    }
    found.sort_by_key(|(worst, _)| *worst);
    found.into_iter().map(|(_, mistake)| mistake).collect()
}
