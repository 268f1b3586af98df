//! The data file: opening it, its tables and its version.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};

use super::error::SandboxError;
use super::store::FallsDue;

/// The version of the tables, as `PRAGMA user_version` keeps it.
const VERSION: i64 = 3;

/// How long to wait for another process that writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 128;

/// How much of the file the writer keeps in memory: the indexes of a hundred thousand objects, whose pages
/// it would otherwise read again for almost every new one.
const WRITER_CACHE_KIB: i64 = 28 * 1024;

/// The same for the connection that only reads.
const READER_CACHE_KIB: i64 = 12 * 1024;

/// How many pages the log holds before they are put into the file. More of them means that a page that
/// changes often is written less often.
const CHECKPOINT_PAGES: i64 = 8_000;

/// Where the sandbox keeps its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// A file that outlives the process, shared by every sandbox that opens it.
    File(PathBuf),
    /// Nothing survives.
    Memory,
}

impl Storage {
    /// The file, where it is one.
    pub(in crate::sandbox) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Memory => None,
        }
    }
}

/// An object is kept as the JSON that is answered, with beside it what lists are sorted and filtered by, and
/// when it falls due by which clock (nothing for the account's own; else the id of a test clock).
/// `seq` gives lists an order that a second with many objects in it cannot blur.
const TABLES: &str = "
    CREATE TABLE objects (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        created INTEGER NOT NULL,
        deleted INTEGER NOT NULL DEFAULT 0,
        body TEXT NOT NULL,
        due INTEGER,
        clock TEXT NOT NULL DEFAULT '',
        UNIQUE (account, kind, id)
    ) STRICT;
    CREATE INDEX objects_by_kind ON objects (account, kind, seq, created) WHERE deleted = 0;
    CREATE INDEX objects_by_due ON objects (account, clock, due, seq) WHERE due IS NOT NULL AND deleted = 0;
    CREATE TABLE idempotency (
        account TEXT NOT NULL,
        key TEXT NOT NULL,
        digest BLOB NOT NULL,
        status INTEGER NOT NULL,
        body BLOB NOT NULL,
        request_id TEXT NOT NULL,
        received INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        PRIMARY KEY (account, key)
    ) STRICT;
    CREATE INDEX idempotency_by_expiry ON idempotency (expires);
    CREATE TABLE api_keys (
        token TEXT PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        account TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT,
        note TEXT,
        permissions TEXT NOT NULL,
        created INTEGER NOT NULL,
        expires INTEGER
    ) STRICT;
    CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL,
        event TEXT NOT NULL,
        endpoint TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        due INTEGER,
        leased_until INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX deliveries_due ON deliveries (due) WHERE due IS NOT NULL;
    CREATE INDEX deliveries_of_event ON deliveries (event);
    CREATE TABLE delivery_attempts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        delivery INTEGER NOT NULL REFERENCES deliveries (id),
        url TEXT NOT NULL,
        at INTEGER NOT NULL,
        elapsed_ms INTEGER NOT NULL,
        status INTEGER,
        error TEXT
    ) STRICT;
    CREATE INDEX attempts_of_delivery ON delivery_attempts (delivery);
    CREATE TABLE settings (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT;
";

/// The ways to the data: one that writes, and beside it one that only reads, so that reading waits for
/// nobody. Data in memory has only the first.
pub(in crate::sandbox) struct Connections {
    pub(in crate::sandbox) writer: Connection,
    /// Sees everything that was committed.
    pub(in crate::sandbox) reader: Option<Connection>,
}

/// What the tables have to know of the objects that are kept in them.
pub(in crate::sandbox) struct Kinds {
    /// What lists are filtered by, kinds of objects each with the path of a field: it has an index.
    pub(in crate::sandbox) filters: BTreeSet<(&'static str, &'static str)>,
    /// When an object falls due.
    pub(in crate::sandbox) falls_due: FallsDue,
}

/// Opens the storage, and makes it first where there is none.
pub(in crate::sandbox) fn open(storage: &Storage, kinds: &Kinds) -> Result<Connections, SandboxError> {
    let path = match storage {
        Storage::Memory => Path::new(":memory:"),
        Storage::File(path) => {
            create_private(path)?;
            path
        }
    };
    let refused = |source| SandboxError::Database { path: path.to_owned(), source };
    let (writer, found) = connect(storage, kinds).map_err(refused)?;
    if found > VERSION {
        return Err(SandboxError::NewerVersion { path: path.to_owned(), found, known: VERSION });
    }
    let reader = match storage {
        Storage::Memory => None,
        Storage::File(path) => Some(connect_to_read(path).map_err(refused)?),
    };
    Ok(Connections { writer, reader })
}

/// A connection, and the version of the tables that it leads to.
fn connect(storage: &Storage, kinds: &Kinds) -> rusqlite::Result<(Connection, i64)> {
    let mut connection = match storage {
        Storage::Memory => Connection::open_in_memory()?,
        Storage::File(path) => Connection::open(path)?,
    };
    prepare(&connection, WRITER_CACHE_KIB)?;
    use_wal(&connection)?;
    // An answer is a promise: it is on the disk before it is given.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    let found = match version(&connection)? {
        found if found < VERSION => create_tables(&mut connection, kinds)?,
        found => found,
    };
    if found == VERSION {
        make_indexes(&connection, kinds)?;
    }
    Ok((connection, found))
}

