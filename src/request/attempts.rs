//! The attempts of one run: each is recorded, made, read and recorded again, until one is final or no more
//! may be made.

use std::time::{Duration, Instant};

use crate::exit::Outcome;
use crate::journal::{AttemptResult, Execution, Fence, Intent, Journal, JournalError, Ticket};
use crate::time::UnixMillis;

use super::admitted_key::AdmittedKey;
use super::answer::{AnswerReading, Retry, Situation, read};
use super::group_writer::{GroupWriter, SharedError};
use super::reply::{Answer, Reply};
use super::report::{Circumstance, ReplayOf, ReplayedBy, Report};
use super::sender::{Progress, Sender};

/// A difference between the clocks that is worth a word, in milliseconds.
const SKEW_MILLIS: i64 = 300_000;

/// What the attempts of one run ended with.
pub(super) struct Run {
    reading: AnswerReading,
    reply: Reply,
    attempts: u32,
    replay_of: ReplayOf,
    is_interrupted: bool,
    unrecorded: Option<RecordError>,
}

/// Why a step of a run is not in the journal.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecordError {
    /// Another process sends under the key now.
    #[error("{0}")]
    TakenOver(String),
    /// The journal that others share is away.
    #[error("{0}")]
    Shared(String),
    /// The journal cannot be written.
    #[error("{0}")]
    Own(String),
}

impl From<&JournalError> for RecordError {
    fn from(error: &JournalError) -> Self {
        match error {
            JournalError::TakenOver(_) => Self::TakenOver(error.to_string()),
            JournalError::Database { .. } => Self::Shared(error.to_string()),
            _ => Self::Own(error.to_string()),
        }
    }
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
    /// In the journal, by the one who writes it for many.
    Grouped(&'a GroupWriter, Lent),
}

/// A ticket that the writer has while it writes.
pub(super) struct Lent(Option<Box<Ticket>>);

impl Lent {
    pub(super) const fn new(ticket: Box<Ticket>) -> Self {
        Self(Some(ticket))
    }

    pub(super) fn ticket(&self) -> &Ticket {
        self.0.as_deref().expect("the writer gives it back")
    }

    pub(super) fn take(&mut self) -> Box<Ticket> {
        self.0.take().expect("the writer gives it back")
    }

    fn give_back(
        &mut self,
        (ticket, done): (Box<Ticket>, Result<(), SharedError>),
    ) -> Result<(), RecordError> {
        self.0 = Some(ticket);
        done.map_err(|error| RecordError::from(&*error))
    }
}

impl Record<'_> {
    fn ticket(&self) -> Option<&Ticket> {
        match self {
            Self::Unkeyed { .. } => None,
            Self::Keyed(_, ticket) => Some(ticket),
            Self::Grouped(_, lent) => Some(lent.ticket()),
        }
    }

    fn maybe(&self) -> bool {
        match self {
            Self::Unkeyed { maybe } => *maybe,
            Self::Keyed(..) | Self::Grouped(..) => self.ticket().is_some_and(|ticket| ticket.maybe),
        }
    }

    fn key(&self) -> Option<String> {
        self.ticket().map(|ticket| ticket.entry.key.clone())
    }

    fn fence(&self) -> Fence {
        self.ticket().map_or_else(Fence::default, Ticket::fence)
    }

    /// Whether an earlier run has sent under the key.
    fn is_continued(&self) -> bool {
        self.ticket().is_some_and(|ticket| ticket.attempt > 1)
    }

    async fn finish(&mut self, reading: &AnswerReading, answer: Option<&Answer>) -> Result<(), RecordError> {
        match self {
            Self::Unkeyed { maybe } => {
                *maybe |= reading.execution == Execution::Maybe;
                Ok(())
            }
            Self::Keyed(journal, ticket) => {
                let finished = journal.finish_attempt(ticket, &result_of(reading, answer), UnixMillis::now());
                finished.map_err(|error| RecordError::from(&error))
            }
            Self::Grouped(writer, lent) => {
                let done = writer.finish(lent.take(), result_of(reading, answer)).await;
                lent.give_back(done)
            }
        }
    }

    /// Whether the key has become too old, as it does in a machine that slept between two attempts.
    fn is_expired(&self, now: UnixMillis) -> bool {
        self.ticket().is_some_and(|ticket| ticket.entry.is_expired(now))
    }

