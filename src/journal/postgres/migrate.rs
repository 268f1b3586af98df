//! Takes the schema to the present version: one transaction under a lock, so that any number of clients may come
//! at once.

use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::journal::error::JournalError;

use super::failure::ConnectError;
use super::schema::{MIGRATIONS, VERSION};

/// The lock of whoever changes a schema of paycli: a number that no other program of the database should use.
const LOCK: i64 = 0x7061_7963_6c69;

/// Takes a schema to the present version. Nothing is changed where it is there already.
pub(super) async fn migrate(client: &Client, schema: &str) -> Result<(), ConnectError> {
    if version(client, schema).await? == VERSION {
        return Ok(());
    }
    // A lock that was waited for has to be followed by a fresh look, which the stricter levels do not give.
    client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
    match migrate_under_lock(client, schema).await {
        Ok(()) => Ok(client.batch_execute("COMMIT").await?),
        Err(error) => {
            client.batch_execute("ROLLBACK").await?;
            Err(error)
        }
    }
}

async fn migrate_under_lock(client: &Client, schema: &str) -> Result<(), ConnectError> {
    client.query_typed("SELECT pg_advisory_xact_lock($1)", &[(&LOCK, Type::INT8)]).await?;
    let found = version(client, schema).await?;
    if client.query_typed_opt(HAS_SCHEMA, &[(&schema, Type::TEXT)]).await?.is_none() {
        client.batch_execute(&format!("CREATE SCHEMA {schema}")).await?;
    }
    client.batch_execute(&format!("SET LOCAL search_path TO {schema}")).await?;
    if found == 0 {
        client.batch_execute("CREATE TABLE version (version integer NOT NULL)").await?;
        client.batch_execute("INSERT INTO version VALUES (0)").await?;
    }
    let done = usize::try_from(found).expect("a version is at least 0");
    for migration in &MIGRATIONS[done..] {
        client.batch_execute(migration).await?;
    }
    client.execute_typed("UPDATE version SET version = $1", &[(&VERSION, Type::INT4)]).await?;
    Ok(())
}

/// The version of a schema; 0 where there is none.
async fn version(client: &Client, schema: &str) -> Result<i32, ConnectError> {
    if client.query_typed_opt(HAS_VERSION, &[(&schema, Type::TEXT)]).await?.is_none() {
        return Ok(0);
    }
    let found =
        client.query_typed_one(&format!("SELECT version FROM {schema}.version"), &[]).await?.try_get(0)?;
    if (0..=VERSION).contains(&found) {
        return Ok(found);
    }
    let schema = schema.to_owned();
    Err(ConnectError::Journal(JournalError::NewerSchema { schema, found, known: VERSION }))
}

// The tables of the catalogue are read, and not asked by functions, which may remember what was there before a lock
// was waited for.
const HAS_SCHEMA: &str = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1";

const HAS_VERSION: &str =
    "SELECT 1 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = $1 AND c.relname = 'version'";
