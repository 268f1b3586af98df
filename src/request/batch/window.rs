//! The lines that are next. They are looked up many at a time, so that a line that has a result, or that another
//! process has in flight, takes no turn and costs a share of one question to the journal.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::error::TryRecvError;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use crate::journal::Begun;
use crate::request::group_writer::{GroupWriter, LineBegin, SharedError};

use super::feed::{Fed, Feed};
use super::line::BatchName;

/// How many lines may be free to begin at most.
const WIDTH: usize = 256;

/// How many lines may be aside: no runner has more of them in flight or waiting for a retry.
const MOST_ASIDE: usize = 4096;

/// How long a line that was free counts as free, where other processes may take it.
const FRESH: Duration = Duration::from_millis(200);

/// How long a line that is busy is left alone, the first time and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// A line as it waits to be sent or answered.
#[derive(Debug)]
pub(super) struct NextLine {
    /// Its place among the lines, from 0.
    pub(super) place: u64,
    /// Its number in the file, from 1.
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) begin: Arc<LineBegin>,
    busy: Option<Busy>,
}

/// Since when a line is known to be busy, and how long it is left alone then.
#[derive(Debug, Clone, Copy)]
struct Busy {
    since: Instant,
    pause: Duration,
}

/// What a batch knows of its lines as a whole.
#[derive(Debug)]
pub(super) struct BatchFacts {
    pub(super) name: BatchName,
    /// Whether an earlier run has begun it.
    pub(super) is_known: bool,
    /// Whether other processes may send its lines meanwhile.
    pub(super) is_shared: bool,
    /// How long another process that has a line in flight is waited for.
    pub(super) patience: Duration,
}

/// The lines that are next.
pub(super) struct Window {
    facts: BatchFacts,
    /// None once it has ended.
    feed: Option<Feed>,
    free: VecDeque<NextLine>,
    answered: VecDeque<(NextLine, Begun)>,
    /// Lines that another process has in flight, and when they are looked at again.
    aside: Vec<(Instant, NextLine)>,
    /// A line that came while it was waited for.
    arrived: Option<NextLine>,
    /// The order in which this runner takes the lines that are free, once it has met another one: each has its own,
    /// so that they seldom want the same line.
    order: Option<RandomState>,
    looked_at: Instant,
}

impl Window {
    pub(super) fn new(feed: Feed, facts: BatchFacts) -> Self {
        Self {
            facts,
            feed: Some(feed),
            free: VecDeque::new(),
            answered: VecDeque::new(),
            aside: Vec::new(),
            arrived: None,
            order: None,
            looked_at: Instant::now(),
        }
    }

    /// A line that cannot be sent, and its answer.
    pub(super) fn answered(&mut self) -> Option<(NextLine, Begun)> {
        self.answered.pop_front()
    }

    /// A line that was free when it was looked at.
    pub(super) fn free(&mut self) -> Option<NextLine> {
        self.free.pop_front()
    }

    /// Whether another process may have taken the lines that were free.
    pub(super) fn is_stale(&self) -> bool {
        self.facts.is_shared && self.looked_at.elapsed() > FRESH
    }

