//! The loop: journal, attempt, reading, retry, journal, report.

use std::time::{Duration, Instant};

use crate::exit::Outcome;
use crate::journal::{
    AttemptResult, Begin, Begun, Entry, Execution, Intent, Journal, JournalError, KeyChoice, KeySource,
    Ticket,
};
use crate::keys::ApiKey;
use crate::time::UnixMillis;

use super::answer::{Answer, Reading, Reply, Situation, read};
use super::http::Transport;
use super::interrupt::Interrupt;
use super::report::{ReplayedBy, Report};
use super::retry::Policy;
use super::unsent::{known_already, not_begun};

/// How often a key that is in use is looked at again.
const POLL: Duration = Duration::from_millis(20);

/// The longest that another process is waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// A difference between the clocks that is worth a word, in milliseconds.
const SKEW_MILLIS: i64 = 300_000;

/// What is told while a request is under way.
#[derive(Debug)]
pub enum Progress<'a> {
    /// The key is durable and the first byte has not left.
    Key {
        /// The key.
        key: &'a str,
        /// Where it came from.
        source: KeySource,
        /// The entry.
        entry: &'a Entry,
    },
    /// Another process is sending under this key.
    Waiting {
        /// The key.
        key: &'a str,
    },
    /// An attempt ended.
    Attempted {
        /// Its number in this run, from 1.
        number: u32,
        /// What happened.
        detail: &'a str,
    },
    /// Another attempt follows.
    Retrying {
        /// What happened.
        detail: &'a str,
        /// After how long.
        delay: Duration,
    },
    /// The server's clock and this machine's differ by so many seconds.
    Skew(i64),
    /// The user asked to stop, and the answer under way is waited for.
    Stopping,
}

/// Sends requests under one key of the API, one at a time.
pub struct Sender<'a> {
    /// The way to the API.
    pub transport: &'a Transport,
    /// What authorises.
    pub api_key: &'a ApiKey,
    /// How far retries go.
    pub policy: Policy,
    /// The user's wish to stop.
    pub interrupt: &'a Interrupt,
    /// Who is told of the progress.
    pub notify: &'a mut dyn FnMut(Progress<'_>),
}

/// What the attempts of one run ended with.
pub(super) struct Run {
    reading: Reading,
    answer: Option<Answer>,
    attempts: u32,
    is_interrupted: bool,
    unrecorded: Option<JournalError>,
}

/// Where attempts are recorded.
pub(super) enum Record<'a> {
    /// Nowhere: the request has no idempotency key.
    Unkeyed {
        /// Whether an attempt may have been executed.
        maybe: bool,
    },
    /// In the journal.
    Keyed(&'a mut dyn Journal, &'a mut Ticket),
}

impl Record<'_> {
    fn maybe(&self) -> bool {
        match self {
            Self::Unkeyed { maybe } => *maybe,
            Self::Keyed(_, ticket) => ticket.maybe,
        }
    }

    fn key(&self) -> Option<String> {
        match self {
            Self::Unkeyed { .. } => None,
            Self::Keyed(_, ticket) => Some(ticket.entry.key.clone()),
        }
    }

    fn finish(&mut self, reading: &Reading, answer: Option<&Answer>) -> Result<(), JournalError> {
        match self {
            Self::Unkeyed { maybe } => *maybe |= reading.execution == Execution::Maybe,
            Self::Keyed(journal, ticket) => {
                let result = AttemptResult {
                    execution: reading.execution,
                    outcome: reading.outcome,
                    status: answer.map(|answer| answer.status),
                    body: answer.map(|answer| answer.body.clone()),
                    request_id: answer.and_then(|answer| answer.request_id.clone()),
                    original_request_id: answer.and_then(|answer| answer.original_request_id.clone()),
                    detail: Some(reading.detail.clone()),
                };
                journal.finish_attempt(ticket, &result, UnixMillis::now())?;
            }
        }
        Ok(())
    }

    /// Whether the key has become too old, as it does in a machine that slept between two attempts.
    fn is_expired(&self, now: UnixMillis) -> bool {
        matches!(self, Self::Keyed(_, ticket) if ticket.entry.is_expired(now))
    }

    fn begin_attempt(&mut self) -> Result<(), JournalError> {
        match self {
            Self::Unkeyed { .. } => Ok(()),
            Self::Keyed(journal, ticket) => journal.begin_attempt(ticket, UnixMillis::now()),
        }
    }
}