/// One index for each field that lists are filtered by and that is different in most objects. It holds the
/// objects of one kind, so that the others cost nothing.
fn make_indexes(connection: &Connection, kinds: &Kinds) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'index'")?;
    let known = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<HashSet<String>>>()?;
    for (kind, path) in &kinds.filters {
        let name = format!("objects_{kind}_{path}").replace('.', "_");
        if !known.contains(&name) {
            connection.execute_batch(&format!(
                "CREATE INDEX IF NOT EXISTS {name} ON objects (account, json_extract(body, '$.{path}'), seq)
                 WHERE kind = '{kind}' AND deleted = 0"
            ))?;
        }
    }
    Ok(())
}

fn connect_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    prepare(&connection, READER_CACHE_KIB)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn prepare(connection: &Connection, cache_kib: i64) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    // What a savepoint would restore is kept in memory and not in a file: every job has one.
    connection.pragma_update(None, "temp_store", "MEMORY")
}

/// Makes a directory for nobody but its owner. One that is there stays as it is.
pub(in crate::sandbox) fn private_dir(path: &Path) -> Result<(), SandboxError> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| SandboxError::File { path: path.to_owned(), source })
}

/// `SQLite` would make the file with the umask's permissions; the files beside it take after this one.
fn create_private(path: &Path) -> Result<(), SandboxError> {
    if path.exists() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        private_dir(parent)?;
    }
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(SandboxError::File { path: path.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}

/// The switch to WAL does not wait for a busy file by itself: two processes that make one file at once
/// would fail each other.
fn use_wal(connection: &Connection) -> rusqlite::Result<()> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(5));
            }
            other => return other,
        }
    }
}

