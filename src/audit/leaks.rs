//! Keys in files where none should be.

use crate::scan::Finding;
use crate::scan::report::shown_path;

use super::facts::{Facts, Origin, Seen};

pub(super) fn of(facts: &Facts, origin: Origin) -> Vec<Seen> {
    let leaks = facts.leaks.iter().filter(|found| found.origin == origin);
    let seen = leaks.map(|found| {
        let finding = Finding { leak: found.leak.clone(), in_use: None, alive: None };
        let leak = &finding.leak;
        let text = format!(
            "{}:{}: {} {}",
            shown_path(&leak.path),
            leak.line,
            finding.words(),
            leak.secret.redacted()
        );
        Seen { text, path: Some(leak.path.clone()) }
    });
    seen.collect()
}
