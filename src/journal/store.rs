//! What a journal can do, whatever keeps it.

use crate::exit::Outcome;
use crate::time::UnixMillis;

use super::carry::Carried;
use super::entry::{Attempt, Entry, Execution, KeySource, State, Summary};
use super::error::JournalError;
use super::fence::{Fence, KeyHold};
use super::intent::Intent;
use super::lease::Lease;

/// Which key a request is to go under. A `candidate` is a new random key, for when one is needed.
#[derive(Debug, Clone, Copy)]
pub enum KeyChoice<'a> {
    /// The key that was given.
    Given(&'a str),
    /// The key of a named operation; the first run makes it.
    Operation {
        /// The operation.
        name: &'a str,
        /// A new key.
        candidate: &'a str,
    },
    /// The key of an unfinished run of the same request, else a new one.
    Continue {
        /// A new key.
        candidate: &'a str,
    },
    /// The key of a batch's line: its operation's, or the one that the line itself gives. It belongs to the line
    /// for good, and its final result is answered and never sent again.
    Line {
        /// The operation: see [`super::line_operation`].
        operation: &'a str,
        /// The key that the line gives.
        key: Option<&'a str>,
        /// A new key.
        candidate: &'a str,
    },
    /// A new key, whatever is unfinished.
    Fresh {
        /// The new key.
        candidate: &'a str,
    },
}

/// A request to begin.
#[derive(Debug, Clone, Copy)]
pub struct Begin<'a> {
    /// What is meant.
    pub intent: &'a Intent,
    /// Under which key.
    pub key: KeyChoice<'a>,
    /// The time now.
    pub now: UnixMillis,
}

/// The right to send: the intent and the attempt are on disk, and nobody else sends under the key while
/// this is held.
#[derive(Debug)]
pub struct Ticket {
    /// The entry as it stood before this attempt. What is sent is `entry.intent`, not what was typed.
    pub entry: Entry,
    /// Where this run has its key from.
    pub source: KeySource,
    /// The number of the attempt that was begun.
    pub attempt: u32,
    /// Whether an earlier attempt may have been executed.
    pub maybe: bool,
    /// The key of an unfinished run of the same request under another API key, where neither key tells its
    /// account: were they of one account, this request would be a second one.
    pub other_run: Option<String>,
    /// Kept for as long as the ticket is.
    pub(super) held: Held,
}

impl Ticket {
    /// What is asked right before the request leaves.
    #[must_use]
    pub fn fence(&self) -> Fence {
        match &self.held {
            Held::ByKey { .. } | Held::ByBatch => Fence::default(),
            Held::Database(hold) => Fence::of(hold),
        }
    }
}

/// How a request may begin, or why not.
#[derive(Debug)]
pub enum Begun {
    /// It may be sent.
    Ready(Box<Ticket>),
    /// Another process is sending under this key.
    Busy {
        /// The key.
        key: String,
    },
    /// The window is over and the stored result is the answer.
    Answered(Box<Entry>),
    /// The window is over and the result is not known.
    Expired(Box<Entry>),
    /// The key stands for another request.
    Mismatch {
        /// What the journal holds.
        entry: Box<Entry>,
        /// What differs, in words.
        differences: Vec<String>,
    },
    /// The unfinished run used another API key, and nobody can tell whether it is of the same account.
    OtherCredential(Box<Entry>),
}

/// What an attempt ended with.
#[derive(Debug, Clone)]
pub struct AttemptResult {
    /// What it tells of the execution.
    pub execution: Execution,
    /// What it means.
    pub outcome: Outcome,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The body of the answer.
    pub body: Option<Vec<u8>>,
    /// `Request-Id`.
    pub request_id: Option<String>,
    /// `Original-Request`.
    pub original_request_id: Option<String>,
    /// What happened, in a few words.
    pub detail: Option<String>,
}

/// Which entries to list, the newest first.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    /// Only those in this state now.
    pub state: Option<State>,
    /// Only those created at or after this time.
    pub since: Option<UnixMillis>,
    /// At most so many.
    pub limit: Option<usize>,
    /// The time now, which decides what has expired.
    pub now: UnixMillis,
}

/// A place in the order in which entries were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// When the entry was made.
    pub created_at: UnixMillis,
    /// Its id, which decides between entries of one millisecond.
    pub id: String,
}