    /// Has lines at hand that are free or answered; false where there are none any more.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(super) async fn fill(&mut self, writer: &GroupWriter) -> Result<bool, SharedError> {
        loop {
            if self.answered.is_empty() && self.free.len() <= WIDTH / 2 {
                let came = self.come();
                if !came.is_empty() {
                    self.look(came, writer).await?;
                }
            }
            if !(self.free.is_empty() && self.answered.is_empty()) {
                return Ok(true);
            }
            if !self.wait().await {
                return Ok(false);
            }
        }
    }

    /// Looks again at the lines that were free.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(super) async fn refresh(&mut self, writer: &GroupWriter) -> Result<(), SharedError> {
        let came = self.come();
        self.look(came, writer).await
    }

    /// Puts a line aside that another process has in flight, or gives it back where it has been waited for long
    /// enough.
    pub(super) fn put_aside(&mut self, mut line: NextLine) -> Result<(), NextLine> {
        if self.facts.is_shared {
            self.order.get_or_insert_default();
        }
        let now = Instant::now();
        let busy = match line.busy {
            None => Busy { since: now, pause: PAUSE.0 },
            Some(busy) => Busy { pause: (busy.pause * 2).min(PAUSE.1), ..busy },
        };
        // The last look is at the end of the patience.
        let until = busy.since + self.facts.patience;
        if now >= until {
            return Err(line);
        }
        line.busy = Some(busy);
        self.aside.push((until.min(now + busy.pause), line));
        Ok(())
    }

    /// Lines that can be looked at now without waiting: those aside whose time has come, and new ones.
    fn come(&mut self) -> Vec<NextLine> {
        let now = Instant::now();
        let due = self.aside.extract_if(.., |(at, _)| *at <= now).map(|(_, line)| line);
        let mut came: Vec<_> = due.chain(self.arrived.take()).collect();
        while self.free.len() + came.len() < WIDTH && self.aside.len() < MOST_ASIDE {
            let Some(feed) = &mut self.feed else { break };
            match feed.try_next() {
                Ok(line) => came.push(NextLine::of(line, &self.facts.name)),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => self.feed = None,
            }
        }
        came
    }

    /// Waits until a line comes, or the time of one that is aside; false where there is nothing to wait for.
    async fn wait(&mut self) -> bool {
        let due = self.aside.iter().map(|(at, _)| *at).min();
        let feed = self.feed.as_mut().filter(|_| self.aside.len() < MOST_ASIDE);
        let line = match (feed, due) {
            (None, None) => return false,
            (None, Some(due)) => {
                sleep_until(due).await;
                return true;
            }
            (Some(feed), None) => feed.next().await,
            (Some(feed), Some(due)) => tokio::select! {
                line = feed.next() => line,
                () = sleep_until(due) => return true,
            },
        };
        match line {
            Some(line) => self.arrived = Some(NextLine::of(line, &self.facts.name)),
            None => self.feed = None,
        }
        true
    }

    /// Whether somebody may have begun a line before.
    fn may_be_known(&self, line: &NextLine) -> bool {
        self.facts.is_known || self.facts.is_shared || line.begin.key.is_some()
    }

    /// Sorts lines into those that are free, those that have an answer, and those that are put aside. Where others
    /// take lines, too, those that were free are looked at once more.
    async fn look(&mut self, came: Vec<NextLine>, writer: &GroupWriter) -> Result<(), SharedError> {
        let again = if self.facts.is_shared { std::mem::take(&mut self.free) } else { VecDeque::new() };
        let lines: Vec<_> = again.into_iter().chain(came).collect();
        let asked = lines.iter().filter(|line| self.may_be_known(line)).map(|line| Arc::clone(&line.begin));
        let mut answers = writer.answers(asked.collect()).await?.into_iter();
        self.looked_at = Instant::now();
        for line in lines {
            let answer = if self.may_be_known(&line) { answers.next().expect("one a line") } else { None };
            match answer {
                None => self.free.push_back(line),
                Some(busy @ Begun::Busy { .. }) => {
                    if let Err(line) = self.put_aside(line) {
                        self.answered.push_back((line, busy));
                    }
                }
                Some(answer) => self.answered.push_back((line, answer)),
            }
        }
        if let Some(order) = &self.order {
            self.free.make_contiguous().sort_by_cached_key(|line| order.hash_one(line.place));
        }
        Ok(())
    }
}

impl NextLine {
    fn of(fed: Fed, batch: &BatchName) -> Self {
        let begin = LineBegin {
            operation: fed.line.operation(batch.as_str()),
            key: fed.line.key.map(|key| key.as_str().to_owned()),
            candidate: Uuid::new_v4().to_string(),
            intent: fed.intent,
        };
        Self {
            place: fed.place,
            number: fed.line.number,
            id: fed.line.id,
            begin: Arc::new(begin),
            busy: None,
        }
    }
}
