//! What was found, in words: a line for each key, and what to do about it below.

use super::{Alive, Finding, Report, advice, shown_path};

/// The findings, the worst first, as lines.
#[must_use]
pub fn human(report: &Report<'_>) -> Vec<String> {
    let mut findings: Vec<_> = report.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity()));
    findings.iter().flat_map(|finding| lines(finding, report.complete)).collect()
}

fn lines(finding: &Finding, complete: &dyn Fn(&str) -> String) -> Vec<String> {
    let leak = &finding.leak;
    let place = leak.place.words().map(|words| format!(", {words}")).unwrap_or_default();
    let mut lines = vec![format!(
        "{}:{}:{}: {}: {} {}{place}",
        shown_path(&leak.path),
        leak.line,
        leak.column,
        finding.severity(),
        finding.words(),
        leak.secret.redacted(),
    )];
    if let Some(commit) = &leak.commit {
        let id = commit.id.get(..12).unwrap_or(&commit.id);
        lines.push(format!("  commit {id} of {} by {}", commit.date, commit.author));
    }
    if let Some(in_use) = &finding.in_use {
        lines.push(format!("  this is {}", in_use.words));
    }
    match &finding.alive {
        Some(Alive::Works) => lines.push("  the API accepts this key".into()),
        Some(Alive::Refused) => {
            lines.push("  the API refuses this key: it is revoked or was never valid".into());
        }
        Some(Alive::Unknown(why)) => lines.push(format!("  not verified: {why}")),
        None => {}
    }
    let advice = advice(finding).unwrap_or_default();
    lines.extend(advice.commands.iter().map(|command| format!("  next: {}", complete(command))));
    lines.extend(advice.hint.iter().map(|hint| format!("  {hint}")));
    lines
}