impl Sender<'_> {
    /// Sends a request under an idempotency key. Whatever happens is in the report.
    pub async fn send(&mut self, journal: &mut dyn Journal, intent: &Intent, key: KeyChoice<'_>) -> Report {
        let started = Instant::now();
        let mut report = self.send_within(journal, intent, key).await;
        report.elapsed = started.elapsed();
        report
    }

    async fn send_within(
        &mut self,
        journal: &mut dyn Journal,
        intent: &Intent,
        key: KeyChoice<'_>,
    ) -> Report {
        if self.policy.is_over(UnixMillis::now()) {
            let detail = "the time given with --not-after has passed, so the key may be too old".to_owned();
            return Report::unsent(intent, Outcome::ExpiredUnknown, detail).with_given(key);
        }
        let mut ticket = match self.begin(journal, intent, key).await {
            Ok(Begun::Ready(ticket)) => ticket,
            Ok(other) => {
                let is_interrupted = self.interrupt.is_pressed();
                return Report { is_interrupted, ..not_begun(intent, key, other) };
            }
            Err(error) => {
                return Report::unsent(intent, Outcome::JournalError, error.to_string()).with_given(key);
            }
        };
        let known = ticket.entry.is_settled().then(|| ticket.entry.clone());
        let (key, source) = (&ticket.entry.key, ticket.source);
        (self.notify)(Progress::Key { key, source, entry: &ticket.entry });
        let intent = ticket.entry.intent.clone();
        let run = self.attempts(&intent, &mut Record::Keyed(journal, &mut ticket)).await;
        let is_its_result = run.is_result_under_key();
        let report = run.report(&intent).with_entry(&ticket.entry, source);
        match known {
            Some(entry) if !is_its_result => known_already(report, &entry),
            _ => report,
        }
    }

    /// Begins, waiting for another process that sends under the same key.
    async fn begin(
        &mut self,
        journal: &mut dyn Journal,
        intent: &Intent,
        key: KeyChoice<'_>,
    ) -> Result<Begun, JournalError> {
        let deadline = Instant::now() + self.policy.timeout.min(LONGEST_WAIT);
        let mut waited_for: Option<String> = None;
        loop {
            // Whoever has waited for a run of the same request has become that run's twin, and stays it
            // when that run ends well: the same command twice at once is one request.
            if waited_for.is_some() && self.policy.is_over(UnixMillis::now()) {
                return Ok(Begun::Busy { key: waited_for.unwrap_or_default() });
            }
            let choice = waited_for.as_deref().map_or(key, KeyChoice::Given);
            let begun = journal.begin(&Begin { intent, key: choice, now: UnixMillis::now() })?;
            let Begun::Busy { key: busy } = begun else { return Ok(as_twin(begun, key)) };
            if Instant::now() + POLL > deadline || self.interrupt.is_pressed() {
                return Ok(Begun::Busy { key: busy });
            }
            if waited_for.is_none() {
                (self.notify)(Progress::Waiting { key: &busy });
            }
            waited_for = Some(busy);
            tokio::time::sleep(POLL).await;
        }
    }

    /// Makes attempts until one is final, or no more may be made.
    pub(super) async fn attempts(&mut self, intent: &Intent, record: &mut Record<'_>) -> Run {
        let started = Instant::now();
        let mut attempts = 0;
        loop {
            let reply = self.attempt(intent, record.key().as_deref()).await;
            let situation = Situation { is_write: intent.method.is_write(), maybe: record.maybe() };
            let reading = read(&reply, situation);
            let answer = if let Reply::Answer(answer) = reply { Some(answer) } else { None };
            let unrecorded = record.finish(&reading, answer.as_ref()).err();
            attempts += 1;
            self.tell(attempts, &reading, answer.as_ref());
            let run =
                Run { reading, answer, attempts, is_interrupted: self.interrupt.is_pressed(), unrecorded };
            let may_go_on = run.reading.retry && run.unrecorded.is_none() && !run.is_interrupted;
            let delay = self.policy.delay(attempts - 1, started.elapsed(), random_unit());
            let Some(delay) = delay.filter(|_| may_go_on && !self.is_over_after(delay)) else { return run };
            (self.notify)(Progress::Retrying { detail: &run.reading.detail, delay });
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                () = self.interrupt.pressed(1) => return Run { is_interrupted: true, ..run },
            }
            let now = UnixMillis::now();
            if self.policy.is_over(now) || record.is_expired(now) {
                return run;
            }
            if let Err(error) = record.begin_attempt() {
                return Run { unrecorded: Some(error), ..run };
            }
        }
    }

    fn is_over_after(&self, delay: Option<Duration>) -> bool {
        let millis = i64::try_from(delay.unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
        self.policy.is_over(UnixMillis(UnixMillis::now().0.saturating_add(millis)))
    }

    async fn attempt(&mut self, intent: &Intent, key: Option<&str>) -> Reply {
        let attempt = self.transport.attempt(intent, key, self.api_key);
        tokio::pin!(attempt);
        tokio::select! {
            reply = &mut attempt => return reply,
            () = self.interrupt.pressed(1) => (self.notify)(Progress::Stopping),
        }
        tokio::select! {
            reply = &mut attempt => reply,
            () = self.interrupt.pressed(2) => Reply::Lost("interrupted before the answer came".into()),
        }
    }

    fn tell(&mut self, number: u32, reading: &Reading, answer: Option<&Answer>) {
        (self.notify)(Progress::Attempted { number, detail: &reading.detail });
        if let Some(skew) = answer.and_then(skew_millis).filter(|skew| skew.abs() > SKEW_MILLIS) {
            (self.notify)(Progress::Skew(skew / 1000));
        }
    }
}

