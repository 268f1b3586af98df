//! Reads what came back from a check: passed, a warning, or failed.

use std::time::Duration;

use super::check::{Check, Group, Severity};

/// What came back from one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An answer with this status.
    Status(u16),
    /// None within the time limit.
    TimedOut,
    /// The connection broke, in these words.
    Broken(String),
}

impl Outcome {
    /// Whether it is a 2xx, which Stripe takes for "handled".
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Status(200..=299))
    }

    /// Whether it is a redirect, which Stripe never follows.
    #[must_use]
    pub const fn is_redirect(&self) -> bool {
        matches!(self, Self::Status(300..=399))
    }

    const fn is_refused(&self) -> bool {
        matches!(self, Self::Status(400..=499))
    }
}

/// One delivery's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What came back.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
    /// The beginning of the answer's body, as text.
    pub text: String,
}

impl Answer {
    /// What came back in a few words: `200`, or why there is no status.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.outcome {
            Outcome::Status(status) => status.to_string(),
            Outcome::TimedOut => "no answer in time".into(),
            Outcome::Broken(why) => format!("no answer ({why})"),
        }
    }
}

/// How a check went, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Not as it should.
    Failed,
    /// Passed with a note: not as it should, and nothing that others can use.
    Warning,
    /// As it should.
    Passed,
    /// Nothing was sent: it does not apply to this secret, or the endpoint had stopped answering.
    Skipped,
}

impl Status {
    /// The name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// A check with what came of it.
#[derive(Debug, Clone)]
pub struct CheckResult {
    /// The check.
    pub check: &'static Check,
    /// How it went.
    pub status: Status,
    /// The answers, in the order in which the deliveries were sent.
    pub answers: Vec<Answer>,
    /// What it means that it did not pass.
    pub means: Option<String>,
}

impl CheckResult {
    /// The answers in a few words, each once: `200`, `400, 500`.
    #[must_use]
    pub fn came_back(&self) -> String {
        let mut words: Vec<_> = self.answers.iter().map(Answer::words).collect();
        words.dedup();
        if words.is_empty() { "nothing was sent".into() } else { words.join(", ") }
    }

    /// Whether the endpoint took a delivery: each of a good check, any of a bad one.
    pub(super) fn is_taken(&self) -> bool {
        match self.check.group {
            Group::Accept => {
                !self.answers.is_empty() && self.answers.iter().all(|it| it.outcome.is_accepted())
            }
            Group::Refuse => self.answers.iter().any(|it| it.outcome.is_accepted()),
        }
    }
}

/// Judges a check by its answers.
#[must_use]
pub fn judge(check: &'static Check, answers: Vec<Answer>) -> CheckResult {
    let reasons: Vec<_> = answers.iter().filter_map(|it| reason(check, &it.outcome)).collect();
    let worst = reasons.iter().find(|found| found.0 == Status::Failed).or(reasons.first());
    let (status, means) = match worst {
        _ if answers.is_empty() => (Status::Skipped, None),
        None => (Status::Passed, None),
        Some((status, means)) => (*status, Some(means.clone())),
    };
    CheckResult { check, status, answers, means }
}

/// Why an outcome is not what the check expects.
fn reason(check: &Check, outcome: &Outcome) -> Option<(Status, String)> {
    let by_severity = if check.severity == Severity::Warning { Status::Warning } else { Status::Failed };
    if outcome.is_redirect() {
        return Some((Status::Failed, "a redirect is a failure: Stripe never follows it".into()));
    }
    match check.group {
        Group::Accept if outcome.is_accepted() => None,
        Group::Refuse if outcome.is_refused() => None,
        Group::Refuse if outcome.is_accepted() => Some((by_severity, check.why.into())),
        Group::Accept => Some((by_severity, check.why.into())),
        Group::Refuse => Some((
            Status::Warning,
            "a bad delivery makes the endpoint fail instead of refusing it, and Stripe would send it again"
                .into(),
        )),
    }
}

/// How long the endpoint takes to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    /// Half of the answers took no longer.
    pub median: Duration,
    /// 95 of 100 answers took no longer.
    pub p95: Duration,
    /// None took longer.
    pub max: Duration,
}

impl Latency {
    /// Of every answer that came. Nothing where none did.
    #[must_use]
    pub fn of(results: &[CheckResult]) -> Option<Self> {
        let answers = results.iter().flat_map(|result| &result.answers);
        let mut times: Vec<_> =
            answers.filter(|it| matches!(it.outcome, Outcome::Status(_))).map(|it| it.took).collect();
        times.sort_unstable();
        let at = |percent: usize| times.get((times.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Self { median: at(50)?, p95: at(95)?, max: at(100)? })
    }
}