    async fn begin_attempt(&mut self) -> Result<(), RecordError> {
        match self {
            Self::Unkeyed { .. } => Ok(()),
            Self::Keyed(journal, ticket) => {
                let begun = journal.begin_attempt(ticket, UnixMillis::now());
                begun.map_err(|error| RecordError::from(&error))
            }
            Self::Grouped(writer, lent) => {
                let done = writer.again(lent.take()).await;
                lent.give_back(done)?;
                // A line that another runner has taken over is left as it is, and the rest of its group is not.
                let ticket = lent.ticket();
                if ticket.fence().holds() {
                    return Ok(());
                }
                Err(RecordError::from(&JournalError::TakenOver(ticket.entry.key.clone())))
            }
        }
    }
}

fn result_of(reading: &AnswerReading, answer: Option<&Answer>) -> AttemptResult {
    AttemptResult {
        execution: reading.execution,
        outcome: reading.outcome,
        status: answer.map(|answer| answer.status),
        body: answer.map(|answer| answer.body.clone()),
        request_id: answer.and_then(|answer| answer.request_id.clone()),
        original_request_id: answer.and_then(|answer| answer.original_request_id.clone()),
        detail: Some(reading.detail.clone()),
    }
}

/// What comes before another attempt.
enum Prepared {
    /// It can be made.
    Ready,
    /// It must not, or cannot.
    Over,
    /// The user asked to stop.
    Interrupted,
}

impl Sender<'_> {
    /// Makes attempts until one is final, or no more may be made. The first is in the journal already.
    pub(super) async fn attempts(&mut self, intent: &Intent, record: &mut Record<'_>) -> Run {
        let (started, is_continued) = (Instant::now(), record.is_continued());
        let (mut attempts, mut retries, mut is_lost) = (0, 0, false);
        loop {
            let reply = self.attempt(intent, record.key().as_deref(), &record.fence()).await;
            let situation = Situation { is_write: intent.method.is_write(), maybe: record.maybe() };
            let reading = read(&reply, situation);
            self.turn.leave(reading.outcome == Outcome::RateLimited);
            let answer = answer_of(&reply);
            let unrecorded = record.finish(&reading, answer).await.err();
            attempts += 1;
            self.tell(attempts, &reading, answer);
            let is_interrupted = self.interrupt.is_pressed();
            let replay_of = replay_of(is_lost, is_continued);
            is_lost |= reading.execution == Execution::Maybe;
            let run = Run { reading, reply, attempts, replay_of, is_interrupted, unrecorded };
            if run.unrecorded.is_some() || run.is_interrupted {
                return run;
            }
            let prepared = match run.reading.retry {
                Retry::No => Prepared::Over,
                Retry::WithPreviousKey => self.fall_back(intent).await,
                Retry::Later => {
                    // What the API limits it has not executed: a shared pace slows down, and the line is not given up.
                    let is_limited = run.reading.outcome == Outcome::RateLimited && self.turn.is_shared();
                    let retry = if is_limited { 0 } else { retries };
                    retries += u32::from(!is_limited);
                    self.wait(&run.reading.detail, retry, started.elapsed(), record).await
                }
            };
            match prepared {
                Prepared::Ready => {}
                Prepared::Over => return run,
                Prepared::Interrupted => return Run { is_interrupted: true, ..run },
            }
            if !self.turn.take(self.interrupt).await {
                return Run { is_interrupted: true, ..run };
            }
            let now = UnixMillis::now();
            if self.policy.is_over(now) || record.is_expired(now) {
                return run;
            }
            match record.begin_attempt().await {
                Ok(()) => {}
                Err(RecordError::TakenOver(why)) => return run.taken_over(why, record.maybe()),
                Err(error) => return Run { unrecorded: Some(error), ..run },
            }
        }
    }

    /// Waits before retry number `retry` (from 0), where it may be made.
    async fn wait(&mut self, detail: &str, retry: u32, elapsed: Duration, record: &Record<'_>) -> Prepared {
        let delay = self.policy.delay(retry, elapsed, random_unit());
        let Some(delay) = delay.filter(|delay| !self.is_over_after(*delay)) else { return Prepared::Over };
        let is_keyed = record.ticket().is_some();
        (self.notify)(Progress::Retrying { detail, delay, is_keyed });
        tokio::select! {
            () = tokio::time::sleep(delay) => Prepared::Ready,
            () = self.interrupt.pressed(1) => Prepared::Interrupted,
        }
    }

    fn is_over_after(&self, delay: Duration) -> bool {
        let millis = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        self.policy.is_over(UnixMillis(UnixMillis::now().0.saturating_add(millis)))
    }

    /// Changes to the previous API key, where there is one, for this attempt and all that follow.
    async fn fall_back(&mut self, intent: &Intent) -> Prepared {
        let found = async {
            let key = self.previous.look_up().await?;
            Some(self.gate.admit(&key, intent).await)
        };
        let found = tokio::select! {
            found = found => found,
            () = self.interrupt.pressed(1) => return Prepared::Interrupted,
        };
        match found {
            Some(Ok(key)) => self.api_key = key,
            Some(Err(error)) => {
                (self.notify)(Progress::Refused(&error));
                return Prepared::Over;
            }
            None => return Prepared::Over,
        }
        Prepared::Ready
    }

    async fn attempt(&mut self, intent: &Intent, key: Option<&str>, fence: &Fence) -> Reply {
        let api_key: &AdmittedKey = &self.api_key;
        let attempt = self.transport.attempt_behind(fence, intent, key, api_key);
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

    fn tell(&mut self, number: u32, reading: &AnswerReading, answer: Option<&Answer>) {
        (self.notify)(Progress::Attempted { number, detail: &reading.detail });
        if let Some(skew) = answer.and_then(skew_millis).filter(|skew| skew.abs() > SKEW_MILLIS) {
            (self.notify)(Progress::Skew(skew / 1000));
        }
    }
}