impl Run {
    /// Whether the answer is the result that the server keeps for the key. A refusal that is no replay
    /// says nothing of it.
    fn is_result_under_key(&self) -> bool {
        let is_told = self.answer.as_ref().is_some_and(|answer| {
            answer.replayed || answer.status == 402 || (200..300).contains(&answer.status)
        });
        is_told && self.reading.execution == Execution::Final
    }

    pub(super) fn report(self, intent: &Intent) -> Report {
        let is_replay = self.answer.as_ref().is_some_and(|answer| answer.replayed);
        let mut report = Report::unsent(intent, self.reading.outcome, self.reading.detail);
        report.execution = Some(self.reading.execution);
        report.error = self.reading.error;
        report.answer = self.answer;
        report.replayed_by = is_replay.then_some(ReplayedBy::Server);
        report.attempts = self.attempts;
        report.is_interrupted = self.is_interrupted;
        report.unrecorded = self.unrecorded.map(|error| error.to_string());
        report
    }
}

/// A ticket has its key from where it was asked for first, even when it was waited for.
fn as_twin(begun: Begun, key: KeyChoice<'_>) -> Begun {
    match (begun, key) {
        (Begun::Ready(mut ticket), KeyChoice::Continue { .. }) if ticket.source == KeySource::Flag => {
            ticket.source = KeySource::Journal;
            Begun::Ready(ticket)
        }
        (Begun::Ready(mut ticket), KeyChoice::Operation { .. }) => {
            ticket.source = KeySource::Operation;
            Begun::Ready(ticket)
        }
        (begun, _) => begun,
    }
}

fn skew_millis(answer: &Answer) -> Option<i64> {
    let (_, date) = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("date"))?;
    let server = jiff::fmt::rfc2822::parse(date).ok()?.timestamp().as_millisecond();
    Some(UnixMillis::now().0 - server)
}

/// A random number from 0 to 1. Without randomness retries still work, in step.
fn random_unit() -> f64 {
    getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX))
}
