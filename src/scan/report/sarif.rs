//! SARIF 2.1.0 (OASIS), as code hosts read it. The types hold what is used of the format, and other rooms' findings
//! fit into them too.

use serde::Serialize;

use super::{Finding, Report, advice, fingerprint, shown_path};
use crate::scan::Severity;

/// Where the format is defined.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A SARIF file with one run.
#[derive(Debug, Serialize)]
pub struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    results: Vec<ResultJson>,
    invocations: [Invocation; 1],
    column_kind: &'static str,
}

#[derive(Debug, Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

/// A kind of finding.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    id: String,
    short_description: Message,
    full_description: Message,
    help: Message,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Debug, Clone, Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct RuleProperties {
    tags: [&'static str; 1],
    #[serde(rename = "security-severity")]
    security_severity: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct Message {
    text: String,
}

/// One finding.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultJson {
    rule_id: String,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_fingerprints: Option<Fingerprints>,
    properties: ResultProperties,
}

#[derive(Debug, Serialize)]
struct Fingerprints {
    #[serde(rename = "paycliKey/v1")]
    key: String,
}

#[derive(Debug, Serialize)]
struct ResultProperties {
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u64,
    start_column: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Debug, Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

impl Log {
    /// A file of some findings; `notes` tell what was not looked at.
    #[must_use]
    pub fn new(rules: Vec<Rule>, results: Vec<ResultJson>, notes: Vec<String>) -> Self {
        let notes =
            notes.into_iter().map(|text| Notification { level: "warning", message: Message { text } });
        let (version, semantic_version) = (crate::VERSION, crate::VERSION);
        let run = Run {
            tool: Tool { driver: Driver { name: "paycli", version, semantic_version, rules } },
            results,
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notes.collect(),
            }],
            column_kind: "unicodeCodePoints",
        };
        Self { schema: SCHEMA, version: "2.1.0", runs: [run] }
    }
}

impl Rule {
    /// A kind of finding, with what to do about it.
    #[must_use]
    pub fn new(id: &str, name: &str, why: &str, fix: &str, severity: Severity) -> Self {
        let message = |text: &str| Message { text: text.to_owned() };
        Self {
            id: id.to_owned(),
            short_description: message(name),
            full_description: message(why),
            help: message(fix),
            default_configuration: Configuration { level: level(severity) },
            properties: RuleProperties { tags: ["security"], security_severity: score(severity) },
        }
    }
}

impl ResultJson {
    /// A finding at a path, which may name no line.
    #[must_use]
    pub fn new(rule: &str, severity: Severity, text: String, uri: Option<String>) -> Self {
        let locations = uri.into_iter().map(|uri| Location {
            physical_location: PhysicalLocation { artifact_location: ArtifactLocation { uri }, region: None },
        });
        Self {
            rule_id: rule.to_owned(),
            level: level(severity),
            message: Message { text },
            locations: locations.collect(),
            partial_fingerprints: None,
            properties: ResultProperties { severity: severity.as_str(), commit: None, verified: None },
        }
    }
}

/// SARIF's level of a severity.
const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "note",
        Severity::Medium => "warning",
        Severity::High | Severity::Critical => "error",
    }
}

/// The score that code hosts sort by, from 0 to 10.
const fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "3.0",
        Severity::Medium => "5.5",
        Severity::High => "8.0",
        Severity::Critical => "9.5",
    }
}

/// The report as SARIF.
#[must_use]
pub fn sarif(report: &Report<'_>) -> Log {
    let mut rules: Vec<Rule> = Vec::new();
    for finding in report.findings {
        if !rules.iter().any(|rule| rule.id == rule_id(finding)) {
            rules.push(rule(finding));
        }
    }
    let unread = report
        .scan
        .unread
        .iter()
        .map(|unread| format!("not read: {}: {}", shown_path(&unread.path), unread.why));
    let notes = unread.chain(report.notes.iter().cloned()).collect();
    Log::new(rules, report.findings.iter().map(|finding| result(finding, report.complete)).collect(), notes)
}

fn rule_id(finding: &Finding) -> String {
    let mode = finding.mode().map(|mode| format!("{mode}-")).unwrap_or_default();
    format!("stripe-{mode}{}-key", finding.kind()).replace('_', "-")
}

fn rule(finding: &Finding) -> Rule {
    let name = format!("Leaked Stripe {}", finding.words());
    let why = "Whoever can read the file, or the repository's history, can use the key.";
    let fix = "Replace the key (paycli keys rotate --compromised), then take it out of the file and keep the new one \
               in the keyring or the environment.";
    Rule::new(&rule_id(finding), &name, why, fix, finding.severity())
}

fn result(finding: &Finding, complete: &dyn Fn(&str) -> String) -> ResultJson {
    let leak = &finding.leak;
    let place = leak.place.words().map(|words| format!(", {words}"));
    let in_use = finding.in_use.as_ref().map(|in_use| format!(". This is {}", in_use.words));
    let command = advice(finding).unwrap_or_default().commands.into_iter().next();
    let next = command.map(|command| format!(". Next: {}", complete(&command)));
    let parts = [Some(format!("{} {}", finding.words(), leak.secret.redacted())), place, in_use, next];
    let text = parts.into_iter().flatten().collect();
    let location = Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(&leak.path) },
            region: Some(Region { start_line: leak.line, start_column: leak.column }),
        },
    };
    ResultJson {
        locations: vec![location],
        partial_fingerprints: Some(Fingerprints { key: fingerprint(finding) }),
        properties: ResultProperties {
            severity: finding.severity().as_str(),
            commit: leak.commit.as_ref().map(|commit| commit.id.clone()),
            verified: finding.alive.as_ref().map(super::Alive::as_str),
        },
        ..ResultJson::new(&rule_id(finding), finding.severity(), text, None)
    }
}

/// A path as a URI: relative where it is, without a secret that may be in it.
#[must_use]
pub fn uri(path: &std::path::Path) -> String {
    const KEPT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~')
        .remove(b'/')
        .remove(b'*');
    let text = shown_path(path);
    // A name that is no text keeps its bytes, unless a secret was taken out of it.
    let keeps_bytes = path.to_str().is_none() && text == path.to_string_lossy();
    let bytes = if keeps_bytes { path.as_os_str().as_encoded_bytes() } else { text.as_bytes() };
    let encoded = percent_encoding::percent_encode(bytes, KEPT).to_string();
    if path.is_absolute() { format!("file://{encoded}") } else { encoded }
}
