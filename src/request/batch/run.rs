//! The second pass: a reader, workers that send, the writer of the journal, and one who shows results.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use tokio::sync::Mutex;
use tokio::task::{JoinSet, LocalSet};

use crate::exit::Outcome;
use crate::journal::{BatchLease, Begun, Journal, Ticket};
use crate::keys::KnownTestKeys;
use crate::profile::Mode;
use crate::request::admitted_key::AdmittedKey;
use crate::request::attempts::{Lent, Record};
use crate::request::group_writer::GroupWriter;
use crate::request::http::Transport;
use crate::request::interrupt::Interrupt;
use crate::request::mode_gate::ModeGate;
use crate::request::previous_key::SharedPreviousKey;
use crate::request::report::Report;
use crate::request::retry::RetryPolicy;
use crate::request::sender::{Progress, Sender};
use crate::request::turn::{Turn, Turns};
use crate::request::unsent::not_begun;

use super::check::Patterns;
use super::feed::Feed;
use super::line::BatchName;
use super::outlet::{LineReport, Outlet, Results, Show};
use super::source::Source;
use super::summary::{StopReason, Summary};
use super::window::{BatchFacts, NextLine, Window};

/// Workers for each request in flight: some of them wait for a retry, which holds nobody up.
const WORKERS_PER_SLOT: usize = 4;

/// The most workers: each has a line in memory.
const MOST_WORKERS: usize = 4096;

/// After so many lines in a row that reached nobody, at least, there is no use in going on.
const UNREACHABLE: usize = 20;

/// How a batch is sent.
#[derive(Debug)]
pub struct Plan {
    /// Its name.
    pub name: BatchName,
    /// What all its lines have in common.
    pub patterns: Patterns,
    /// How many lines it has.
    pub lines: u64,
    /// Whether an earlier run has begun it.
    pub is_known: bool,
    /// How many requests may be in flight.
    pub concurrency: usize,
    /// Requests a second; none: as fast as it goes.
    pub rate: Option<f64>,
    /// Whether results are shown in the order of the lines.
    pub is_ordered: bool,
    /// How far retries of a line go.
    pub policy: RetryPolicy,
}

/// What a batch is sent with.
#[derive(Debug)]
pub struct Means {
    /// The way to the API.
    pub transport: Transport,
    /// What authorises.
    pub api_key: AdmittedKey,
    /// What authorises instead, once the API has refused that.
    pub previous: SharedPreviousKey,
    /// The mode of the profile.
    pub mode: Mode,
    /// What the API has said of keys before.
    pub known: KnownTestKeys,
    /// The user's wish to stop.
    pub interrupt: Interrupt,
}

