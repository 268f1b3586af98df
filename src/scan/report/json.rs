//! What was found, as one JSON object.

use serde::Serialize;

use super::{Alive, Finding, Report, advice, fingerprint, shown_path};

/// The report of a scan.
#[derive(Debug, Serialize)]
pub struct ReportJson<'a> {
    schema: u32,
    findings: Vec<FindingJson<'a>>,
    scanned: ScannedJson,
    passed_over: PassedOverJson,
    not_read: Vec<UnreadJson<'a>>,
    notes: &'a [String],
}

#[derive(Debug, Serialize)]
struct FindingJson<'a> {
    path: String,
    line: u64,
    column: u64,
    kind: &'static str,
    mode: Option<&'static str>,
    severity: &'static str,
    place: &'static str,
    key: String,
    fingerprint: String,
    in_use: Option<InUseJson<'a>>,
    verified: Option<&'static str>,
    verified_detail: Option<&'a str>,
    commit: Option<CommitJson<'a>>,
    next_command: Option<String>,
    hint: Option<String>,
}

#[derive(Debug, Serialize)]
struct InUseJson<'a> {
    message: &'a str,
    profile: Option<&'a str>,
    name: Option<&'a str>,
    version: &'static str,
    mode: &'static str,
}

#[derive(Debug, Serialize)]
struct CommitJson<'a> {
    id: &'a str,
    date: &'a str,
    author: &'a str,
}

#[derive(Debug, Serialize)]
struct ScannedJson {
    files: u64,
    bytes: u64,
}

#[derive(Debug, Serialize)]
struct PassedOverJson {
    allowed: u64,
    baseline: u64,
}

#[derive(Debug, Serialize)]
struct UnreadJson<'a> {
    path: String,
    reason: &'static str,
    message: &'a str,
}

/// The report as JSON.
#[must_use]
pub fn json<'a>(report: &Report<'a>) -> ReportJson<'a> {
    let unread = report.scan.unread.iter().map(|unread| UnreadJson {
        path: shown_path(&unread.path),
        reason: if unread.is_archive { "archive" } else { "unreadable" },
        message: &unread.why,
    });
    ReportJson {
        schema: 1,
        findings: report.findings.iter().map(|found| finding_json(found, report.complete)).collect(),
        scanned: ScannedJson { files: report.scan.files, bytes: report.scan.bytes },
        passed_over: PassedOverJson { allowed: report.scan.allowed, baseline: report.in_baseline },
        not_read: unread.collect(),
        notes: report.notes,
    }
}

fn finding_json<'a>(finding: &'a Finding, complete: &dyn Fn(&str) -> String) -> FindingJson<'a> {
    let leak = &finding.leak;
    let advice = advice(finding).unwrap_or_default();
    FindingJson {
        path: shown_path(&leak.path),
        line: leak.line,
        column: leak.column,
        kind: finding.kind(),
        mode: finding.mode().map(crate::profile::Mode::as_str),
        severity: finding.severity().as_str(),
        place: leak.place.as_str(),
        key: leak.secret.redacted(),
        fingerprint: fingerprint(finding),
        in_use: finding.in_use.as_ref().map(|in_use| InUseJson {
            message: &in_use.words,
            profile: in_use.profile.as_deref(),
            name: in_use.name.as_deref(),
            version: in_use.version,
            mode: in_use.mode.as_str(),
        }),
        verified: finding.alive.as_ref().map(Alive::as_str),
        verified_detail: match &finding.alive {
            Some(Alive::Unknown(why)) => Some(why),
            _ => None,
        },
        commit: leak.commit.as_ref().map(|commit| CommitJson {
            id: &commit.id,
            date: &commit.date,
            author: &commit.author,
        }),
        next_command: advice.commands.first().map(|command| complete(command)),
        hint: advice.hint,
    }
}
