//! The one thread that owns the writing connection: jobs that wait together share one transaction, and none
//! is answered before it is on the disk.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::db::is_busy;

/// What a job holds while it is worked on, for the sake of its being dropped: an idempotency key, mostly.
pub(in crate::sandbox) type Held = Box<dyn Send>;

/// How many jobs share a transaction at most: the first of them waits for the last.
const MAX_BATCH: usize = 256;

/// Why a job has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) enum JobError {
    /// Another process held the file for too long. Nothing was done.
    Busy,
    /// The database refused, or the sandbox is closing. Nothing was kept.
    Failed(String),
}

impl JobError {
    /// What the database's refusal means.
    pub(in crate::sandbox) fn new(error: &rusqlite::Error) -> Self {
        if is_busy(error) { Self::Busy } else { Self::Failed(error.to_string()) }
    }
}

/// Something to be done in a transaction that it shares with others. It may fail: then nothing of it stays,
/// and the others are none the worse.
trait Job: Send {
    /// Whether it changes anything.
    fn writes(&self) -> bool;
    /// Does it, and keeps the result to itself. An error comes back too.
    fn run(&mut self, connection: &Connection) -> Result<(), JobError>;
    /// Tells the result, or why all of the transaction was lost.
    fn settle(self: Box<Self>, lost: Option<&JobError>);
}

struct Task<T, W> {
    work: Option<W>,
    writes: bool,
    result: Result<T, JobError>,
    reply: oneshot::Sender<Result<T, JobError>>,
    /// Dropped when the answer is on the disk, whether or not anybody waits for it.
    held: Option<Held>,
}

impl<T, W> Job for Task<T, W>
where
    T: Send,
    W: FnOnce(&Connection) -> rusqlite::Result<T> + Send,
{
    fn writes(&self) -> bool {
        self.writes
    }

    fn run(&mut self, connection: &Connection) -> Result<(), JobError> {
        if let Some(work) = self.work.take() {
            self.result = guarded(connection, work).map_err(|error| JobError::new(&error));
        }
        self.result.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn settle(self: Box<Self>, lost: Option<&JobError>) {
        drop(self.held);
        // A caller that went away does not need the answer.
        let _ = self.reply.send(lost.map_or(self.result, |error| Err(error.clone())));
    }
}

/// Does the work so that it leaves nothing behind where it fails.
fn guarded<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    step(connection, "SAVEPOINT job")?;
    let result = work(connection);
    if result.is_err() && !connection.is_autocommit() {
        step(connection, "ROLLBACK TO job")?;
    }
    if !connection.is_autocommit() {
        step(connection, "RELEASE job")?;
    }
    result
}