/// What a person found out about an unknown outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// It was executed and it worked.
    Succeeded,
    /// It was not, or it failed.
    Failed,
}

/// What was found of a request elsewhere than in its answer.
#[derive(Debug, Clone, Copy)]
pub struct Adopted<'a> {
    /// What became of it.
    pub outcome: Outcome,
    /// The status that its answer would have had.
    pub status: u16,
    /// Its object.
    pub body: &'a [u8],
    /// Where it was found.
    pub why: &'a str,
}

/// What became of an entry of another journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It was not known.
    New,
    /// It was known, and now more is.
    Merged,
    /// Nothing of it was new.
    Known,
    /// Its operation has another key here: both are kept, and the operation keeps its own. It may have been
    /// executed twice.
    Twice,
}

/// The right to send lines of a batch, held until it is dropped or its process ends.
///
/// A line that is in flight names its holder in its entry, so that no other process sends under its key: see
/// [`Entry::held_by`].
#[derive(Debug)]
pub struct BatchLease {
    /// The holder, as entries name it.
    pub(super) holder: String,
    /// What tells others that the holder lives; none where each line has a lease of its own.
    pub(super) lease: Option<Lease>,
}

impl BatchLease {
    /// Of a journal that gives out the lines of a batch one by one.
    pub(super) const fn of_each_line() -> Self {
        Self { holder: String::new(), lease: None }
    }

    /// Whether other processes may send lines of the same batch meanwhile.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.lease.is_none()
    }
}

/// What keeps others from sending under the key of a ticket.
#[derive(Debug)]
pub(super) enum Held {
    /// The key's own lease.
    ByKey { _lease: Lease },
    /// The lease of a batch, whose holder the entry names.
    ByBatch,
    /// A lease of a database, whose holder the entry names.
    Database(KeyHold),
}

/// An attempt that ended.
#[derive(Debug)]
pub struct Finished<'a> {
    /// The ticket of the line.
    pub ticket: &'a mut Ticket,
    /// What the attempt ended with.
    pub result: &'a AttemptResult,
}

/// Steps of many lines that become durable together.
#[derive(Debug, Default)]
pub struct Group<'a> {
    /// Attempts that ended. A final result lets its line go and counts as reported: a batch shows it again
    /// whenever it is run.
    pub finished: Vec<Finished<'a>>,
    /// Lines whose next attempt begins.
    pub again: Vec<&'a mut Ticket>,
    /// Lines that are let go without a final result. Their next attempt is another run's.
    pub released: Vec<&'a mut Ticket>,
    /// Lines that begin.
    pub begun: Vec<Begin<'a>>,
}

impl Group<'_> {
    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.finished.is_empty() && self.again.is_empty() && self.released.is_empty() && self.begun.is_empty()
    }
}

/// What the journal knows of a line before it is begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineState {
    /// Nothing: it begins with a new key.
    New,
    /// It has no final result, and may be sent.
    Open,
    /// It has a final result, which is not sent again.
    Finished,
    /// It has no final result, and its key is too old to be sent.
    Expired,
    /// Its key stands for another request.
    Changed {
        /// The key.
        key: String,
        /// What differs, in words.
        differences: Vec<String>,
    },
    /// It was sent with another API key, and nobody can tell whether that is of the same account.
    OtherCredential {
        /// The key.
        key: String,
    },
}

