//! The one who writes the journal for many senders: what waits goes into one transaction, so that a sync is
//! shared by all lines that are under way.

use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use crate::journal::{
    AttemptResult, BatchLease, Begin, Begun, Finished, Group, Intent, Journal, JournalError, KeyChoice,
    Ticket,
};
use crate::time::UnixMillis;

/// The most steps of one transaction.
const MOST: usize = 2048;

/// A failure of the journal that struck several senders at once.
pub(super) type SharedError = Arc<JournalError>;

/// A line as the journal is asked for it.
#[derive(Debug)]
pub(super) struct LineBegin {
    /// What is meant.
    pub(super) intent: Intent,
    /// The operation of the line.
    pub(super) operation: String,
    /// The key that the line gives.
    pub(super) key: Option<String>,
    /// A new key.
    pub(super) candidate: String,
}

impl LineBegin {
    fn at(&self, now: UnixMillis) -> Begin<'_> {
        Begin { intent: &self.intent, key: self.choice(), now }
    }

    /// Which key the journal is asked for.
    #[must_use]
    pub(super) fn choice(&self) -> KeyChoice<'_> {
        KeyChoice::Line { operation: &self.operation, key: self.key.as_deref(), candidate: &self.candidate }
    }
}

type TicketAnswer = oneshot::Sender<(Box<Ticket>, Result<(), SharedError>)>;

enum WriteStep {
    Answers(Question),
    Begin(Awaited<Begun>),
    Again(Box<Ticket>, TicketAnswer),
    Finish(Box<Ticket>, Box<AttemptResult>, TicketAnswer),
    Release(Box<Ticket>, TicketAnswer),
}

/// The way to the writer.
#[derive(Clone)]
pub(super) struct GroupWriter(mpsc::UnboundedSender<WriteStep>);

impl std::fmt::Debug for GroupWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GroupWriter")
    }
}

impl GroupWriter {
    /// Starts the writer on a thread of its own. It ends when the last way to it is dropped.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(
        mut journal: Box<dyn Journal + Send>,
        lease: BatchLease,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (sender, mut steps) = mpsc::unbounded_channel();
        let thread = std::thread::Builder::new().name("journal".into()).spawn(move || {
            let mut waiting = Vec::new();
            while let Some(first) = steps.blocking_recv() {
                waiting.push(first);
                while waiting.len() < MOST
                    && let Ok(step) = steps.try_recv()
                {
                    waiting.push(step);
                }
                write(&mut *journal, &lease, std::mem::take(&mut waiting));
            }
        })?;
        Ok((Self(sender), thread))
    }

    async fn ask<T>(&self, step: impl FnOnce(oneshot::Sender<T>) -> WriteStep) -> T {
        let (answer, answered) = oneshot::channel();
        let is_sent = self.0.send(step(answer)).is_ok();
        assert!(is_sent, "the writer lives as long as a way to it");
        answered.await.expect("the writer answers every step")
    }

    /// How lines that cannot be sent now are answered, in their order, without beginning any.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(super) async fn answers(
        &self,
        lines: Vec<Arc<LineBegin>>,
    ) -> Result<Vec<Option<Begun>>, SharedError> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        self.ask(|answer| WriteStep::Answers((lines, answer))).await
    }

    /// Begins a line.
    ///
    /// # Errors
    /// When the journal cannot be written; the line must not be sent then.
    pub(super) async fn begin(&self, line: &Arc<LineBegin>) -> Result<Begun, SharedError> {
        self.ask(|answer| WriteStep::Begin((Arc::clone(line), answer))).await
    }

    /// Makes a further attempt durable, before it is made.
    pub(super) async fn again(&self, ticket: Box<Ticket>) -> (Box<Ticket>, Result<(), SharedError>) {
        self.ask(|answer| WriteStep::Again(ticket, answer)).await
    }

    /// Makes the result of an attempt durable, before it is told to anybody.
    pub(super) async fn finish(
        &self,
        ticket: Box<Ticket>,
        result: AttemptResult,
    ) -> (Box<Ticket>, Result<(), SharedError>) {
        self.ask(|answer| WriteStep::Finish(ticket, Box::new(result), answer)).await
    }

    /// Lets a line go that has no final result.
    pub(super) async fn release(&self, ticket: Box<Ticket>) -> (Box<Ticket>, Result<(), SharedError>) {
        self.ask(|answer| WriteStep::Release(ticket, answer)).await
    }
}