/// One statement without a result, prepared once.
pub(in crate::sandbox) fn step(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

enum Message {
    Job(Box<dyn Job>),
    Stop,
}

/// The way to the writer.
pub(in crate::sandbox) struct Writer {
    jobs: Sender<Message>,
}

impl Writer {
    /// Starts the thread. The receiver is told when it has ended and the file is closed.
    pub(in crate::sandbox) fn start(
        connection: Connection,
    ) -> std::io::Result<(Self, oneshot::Receiver<()>)> {
        let (jobs, inbox) = channel();
        let (ended, end) = oneshot::channel();
        thread::Builder::new().name("sandbox-writer".to_owned()).spawn(move || {
            run(&connection, &inbox);
            drop(connection);
            // Nobody may be waiting any more.
            let _ = ended.send(());
        })?;
        Ok((Self { jobs }, end))
    }

    /// Does the work and comes back when it is durable. Once begun it is finished, even if the caller
    /// goes away: what is `held` is not dropped before.
    pub(in crate::sandbox) async fn run<T: Send + 'static>(
        &self,
        writes: bool,
        held: Option<Held>,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JobError> {
        let closing = || JobError::Failed("the sandbox is closing".to_owned());
        let (reply, answer) = oneshot::channel();
        let job = Task { work: Some(work), writes, result: Err(closing()), reply, held };
        self.jobs.send(Message::Job(Box::new(job))).map_err(|_| closing())?;
        answer.await.map_err(|_| closing())?
    }

    /// Lets the jobs that wait be done, and ends the thread.
    pub(in crate::sandbox) fn stop(&self) {
        // An error says that it has ended already.
        let _ = self.jobs.send(Message::Stop);
    }
}

fn run(connection: &Connection, inbox: &Receiver<Message>) {
    let mut stopping = false;
    while !stopping {
        let Ok(first) = inbox.recv() else { return };
        let mut batch = Vec::new();
        for message in std::iter::once(first).chain(inbox.try_iter()).take(MAX_BATCH) {
            match message {
                Message::Job(job) => batch.push(job),
                Message::Stop => stopping = true,
            }
        }
        if !batch.is_empty() {
            run_batch(connection, batch);
        }
    }
}

fn run_batch(connection: &Connection, mut batch: Vec<Box<dyn Job>>) {
    let writes = batch.iter().any(|job| job.writes());
    let begun = step(connection, if writes { "BEGIN IMMEDIATE" } else { "BEGIN" });
    let mut lost = begun.err().map(|error| JobError::new(&error));
    for job in &mut batch {
        if lost.is_some() {
            break;
        }
        let result = job.run(connection);
        // Some errors (a full disk) make SQLite roll the whole transaction back.
        if connection.is_autocommit() {
            let rolled_back = || JobError::Failed("the transaction was rolled back".to_owned());
            lost = Some(result.err().unwrap_or_else(rolled_back));
        }
    }
    if lost.is_none() {
        lost = step(connection, "COMMIT").err().map(|error| JobError::new(&error));
    }
    if lost.is_some() && !connection.is_autocommit() {
        // Where even this fails there is nothing left to undo: the next BEGIN will tell.
        let _ = step(connection, "ROLLBACK");
    }
    for job in batch {
        job.settle(lost.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(connection: &Connection, n: i64) -> rusqlite::Result<usize> {
        connection.execute("INSERT INTO t VALUES (?1)", [n])
    }

    fn count(connection: &Connection) -> i64 {
        connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).expect("a count")
    }

    fn job(
        work: impl FnOnce(&Connection) -> rusqlite::Result<usize> + Send + 'static,
    ) -> (Box<dyn Job>, oneshot::Receiver<Result<usize, JobError>>) {
        let (reply, answer) = oneshot::channel();
        (Box::new(Task { work: Some(work), writes: true, result: Ok(0), reply, held: None }), answer)
    }

    #[test]
    fn a_failing_job_does_not_spoil_the_others() {
        let connection = Connection::open_in_memory().expect("a database");
        connection.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY)").expect("a table");
        let (first, one) = job(|connection| insert(connection, 1));
        let (second, two) = job(|connection| insert(connection, 7).and_then(|_| insert(connection, 1)));
        let (third, three) = job(|connection| insert(connection, 3));
        run_batch(&connection, vec![first, second, third]);
        let answers: Vec<_> =
            [one, two, three].into_iter().map(|answer| answer.blocking_recv().expect("an answer")).collect();
        assert_eq!(answers[0], Ok(1));
        assert!(matches!(&answers[1], Err(JobError::Failed(_))), "{answers:?}");
        assert_eq!(answers[2], Ok(1));
        assert_eq!(count(&connection), 2, "what the second job inserted first is gone");
    }

    #[test]
    fn a_file_that_another_process_holds_is_busy() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("t.db");
        let holder = Connection::open(&path).expect("a database");
        holder.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY); BEGIN IMMEDIATE").expect("held");
        let connection = Connection::open(&path).expect("a database");
        connection.busy_timeout(std::time::Duration::from_millis(5)).expect("set");
        let (first, one) = job(|connection| insert(connection, 1));
        run_batch(&connection, vec![first]);
        assert_eq!(one.blocking_recv(), Ok(Err(JobError::Busy)));
        holder.execute_batch("ROLLBACK").expect("let go");
        let (second, two) = job(|connection| insert(connection, 1));
        run_batch(&connection, vec![second]);
        assert_eq!(two.blocking_recv(), Ok(Ok(1)));
    }

    #[test]
    fn a_transaction_that_is_lost_answers_nobody_with_success() {
        let connection = Connection::open_in_memory().expect("a database");
        connection.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY)").expect("a table");
        let (first, one) = job(|connection| insert(connection, 1));
        let (second, two) = job(|connection| connection.execute_batch("ROLLBACK").map(|()| 0));
        let (third, three) = job(|connection| insert(connection, 3));
        run_batch(&connection, vec![first, second, third]);
        for answer in [one, two, three] {
            assert!(matches!(answer.blocking_recv(), Ok(Err(JobError::Failed(_)))));
        }
        assert_eq!(count(&connection), 0);
    }
}