/// Hears what single senders tell.
pub type Notify = Box<dyn Fn(&Progress<'_>)>;

/// Hears how far a batch has come, and its pace in requests a second.
pub type HowFar = Box<dyn Fn(&Summary, Option<f64>)>;

/// Who is told of a batch while it runs.
pub struct Audience {
    /// Shows the result of a line.
    pub show: Show,
    /// Hears what single senders tell.
    pub notify: Notify,
    /// Hears how far the batch has come, and its pace now.
    pub progress: HowFar,
}

struct Shared {
    plan: Plan,
    means: Means,
    turns: Turns,
    writer: GroupWriter,
    window: Mutex<Window>,
    /// Whether another process was faster, so that the lines that are next have to be looked at again.
    was_overtaken: Cell<bool>,
    results: Results,
    summary: RefCell<Summary>,
    unreachable: Cell<usize>,
    notify: Notify,
    progress: HowFar,
}

/// Sends a batch. Whatever happens is in the summary.
///
/// # Errors
/// When the system gives no thread; nothing was sent then.
pub async fn run(
    plan: Plan,
    means: Means,
    source: Source,
    journal: Box<dyn Journal + Send>,
    lease: BatchLease,
    audience: Audience,
) -> std::io::Result<Summary> {
    let facts = BatchFacts {
        name: plan.name.clone(),
        is_known: plan.is_known,
        is_shared: lease.is_shared(),
        patience: plan.policy.timeout,
    };
    let local = LocalSet::new();
    let (writer, written) = local.run_until(async { GroupWriter::start(journal, lease) }).await?;
    let (feed, feeding) = Feed::start(source, plan.patterns.clone())?;
    let (outlet, shown) = Outlet::start(plan.is_ordered, audience.show)?;
    let workers = (plan.concurrency.saturating_mul(WORKERS_PER_SLOT)).clamp(1, MOST_WORKERS);
    let shared = Rc::new(Shared {
        turns: Turns::new(plan.concurrency, plan.rate),
        summary: RefCell::new(Summary { lines: plan.lines, ..Summary::default() }),
        plan,
        means,
        writer,
        window: Mutex::new(Window::new(feed, facts)),
        was_overtaken: Cell::new(false),
        results: outlet,
        unreachable: Cell::new(0),
        notify: audience.notify,
        progress: audience.progress,
    });
    local
        .run_until(async {
            let mut working = JoinSet::new();
            for _ in 0..workers {
                working.spawn_local(Rc::clone(&shared).work());
            }
            while let Some(done) = working.join_next().await {
                done.expect("a worker does not panic");
            }
        })
        .await;
    let shared = Rc::into_inner(shared).expect("every worker has ended");
    if shared.means.interrupt.is_pressed() {
        shared.stop(StopReason::Interrupted);
    }
    let mut summary = shared.summary.into_inner();
    // The threads end with the ways to them.
    drop((local, shared.writer, shared.window, shared.results));
    if let Err(why) = feeding.join().expect("the reader does not panic") {
        summary.stopped.get_or_insert(StopReason::Source(why.to_string()));
    }
    if let Err(why) = shown.join().expect("the one who shows does not panic") {
        summary.stopped.get_or_insert(StopReason::Output(why));
    }
    written.join().expect("the writer does not panic");
    Ok(summary)
}

impl Shared {
    fn stop(&self, why: StopReason) {
        self.summary.borrow_mut().stopped.get_or_insert(why);
    }

    fn is_stopped(&self) -> bool {
        self.summary.borrow().stopped.is_some() || self.means.interrupt.is_pressed()
    }

    /// Takes lines until there are no more, or the batch stops.
    async fn work(self: Rc<Self>) {
        let means = &self.means;
        let gate = ModeGate { transport: &means.transport, mode: means.mode, known: means.known.clone() };
        let mut sender = Sender {
            transport: &means.transport,
            gate: &gate,
            api_key: means.api_key.clone(),
            previous: means.previous.one(),
            policy: self.plan.policy,
            turn: Turn::among(&self.turns),
            interrupt: &means.interrupt,
            notify: &mut |progress| (self.notify)(&progress),
        };
        while let Some((line, begun)) = self.next(&mut sender).await {
            let (place, number, id) = (line.place, line.number, line.id.clone());
            let report = self.line(&mut sender, line, begun).await;
            sender.turn.leave(false);
            let Some(report) = report else { continue };
            self.count(&report);
            if self.results.send((place, LineReport { number, id, report })).await.is_err() {
                self.stop(StopReason::Output("nobody reads it any more".into()));
            }
        }
    }

    /// The next line: one that is answered without being sent, or one that may begin, with a turn for it.
    async fn next(&self, sender: &mut Sender<'_>) -> Option<(NextLine, Option<Begun>)> {
        let mut window = self.window.lock().await;
        while !self.is_stopped() {
            let filled = tokio::select! {
                filled = window.fill(&self.writer) => filled,
                () = sender.interrupt.pressed(1) => return None,
            };
            if !self.recorded(filled)? {
                return None;
            }
            if let Some((line, answer)) = window.answered() {
                return Some((line, Some(answer)));
            }
            // Others may find out, while a turn is waited for, that there is no use in going on.
            if !sender.turn.take(sender.interrupt).await || self.is_stopped() {
                return None;
            }
            if self.was_overtaken.take() || window.is_stale() {
                self.recorded(window.refresh(&self.writer).await)?;
            }
            if let Some(line) = window.free() {
                return Some((line, None));
            }
            sender.turn.leave(false);
        }
        None
    }

    fn count(&self, report: &Report) {
        let mut summary = self.summary.borrow_mut();
        summary.count(report);
        let reached_nobody = report.outcome == Outcome::NotSent;
        self.unreachable.set(if reached_nobody { self.unreachable.get() + 1 } else { 0 });
        let most = UNREACHABLE.max(self.plan.concurrency);
        let stop = match report {
            _ if report.is_of_other_mode() => Some(StopReason::OtherMode),
            Report { unrecorded: Some(why), .. } => Some(StopReason::Journal(why.clone())),
            Report { outcome: Outcome::Unauthorized, .. } => Some(StopReason::Unauthorized),
            _ if self.unreachable.get() >= most => Some(StopReason::Unreachable(most)),
            _ => None,
        };
        if let Some(stop) = stop {
            summary.stopped.get_or_insert(stop);
        }
        (self.progress)(&summary, self.turns.rate());
    }

    /// What becomes of a line; nothing where it was not begun, or is put aside.
    async fn line(&self, sender: &mut Sender<'_>, line: NextLine, answer: Option<Begun>) -> Option<Report> {
        let (started, asked) = (Instant::now(), line.begin.clone());
        let begun = match answer {
            Some(answer) => answer,
            None => self.begin(sender, line).await?,
        };
        let report = match begun {
            Begun::Ready(ticket) => self.send(sender, *ticket).await,
            other => not_begun(&asked.intent, asked.choice(), other),
        };
        Some(Report { elapsed: started.elapsed(), ..report })
    }

    /// Begins a line. One that another process has in flight holds no turn: it is put aside.
    async fn begin(&self, sender: &mut Sender<'_>, line: NextLine) -> Option<Begun> {
        let begun = self.recorded(self.writer.begin(&line.begin).await)?;
        if matches!(begun, Begun::Ready(_)) {
            return Some(begun);
        }
        self.was_overtaken.set(true);
        sender.turn.leave(false);
        if matches!(begun, Begun::Busy { .. }) {
            // Whoever has the window may wait for a turn: this one's is free by now.
            self.window.lock().await.put_aside(line).err()?;
        }
        Some(begun)
    }

    /// Stops where the journal fails: what is not in it is not sent.
    fn recorded<T>(&self, done: Result<T, impl std::fmt::Display>) -> Option<T> {
        done.map_err(|error| self.stop(StopReason::Journal(error.to_string()))).ok()
    }

    async fn send(&self, sender: &mut Sender<'_>, ticket: Ticket) -> Report {
        let known = ticket.entry.intent.clone();
        let mut record = Record::Grouped(&self.writer, Lent::new(Box::new(ticket)));
        let run = sender.attempts(&known, &mut record).await;
        let Record::Grouped(_, mut lent) = record else { unreachable!("it is what it was made as") };
        let source = lent.ticket().source;
        let report = run.report(&known).with_entry(&lent.ticket().entry, source);
        if !lent.ticket().entry.state.is_final() && report.unrecorded.is_none() {
            let (_, released) = self.writer.release(lent.take()).await;
            // The lease of the batch ends with it anyhow.
            let _ = self.recorded(released);
        }
        report
    }
}