/// Whether another process holds the file.
pub(in crate::sandbox) fn is_busy(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
    matches!(error.sqlite_error_code(), Some(DatabaseBusy | DatabaseLocked))
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Makes the tables, unless somebody else was faster: the version counts that is seen with the file locked.
/// What the first version kept is carried over.
fn create_tables(connection: &mut Connection, kinds: &Kinds) -> rusqlite::Result<i64> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    match found {
        0 => transaction.execute_batch(TABLES)?,
        1 => {
            transaction.execute_batch(SET_VERSION_1_ASIDE)?;
            transaction.execute_batch(TABLES)?;
            transaction.execute_batch(CARRY_VERSION_1_OVER)?;
            note_what_is_due(&transaction, kinds.falls_due)?;
        }
        2 => {
            transaction.execute_batch(ADD_TIME)?;
            note_what_is_due(&transaction, kinds.falls_due)?;
        }
        found => return Ok(found),
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(VERSION)
}

/// Version 2 did not know when an object falls due.
const ADD_TIME: &str = "
    ALTER TABLE objects ADD COLUMN due INTEGER;
    ALTER TABLE objects ADD COLUMN clock TEXT NOT NULL DEFAULT '';
    CREATE INDEX objects_by_due ON objects (account, clock, due, seq) WHERE due IS NOT NULL AND deleted = 0;
";

/// Notes on every object when it falls due.
fn note_what_is_due(connection: &Connection, falls_due: FallsDue) -> rusqlite::Result<()> {
    let mut objects = connection.prepare("SELECT seq, body FROM objects WHERE deleted = 0")?;
    let mut note = connection.prepare("UPDATE objects SET due = ?1 WHERE seq = ?2")?;
    let mut rows = objects.query([])?;
    while let Some(row) = rows.next()? {
        // What cannot be read falls due at no time, as it was before.
        let object = serde_json::from_str(&row.get::<_, String>(1)?).unwrap_or_default();
        if let Some(due) = falls_due(&object) {
            note.execute((due, row.get::<_, i64>(0)?))?;
        }
    }
    Ok(())
}

/// Version 1 had objects and idempotency keys; an id could be there once for all kinds, and every key was
/// kept for a day.
const SET_VERSION_1_ASIDE: &str = "
    DROP INDEX IF EXISTS objects_by_kind;
    DROP INDEX IF EXISTS objects_by_customer;
    DROP INDEX IF EXISTS objects_by_email;
    ALTER TABLE objects RENAME TO objects_1;
    ALTER TABLE idempotency RENAME TO idempotency_1;
";

const CARRY_VERSION_1_OVER: &str = "
    INSERT INTO objects (seq, account, kind, id, created, deleted, body)
        SELECT seq, account, kind, id, created, deleted, body FROM objects_1;
    INSERT INTO idempotency (account, key, digest, status, body, request_id, received, expires)
        SELECT account, key, digest, status, body, request_id, received, received + 86400 FROM idempotency_1;
    DROP TABLE objects_1;
    DROP TABLE idempotency_1;
";

#[cfg(test)]
mod tests {
    use super::*;

    /// No kinds are known.
    const NONE: Kinds = Kinds { filters: BTreeSet::new(), falls_due: |_| None };

    #[test]
    fn many_that_open_a_file_which_is_not_there_yet_all_get_it() {
        for _ in 0..20 {
            let dir = tempfile::tempdir().expect("a directory");
            let storage = Storage::File(dir.path().join("data/sandbox.db"));
            let start = std::sync::Barrier::new(8);
            let racer = || {
                start.wait();
                open(&storage, &NONE).map(|_| ()).map_err(|error| error.to_string())
            };
            std::thread::scope(|scope| {
                let racers: Vec<_> = (0..8).map(|_| scope.spawn(racer)).collect();
                for racer in racers {
                    assert_eq!(racer.join().expect("no panic"), Ok(()));
                }
            });
        }
    }

    #[test]
    fn whoever_makes_the_file_is_waited_for() {
        for (what, held) in [
            ("about to write", "BEGIN IMMEDIATE"),
            ("writing", "BEGIN EXCLUSIVE"),
            ("writing to the log", "PRAGMA journal_mode = WAL; BEGIN IMMEDIATE"),
        ] {
            let dir = tempfile::tempdir().expect("a directory");
            let path = dir.path().join("sandbox.db");
            let first = Connection::open(&path).expect("a file");
            first.execute_batch(held).expect("a transaction");
            std::thread::scope(|scope| {
                let second = scope.spawn(|| open(&Storage::File(path.clone()), &NONE).map(drop));
                std::thread::sleep(Duration::from_millis(50));
                first.execute_batch("COMMIT").expect("a commit");
                second.join().expect("no panic").unwrap_or_else(|error| panic!("{what}: {error}"));
            });
        }
    }

    #[test]
    fn a_newer_file_is_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let storage = Storage::File(dir.path().join("sandbox.db"));
        open(&storage, &NONE)
            .expect("made")
            .writer
            .pragma_update(None, "user_version", VERSION + 1)
            .expect("set");
        let error = open(&storage, &NONE).map(|_| ()).expect_err("newer");
        assert!(matches!(error, SandboxError::NewerVersion { found: 4, known: 3, .. }), "{error}");
    }

    #[test]
    fn another_file_is_refused_by_name_and_kept() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("notes.txt");
        fs::write(&path, "not a database, and longer than a header would be\n".repeat(40)).expect("written");
        let error =
            open(&Storage::File(path.clone()), &NONE).map(|_| ()).expect_err("no database").to_string();
        assert!(error.contains("notes.txt"), "{error}");
        assert!(fs::read_to_string(&path).expect("kept").starts_with("not a database"));
    }

    #[cfg(unix)]
    #[test]
    fn files_and_directory_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a directory");
        let home = dir.path().join("home");
        let _connection = open(&Storage::File(home.join("sandbox.db")), &NONE).expect("made");
        let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode(&home), 0o700);
        for name in ["sandbox.db", "sandbox.db-wal", "sandbox.db-shm"] {
            assert_eq!(mode(&home.join(name)), 0o600, "{name}");
        }
    }
}
