//! The first pass over a batch: every line is looked at before anything is sent.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::journal::{Begin, Family, Intent, Journal, JournalError, LineState};
use crate::time::UnixMillis;

use super::line::{BatchName, Line, LineError};
use super::source::{Source, SourceError};
use super::unique::Seen;

/// How many lines the journal is asked for at once.
const CHUNK: usize = 512;

/// A batch could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Its file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The temporary database of ids cannot be written.
    #[error("ids cannot be compared in a temporary file: {0}")]
    Temporary(#[from] rusqlite::Error),
}

/// Why a line is refused before anything is sent.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The line is invalid.
    #[error("{0}")]
    Invalid(LineError),
    /// It is another request than the one that its key was made for.
    #[error("it was changed since an earlier run: its idempotency key {key} stands for another request: {}", .differences.join(", "))]
    Changed {
        /// The key.
        key: String,
        /// What differs, in words.
        differences: Vec<String>,
    },
    /// It was sent with another API key.
    #[error("its idempotency key {0} was sent with another API key, and neither tells its account")]
    OtherCredential(String),
}

/// A line that is refused.
#[derive(Debug)]
pub struct Refused {
    /// Its number in the file, from 1.
    pub line: u64,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Why.
    pub why: Refusal,
}

/// What the first pass found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Valid lines.
    pub lines: u64,
    /// Invalid lines.
    pub invalid: u64,
    /// Lines that do not fit the key of an earlier run.
    pub changed: u64,
    /// Lines with a final result of an earlier run.
    pub finished: u64,
    /// Lines of an earlier run without one.
    pub open: u64,
    /// The sum of `amount` for each `currency`, in its smallest unit, over the lines that have no result yet.
    pub totals: BTreeMap<String, u128>,
    /// Whether an earlier run has begun the batch.
    pub is_known: bool,
}

/// Where lines are looked up.
pub struct Lookup<'a> {
    /// The journal; none where there is none yet.
    pub journal: Option<&'a mut dyn Journal>,
    /// The name of the batch.
    pub name: &'a BatchName,
    /// What all lines have in common, for each family: see [`Patterns`].
    pub patterns: &'a Patterns,
}

/// What all lines of a batch have in common: everything but method, path and body.
#[derive(Debug, Clone)]
pub struct Patterns {
    /// For `/v1`.
    pub v1: Intent,
    /// For `/v2`.
    pub v2: Intent,
}

impl Patterns {
    /// The pattern of a line.
    #[must_use]
    pub fn of(&self, line: &Line) -> &Intent {
        match line.path.family() {
            Family::V1 => &self.v1,
            Family::V2 => &self.v2,
        }
    }
}

/// A valid line that waits for the journal's word.
struct Waiting {
    line: Line,
    intent: Intent,
    operation: String,
}

struct Check<'a, 'b> {
    lookup: Lookup<'a>,
    seen: Seen,
    waiting: Vec<Waiting>,
    checked: Checked,
    refuse: &'b mut dyn FnMut(&Refused),
}

/// Looks at every line of a batch, and tells of each one that is refused.
///
/// # Errors
/// When the batch cannot be looked at as a whole.
pub fn check(
    source: &Source,
    lookup: Lookup<'_>,
    refuse: &mut dyn FnMut(&Refused),
) -> Result<Checked, CheckError> {
    let mut check =
        Check { lookup, seen: Seen::new()?, waiting: Vec::new(), checked: Checked::default(), refuse };
    if let Some(journal) = &check.lookup.journal {
        check.checked.is_known = journal.knows_batch(check.lookup.name.as_str())?;
    }
    for line in source.lines()? {
        match line? {
            Ok(line) => check.line(line)?,
            Err((number, error)) => check.invalid(number, None, error),
        }
    }
    check.ask()?;
    source.is_unchanged()?;
    Ok(check.checked)
}

impl Check<'_, '_> {
    fn invalid(&mut self, line: u64, id: Option<String>, error: LineError) {
        self.checked.invalid += 1;
        (self.refuse)(&Refused { line, id, why: Refusal::Invalid(error) });
    }

    fn line(&mut self, line: Line) -> Result<(), CheckError> {
        if let Some(first) = self.seen.id(&line.id, line.number)? {
            let id = line.id.clone();
            self.invalid(line.number, Some(line.id), LineError::SameId { id, first });
            return Ok(());
        }
        if let Some(key) = &line.key
            && let Some(first) = self.seen.key(key.as_str(), line.number)?
        {
            self.invalid(line.number, Some(line.id), LineError::SameKey { first });
            return Ok(());
        }
        let intent = match line.intent(self.lookup.patterns.of(&line)) {
            Ok(intent) => intent,
            Err(error) => {
                self.invalid(line.number, Some(line.id), error);
                return Ok(());
            }
        };
        self.checked.lines += 1;
        // A key of the line's own may be known from elsewhere.
        if self.lookup.journal.is_none() || !(self.checked.is_known || line.key.is_some()) {
            self.checked.add_money(&intent);
            return Ok(());
        }
        let operation = line.operation(self.lookup.name.as_str());
        self.waiting.push(Waiting { line, intent, operation });
        if self.waiting.len() == CHUNK { self.ask() } else { Ok(()) }
    }

    /// Asks the journal for the lines that wait.
    fn ask(&mut self) -> Result<(), CheckError> {
        let waiting = std::mem::take(&mut self.waiting);
        let Some(journal) = self.lookup.journal.as_mut() else { return Ok(()) };
        let now = UnixMillis::now();
        let lines: Vec<_> = waiting
            .iter()
            .map(|one| Begin { intent: &one.intent, key: one.line.choice(&one.operation, ""), now })
            .collect();
        let states = journal.check_lines(&lines)?;
        for (one, state) in waiting.iter().zip(states) {
            let why = match state {
                LineState::New => None,
                LineState::Open | LineState::Expired => {
                    self.checked.open += 1;
                    None
                }
                LineState::Finished => {
                    self.checked.finished += 1;
                    continue;
                }
                LineState::Changed { key, differences } => Some(Refusal::Changed { key, differences }),
                LineState::OtherCredential { key } => Some(Refusal::OtherCredential(key)),
            };
            let Some(why) = why else {
                self.checked.add_money(&one.intent);
                continue;
            };
            self.checked.changed += 1;
            (self.refuse)(&Refused { line: one.line.number, id: Some(one.line.id.clone()), why });
        }
        Ok(())
    }
}

impl Checked {
    fn add_money(&mut self, intent: &Intent) {
        let Some((amount, currency)) = money(intent) else { return };
        let total = self.totals.entry(currency).or_default();
        *total = total.saturating_add(amount);
    }
}

/// The amount and the currency of a request, where it has both.
fn money(intent: &Intent) -> Option<(u128, String)> {
    #[derive(Deserialize)]
    struct Money {
        value: Option<u128>,
        currency: String,
    }
    #[derive(Deserialize)]
    struct Body {
        amount: Money,
    }
    match intent.family {
        Family::V1 => {
            let value = |wanted: &str| {
                let mut pairs = form_urlencoded::parse(&intent.body);
                pairs.find(|(name, _)| name == wanted).map(|(_, value)| value)
            };
            Some((value("amount")?.parse().ok()?, value("currency")?.to_ascii_lowercase()))
        }
        Family::V2 => {
            let body: Body = serde_json::from_slice(&intent.body).ok()?;
            Some((body.amount.value?, body.amount.currency.to_ascii_lowercase()))
        }
    }
}