const fn replay_of(is_lost: bool, is_continued: bool) -> ReplayOf {
    match (is_lost, is_continued) {
        (true, false) => ReplayOf::ThisRun,
        (true, true) => ReplayOf::ThisOrEarlierRun,
        (false, _) => ReplayOf::EarlierRun,
    }
}

const fn answer_of(reply: &Reply) -> Option<&Answer> {
    match reply {
        Reply::Answer(answer) => Some(answer),
        Reply::NotSent(_) | Reply::Lost(_) => None,
    }
}

impl Run {
    /// Another process sends under the key now. What an earlier attempt of this run left open stays open.
    fn taken_over(mut self, why: String, maybe: bool) -> Self {
        self.reading.detail = why;
        if !maybe {
            self.reading.outcome = Outcome::InProgress;
        }
        self
    }

    /// Whether the answer is the result that the server keeps for the key. A refusal that is no replay
    /// says nothing of it.
    pub(super) fn is_result_under_key(&self) -> bool {
        let is_told = answer_of(&self.reply).is_some_and(|answer| {
            answer.replayed || answer.status == 402 || (200..300).contains(&answer.status)
        });
        is_told && self.reading.execution == Execution::Final
    }

    pub(super) fn report(self, intent: &Intent) -> Report {
        // A replay that is not the API's is nobody's replay.
        let is_replay = self.reading.execution != Execution::NotExecuted
            && (self.reading.error.is_some() || self.reading.execution == Execution::Final)
            && answer_of(&self.reply).is_some_and(|answer| answer.replayed);
        let mut report = Report::unsent(intent, self.reading.outcome, self.reading.detail);
        report.execution = Some(self.reading.execution);
        report.error = self.reading.error;
        report.replayed_by = is_replay.then_some(ReplayedBy::Server(self.replay_of));
        report.attempts = self.attempts;
        report.is_interrupted = self.is_interrupted;
        // Whoever shares the journal counts on it: for them the result is not known yet.
        if let Some(RecordError::Shared(_)) = &self.unrecorded
            && report.execution == Some(Execution::Final)
        {
            report.outcome = Outcome::Unknown;
            report.execution = Some(Execution::Maybe);
            report.circumstance = Circumstance::Unrecorded;
        }
        report.unrecorded = self.unrecorded.map(|error| error.to_string());
        match self.reply {
            Reply::Answer(answer) => report.answer = Some(answer),
            Reply::NotSent(super::reply::Unsent::Untrusted(fault)) => {
                report.circumstance = Circumstance::Untrusted(fault);
            }
            Reply::NotSent(_) | Reply::Lost(_) => {}
        }
        report
    }
}

/// How far the server's clock is ahead of this machine's; negative where it is behind.
fn skew_millis(answer: &Answer) -> Option<i64> {
    let date = answer.header("date")?;
    let server = jiff::fmt::rfc2822::parse(date).ok()?.timestamp().as_millisecond();
    Some(server - UnixMillis::now().0)
}

/// A random number from 0 to 1. Without randomness retries still work, in step.
fn random_unit() -> f64 {
    getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX))
}
