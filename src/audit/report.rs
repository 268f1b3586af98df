//! What the checks saw, for people and for programs.

use serde::Serialize;

use super::facts::Seen;
use super::table::Checked;
use crate::scan::report::sarif::{Log, ResultJson, Rule, uri};

/// The checks in words: what is wrong first, with why and what to do, then what is right in a line each.
#[must_use]
pub fn human(checked: &[Checked], complete: &dyn Fn(&str) -> String) -> Vec<String> {
    let (wrong, others): (Vec<_>, Vec<_>) = checked.iter().partition(|checked| checked.fails());
    let mut lines = Vec::new();
    for Checked { check, seen } in wrong {
        lines.push(format!("{}: {} ({})", check.severity, check.title, check.id));
        lines.extend(seen.iter().flatten().map(|seen| format!("  {}", words(seen))));
        lines.push(format!("  why: {}", check.why));
        lines.push(format!("  fix: {}", check.fix));
        lines.extend(check.command.map(|command| format!("  next: {}", complete(command))));
    }
    for Checked { check, seen } in others {
        let state = if seen.is_some() { "ok" } else { "not checked" };
        lines.push(format!("{state}: {}", check.title));
    }
    lines
}

fn words(seen: &Seen) -> String {
    match &seen.path {
        Some(path) if !seen.text.contains(&*path.to_string_lossy()) => {
            format!("{}: {}", path.display(), seen.text)
        }
        _ => seen.text.clone(),
    }
}

/// The report of an audit.
#[derive(Debug, Serialize)]
pub struct AuditJson {
    schema: u32,
    ok: bool,
    checks: Vec<CheckJson>,
}

#[derive(Debug, Serialize)]
struct CheckJson {
    id: &'static str,
    title: &'static str,
    severity: &'static str,
    status: &'static str,
    seen: Vec<SeenJson>,
    why: &'static str,
    fix: &'static str,
    next_command: Option<String>,
}

#[derive(Debug, Serialize)]
struct SeenJson {
    message: String,
    path: Option<String>,
}

/// The checks as JSON.
#[must_use]
pub fn json(checked: &[Checked], complete: &dyn Fn(&str) -> String) -> AuditJson {
    let check = |checked: &Checked| CheckJson {
        id: checked.check.id,
        title: checked.check.title,
        severity: checked.check.severity.as_str(),
        status: match &checked.seen {
            None => "skipped",
            Some(seen) if seen.is_empty() => "passed",
            Some(_) => "failed",
        },
        seen: checked.seen.iter().flatten().map(seen_json).collect(),
        why: checked.check.why,
        fix: checked.check.fix,
        next_command: checked.check.command.map(complete),
    };
    AuditJson {
        schema: 1,
        ok: !checked.iter().any(Checked::fails),
        checks: checked.iter().map(check).collect(),
    }
}

fn seen_json(seen: &Seen) -> SeenJson {
    let path = seen.path.as_deref().map(crate::scan::report::shown_path);
    SeenJson { message: seen.text.clone(), path }
}

/// The checks as SARIF: a rule for each, a result for everything that was seen.
#[must_use]
pub fn sarif(checked: &[Checked]) -> Log {
    let rules = checked
        .iter()
        .map(|Checked { check, .. }| Rule::new(check.id, check.title, check.why, check.fix, check.severity));
    let results = checked.iter().flat_map(|checked| {
        let check = checked.check;
        let result = |seen: &Seen| {
            ResultJson::new(check.id, check.severity, words(seen), seen.path.as_deref().map(uri))
        };
        checked.seen.iter().flatten().map(result).collect::<Vec<_>>()
    });
    let skipped = checked.iter().filter(|checked| checked.seen.is_none());
    let notes = skipped.map(|checked| format!("not checked: {}", checked.check.title)).collect();
    Log::new(rules.collect(), results.collect(), notes)
}