/// A durable journal of requests.
pub trait Journal {
    /// Decides whether a request may be sent and, where it may, makes the intent and its attempt durable
    /// and takes the lease of the key, in one transaction.
    ///
    /// # Errors
    /// When the journal cannot be read or written; nothing may be sent then.
    fn begin(&mut self, begin: &Begin<'_>) -> Result<Begun, JournalError>;

    /// The entry that a request belongs to, where there is one. Nothing is begun and nothing is written.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn peek(&mut self, begin: &Begin<'_>) -> Result<Option<Entry>, JournalError>;

    /// Makes a further attempt of a ticket durable, before it is made.
    ///
    /// # Errors
    /// When the journal cannot be written; nothing may be sent then.
    fn begin_attempt(&mut self, ticket: &mut Ticket, now: UnixMillis) -> Result<(), JournalError>;

    /// Makes the result of the ticket's attempt durable, before it is reported to anybody.
    ///
    /// # Errors
    /// When the journal cannot be written. The attempt then counts as one that may have been executed.
    fn finish_attempt(
        &mut self,
        ticket: &mut Ticket,
        result: &AttemptResult,
        now: UnixMillis,
    ) -> Result<(), JournalError>;

    /// Records that the final result of a key was reported to its caller. Until then the same request
    /// continues with this key, since its caller cannot know. A crash of the machine may lose the record,
    /// which is safe: the request is then continued, not made anew.
    ///
    /// # Errors
    /// When the journal cannot be written.
    fn mark_reported(&mut self, key: &str, now: UnixMillis) -> Result<(), JournalError>;

    /// The entry of a key or an entry's id.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn find(&self, key_or_id: &str) -> Result<Option<Entry>, JournalError>;

    /// The attempts of an entry, in order.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn attempts(&self, entry: &Entry) -> Result<Vec<Attempt>, JournalError>;

    /// Entries, the newest first, without their bodies.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn list(&self, filter: &Filter) -> Result<Vec<Summary>, JournalError>;

    /// The next entry without a final result, the oldest first, behind a position. One at a time, so that
    /// any number of them is gone through in the memory of one; what is still open stays behind.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn next_open(&self, after: Option<&Position>) -> Result<Option<Entry>, JournalError>;

    /// Takes a batch for this process, or `None` while another one has it. A journal that gives out its lines one
    /// by one, to any number of runners, never says `None`.
    ///
    /// # Errors
    /// When the lease cannot be taken.
    fn claim_batch(&mut self, batch: &str) -> Result<Option<BatchLease>, JournalError>;

    /// Whether an earlier run has begun any line of a batch.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn knows_batch(&self, batch: &str) -> Result<bool, JournalError>;

    /// What is known of lines, in their order. Nothing is begun and nothing is written.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn check_lines(&mut self, lines: &[Begin<'_>]) -> Result<Vec<LineState>, JournalError>;

    /// How lines that cannot be sent now are answered, in their order, and `None` for each that may begin: what
    /// [`Self::write_group`] would say, without beginning or writing anything. A line that may begin now may be
    /// another process's a moment later.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn answers(&mut self, lines: &[Begin<'_>]) -> Result<Vec<Option<Begun>>, JournalError>;

    /// Takes steps of many lines in one transaction, and returns how those that begin may do so, in their order.
    /// A line that somebody else has in flight is [`Begun::Busy`]; one with a final result is
    /// [`Begun::Answered`].
    ///
    /// # Errors
    /// When the journal cannot be written: none of the steps is durable then, and nothing that begins may be
    /// sent.
    fn write_group(
        &mut self,
        lease: &BatchLease,
        group: Group<'_>,
        now: UnixMillis,
    ) -> Result<Vec<Begun>, JournalError>;

    /// The next entry of any state behind a position, the oldest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn next_entry(&self, after: Option<&Position>) -> Result<Option<Entry>, JournalError>;

    /// Takes entries of another journal, all in one transaction, and returns what became of each. Taking them
    /// again changes nothing, and no attempt of either side is lost.
    ///
    /// # Errors
    /// [`JournalError::OtherRequest`] or [`JournalError::InUse`]; none of them is taken then.
    fn import(&mut self, carried: &[Carried]) -> Result<Vec<Imported>, JournalError>;

    /// Records what was found of an outcome that is not known.
    ///
    /// # Errors
    /// As [`Self::settle`].
    fn adopt(
        &mut self,
        key_or_id: &str,
        adopted: &Adopted<'_>,
        now: UnixMillis,
    ) -> Result<Entry, JournalError>;

    /// Removes entries with a final result that were last touched before a time, at most so many, and returns
    /// how many went. What is unfinished stays, and so does a result that was reported to nobody.
    ///
    /// # Errors
    /// When the journal cannot be written.
    fn prune(&mut self, before: UnixMillis, most: usize) -> Result<usize, JournalError>;

    /// Records what a person found out about an outcome that is not known.
    ///
    /// # Errors
    /// When there is no such entry, its outcome is known, or somebody is sending under its key.
    fn settle(
        &mut self,
        key_or_id: &str,
        resolution: Resolution,
        why: &str,
        now: UnixMillis,
    ) -> Result<Entry, JournalError>;
}
