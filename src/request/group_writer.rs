//! The one who writes the journal for many senders: what waits goes into one transaction, so that a sync is
//! shared by all lines that are under way. Steps and their answers cross between the threads in groups, too: to wake
//! another thread is a system call.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::{spawn_local, yield_now};

use crate::journal::{
    AttemptResult, BatchLease, Begin, Begun, Finished, Group, Intent, Journal, JournalError, KeyChoice,
    Ticket,
};
use crate::time::UnixMillis;

/// How many groups of steps are with the writer: one is written while the next is made.
const UNDER_WAY: usize = 2;

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

/// An answer, and who waits for it.
enum Answered {
    Looked(Asker<Vec<Option<Begun>>>, Shared<Vec<Option<Begun>>>),
    Begun(Asker<Begun>, Shared<Begun>),
    Written(TicketAnswer, (Box<Ticket>, Result<(), SharedError>)),
}

impl Answered {
    /// A sender that was stopped waits for no answer any more: what is durable stays so.
    fn give(self) {
        match self {
            Self::Looked(to, answer) => drop(to.send(answer)),
            Self::Begun(to, answer) => drop(to.send(answer)),
            Self::Written(to, answer) => drop(to.send(answer)),
        }
    }
}

/// The way to the writer, for the senders of one thread.
#[derive(Clone)]
pub(super) struct GroupWriter(Rc<Waiting>);

/// Steps that wait to be written.
#[derive(Default)]
struct Waiting {
    steps: RefCell<Vec<WriteStep>>,
    more: Notify,
}

impl std::fmt::Debug for GroupWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GroupWriter")
    }
}

impl GroupWriter {
    /// Starts the writer on a thread of its own. It ends with the local set that this must be called in.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(
        mut journal: Box<dyn Journal + Send>,
        lease: BatchLease,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (to_writer, mut groups) = mpsc::channel(UNDER_WAY);
        let (to_senders, answers) = mpsc::channel(UNDER_WAY);
        let thread = std::thread::Builder::new().name("journal".into()).spawn(move || {
            while let Some(steps) = groups.blocking_recv() {
                // Where nobody waits any more, what was written stays durable.
                let _ = to_senders.blocking_send(write(&mut *journal, &lease, steps));
            }
        })?;
        let writer = Self(Rc::default());
        spawn_local(carry(Rc::clone(&writer.0), to_writer, answers));
        Ok((writer, thread))
    }

    async fn ask<T>(&self, step: impl FnOnce(oneshot::Sender<T>) -> WriteStep) -> T {
        let (answer, answered) = oneshot::channel();
        self.0.steps.borrow_mut().push(step(answer));
        self.0.more.notify_one();
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

/// Carries steps to the writer and answers back, a group at a time.
async fn carry(
    waiting: Rc<Waiting>,
    to_writer: mpsc::Sender<Vec<WriteStep>>,
    mut answers: mpsc::Receiver<Vec<Answered>>,
) {
    let mut under_way = 0;
    loop {
        if under_way < UNDER_WAY && !waiting.steps.borrow().is_empty() {
            // Whoever is ready to take a step, too, takes it first.
            yield_now().await;
            let steps = waiting.steps.take();
            to_writer.send(steps).await.expect("the writer ends after its last group");
            under_way += 1;
            continue;
        }
        tokio::select! {
            group = answers.recv() => {
                under_way -= 1;
                group.expect("the writer ends after its last group").into_iter().for_each(Answered::give);
            }
            () = waiting.more.notified() => {}
        }
    }
}

fn write(journal: &mut dyn Journal, lease: &BatchLease, steps: Vec<WriteStep>) -> Vec<Answered> {
    let mut sorted = Sorted::of(steps);
    let now = UnixMillis::now();
    let mut answered = Vec::new();
    for (lines, to) in std::mem::take(&mut sorted.questions) {
        let lines: Vec<_> = lines.iter().map(|line| line.at(now)).collect();
        answered.push(Answered::Looked(to, journal.answers(&lines).map_err(Arc::new)));
    }
    let written = sorted.write(journal, lease, now);
    let done = written.as_ref().map(|_| ()).map_err(Arc::clone);
    let tickets = sorted.again.into_iter().chain(sorted.released);
    let tickets = tickets.chain(sorted.finished.into_iter().map(|(ticket, _, to)| (ticket, to)));
    answered.extend(tickets.map(|(ticket, to)| Answered::Written(to, (ticket, done.clone()))));
    answer_each(sorted.begins, written, Answered::Begun, &mut answered);
    answered
}

type Shared<T> = Result<T, SharedError>;
type Asker<T> = oneshot::Sender<Shared<T>>;

/// Lines that are looked up, and whoever waits for their answers.
type Question = (Vec<Arc<LineBegin>>, Asker<Vec<Option<Begun>>>);

type Awaited<T> = (Arc<LineBegin>, Asker<T>);

fn answer_each<T>(
    asked: Vec<Awaited<T>>,
    answers: Shared<Vec<T>>,
    of: fn(Asker<T>, Shared<T>) -> Answered,
    answered: &mut Vec<Answered>,
) {
    let asked = asked.into_iter().map(|(_, to)| to);
    match answers {
        Ok(answers) => answered.extend(asked.zip(answers).map(|(to, answer)| of(to, Ok(answer)))),
        Err(error) => answered.extend(asked.map(|to| of(to, Err(Arc::clone(&error))))),
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
