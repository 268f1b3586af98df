//! The one thread that owns the connection: jobs that wait together share one transaction, and none is
//! answered before it is on the disk.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::db::is_busy;
use super::in_flight::Claim;

/// How many jobs share a transaction at most: the first of them waits for the last.
const MAX_BATCH: usize = 256;

/// What a job does. It may fail: then nothing of it stays, and the other jobs are none the worse.
type Work<T> = Box<dyn FnOnce(&Connection) -> rusqlite::Result<T> + Send>;

/// Why a job has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum JobError {
    /// Another process held the file for too long. Nothing was done.
    Busy,
    /// The database refused, or the sandbox is closing. Nothing was kept.
    Failed(String),
}

impl JobError {
    fn new(error: &rusqlite::Error) -> Self {
        if is_busy(error) { Self::Busy } else { Self::Failed(error.to_string()) }
    }
}

struct Job<T> {
    work: Work<T>,
    writes: bool,
    reply: oneshot::Sender<Result<T, JobError>>,
    /// Dropped when the answer is on the disk, whether or not anybody waits for it.
    claim: Option<Claim>,
}

enum Message<T> {
    Job(Job<T>),
    Stop,
}

/// The way to the writer.
pub(super) struct Writer<T> {
    jobs: Sender<Message<T>>,
}

impl<T: Send + 'static> Writer<T> {
    /// Starts the thread. The receiver is told when it has ended and the file is closed.
    pub(super) fn start(connection: Connection) -> std::io::Result<(Self, oneshot::Receiver<()>)> {
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
    /// goes away: the claim on its idempotency key is held until then.
    pub(super) async fn run(
        &self,
        writes: bool,
        claim: Option<Claim>,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JobError> {
        let closing = || JobError::Failed("the sandbox is closing".to_owned());
        let (reply, answer) = oneshot::channel();
        let job = Job { work: Box::new(work), writes, reply, claim };
        self.jobs.send(Message::Job(job)).map_err(|_| closing())?;
        answer.await.map_err(|_| closing())?
    }

    /// Lets the jobs that wait be done, and ends the thread.
    pub(super) fn stop(&self) {
        // An error says that it has ended already.
        let _ = self.jobs.send(Message::Stop);
    }
}

fn run<T>(connection: &Connection, inbox: &Receiver<Message<T>>) {
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

/// A result that must not be told yet, and whom to tell.
type Held<T> = (oneshot::Sender<Result<T, JobError>>, Result<T, JobError>, Option<Claim>);

fn run_batch<T>(connection: &Connection, batch: Vec<Job<T>>) {
    let writes = batch.iter().any(|job| job.writes);
    let begun = connection.execute_batch(if writes { "BEGIN IMMEDIATE" } else { "BEGIN" });
    let mut lost = begun.err().map(|error| JobError::new(&error));
    let mut held: Vec<Held<T>> = Vec::with_capacity(batch.len());
    for job in batch {
        let result = match &lost {
            Some(error) => Err(error.clone()),
            None => run_job(connection, job.work),
        };
        // Some errors (a full disk) make SQLite roll the whole transaction back.
        if lost.is_none() && connection.is_autocommit() {
            lost = Some(
                result
                    .as_ref()
                    .err()
                    .cloned()
                    .unwrap_or_else(|| JobError::Failed("the transaction was rolled back".to_owned())),
            );
        }
        held.push((job.reply, result, job.claim));
    }
    if lost.is_none() {
        lost = connection.execute_batch("COMMIT").err().map(|error| JobError::new(&error));
    }
    if lost.is_some() && !connection.is_autocommit() {
        // Where even this fails there is nothing left to undo: the next BEGIN will tell.
        let _ = connection.execute_batch("ROLLBACK");
    }
    for (reply, result, claim) in held {
        drop(claim);
        // A caller that went away does not need the answer.
        let _ = reply.send(lost.as_ref().map_or(result, |error| Err(error.clone())));
    }
}

fn run_job<T>(connection: &Connection, work: Work<T>) -> Result<T, JobError> {
    let run = || {
        connection.execute_batch("SAVEPOINT job")?;
        let result = work(connection);
        if result.is_err() && !connection.is_autocommit() {
            connection.execute_batch("ROLLBACK TO job")?;
        }
        if !connection.is_autocommit() {
            connection.execute_batch("RELEASE job")?;
        }
        result
    };
    run().map_err(|error| JobError::new(&error))
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
    ) -> (Job<usize>, oneshot::Receiver<Result<usize, JobError>>) {
        let (reply, answer) = oneshot::channel();
        (Job { work: Box::new(work), writes: true, reply, claim: None }, answer)
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
