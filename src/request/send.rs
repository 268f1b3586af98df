//! Sending under an idempotency key: what the journal lets out, and the report of what became of it.

use std::time::{Duration, Instant};

use crate::journal::{Begin, Begun, Intent, Journal, JournalError, KeyChoice, KeySource};
use crate::time::UnixMillis;

use super::attempts::Record;
use super::report::Report;
use super::sender::{Progress, Sender};
use super::unsent::{known_already, not_begun, too_late};

/// How often a key that is in use is looked at again.
const POLL: Duration = Duration::from_millis(20);

/// The longest that another process is waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

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
            return too_late(journal, intent, key);
        }
        let mut ticket = match self.begin(journal, intent, key).await {
            Ok(Begun::Ready(ticket)) => ticket,
            Ok(other) => {
                let is_interrupted = self.interrupt.is_pressed();
                return Report { is_interrupted, ..not_begun(intent, key, other) };
            }
            Err(error) => {
                return Report::without_journal(intent, &error).with_given(key);
            }
        };
        let known = ticket.entry.is_settled().then(|| ticket.entry.clone());
        let (key, source) = (&ticket.entry.key, ticket.source);
        let other_run = ticket.other_run.as_deref();
        (self.notify)(Progress::Key { key, source, entry: &ticket.entry, other_run });
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
            // Whoever has waited for a run of the same request has become a duplicate of that run, and stays one
            // when that run ends well: the same command twice at once is one request.
            if waited_for.is_some() && self.policy.is_over(UnixMillis::now()) {
                return Ok(Begun::Busy { key: waited_for.unwrap_or_default() });
            }
            let choice = waited_for.as_deref().map_or(key, KeyChoice::Given);
            let begun = journal.begin(&Begin { intent, key: choice, now: UnixMillis::now() })?;
            let Begun::Busy { key: busy } = begun else { return Ok(as_asked_for(begun, key)) };
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
}

/// A ticket has its key from where it was asked for first, even when it was waited for.
fn as_asked_for(begun: Begun, key: KeyChoice<'_>) -> Begun {
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