/// Steps by their kind.
#[derive(Default)]
struct Sorted {
    questions: Vec<Question>,
    begins: Vec<Awaited<Begun>>,
    again: Vec<(Box<Ticket>, TicketAnswer)>,
    finished: Vec<(Box<Ticket>, Box<AttemptResult>, TicketAnswer)>,
    released: Vec<(Box<Ticket>, TicketAnswer)>,
}

impl Sorted {
    fn of(steps: Vec<WriteStep>) -> Self {
        let mut sorted = Self::default();
        for step in steps {
            match step {
                WriteStep::Answers(question) => sorted.questions.push(question),
                WriteStep::Begin(asked) => sorted.begins.push(asked),
                WriteStep::Again(ticket, answer) => sorted.again.push((ticket, answer)),
                WriteStep::Finish(ticket, result, answer) => sorted.finished.push((ticket, result, answer)),
                WriteStep::Release(ticket, answer) => sorted.released.push((ticket, answer)),
            }
        }
        sorted
    }
}

fn write(journal: &mut dyn Journal, lease: &BatchLease, steps: Vec<WriteStep>) {
    let mut sorted = Sorted::of(steps);
    let now = UnixMillis::now();
    // A sender that was stopped waits for no answer any more: what is durable stays so.
    for (lines, asked) in std::mem::take(&mut sorted.questions) {
        let lines: Vec<_> = lines.iter().map(|line| line.at(now)).collect();
        let _ = asked.send(journal.answers(&lines).map_err(Arc::new));
    }
    let written = sorted.write(journal, lease, now);
    let done = written.as_ref().map(|_| ()).map_err(Arc::clone);
    for (ticket, answer) in sorted.again.into_iter().chain(sorted.released) {
        let _ = answer.send((ticket, done.clone()));
    }
    for (ticket, _, answer) in sorted.finished {
        let _ = answer.send((ticket, done.clone()));
    }
    answer_each(sorted.begins, written);
}

/// Lines that are looked up, and whoever waits for their answers.
type Question = (Vec<Arc<LineBegin>>, oneshot::Sender<Result<Vec<Option<Begun>>, SharedError>>);

type Awaited<T> = (Arc<LineBegin>, oneshot::Sender<Result<T, SharedError>>);

fn answer_each<T>(asked: Vec<Awaited<T>>, answers: Result<Vec<T>, SharedError>) {
    match answers {
        Ok(answers) => {
            for ((_, asked), answer) in asked.into_iter().zip(answers) {
                let _ = asked.send(Ok(answer));
            }
        }
        Err(error) => {
            for (_, asked) in asked {
                let _ = asked.send(Err(Arc::clone(&error)));
            }
        }
    }
}

impl Sorted {
    fn write(
        &mut self,
        journal: &mut dyn Journal,
        lease: &BatchLease,
        now: UnixMillis,
    ) -> Result<Vec<Begun>, SharedError> {
        let finished = self.finished.iter_mut();
        let group = Group {
            finished: finished.map(|(ticket, result, _)| Finished { ticket, result }).collect(),
            again: self.again.iter_mut().map(|(ticket, _)| &mut **ticket).collect(),
            released: self.released.iter_mut().map(|(ticket, _)| &mut **ticket).collect(),
            begun: self.begins.iter().map(|(line, _)| line.at(now)).collect(),
        };
        if group.is_empty() {
            return Ok(Vec::new());
        }
        journal.write_group(lease, group, now).map_err(Arc::new)
    }
}
