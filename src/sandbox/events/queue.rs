//! What waits to be delivered, and what came of each attempt.

use rusqlite::{Connection, Row, params};
use serde::Serialize;

use super::endpoints::{self, Endpoint};
use super::{schedule, secrets};
use crate::keys::SigningSecret;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::state::store::Store;
use crate::webhook::stripe_body;

/// Adds a delivery of an event, which is due at once.
pub(in crate::sandbox) fn add(
    store: &Store<'_>,
    event: &str,
    endpoint: &str,
    now: i64,
) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO deliveries (account, event, endpoint, state, due) VALUES (?1, ?2, ?3, 'pending', ?4)";
    let values = params![store.account(), event, endpoint, now];
    store.connection().prepare_cached(sql)?.execute(values).map(|_| ())
}

/// Delivers an event again, to one endpoint or to all that want it. Tells to how many; nothing where there
/// is no such event.
pub(in crate::sandbox) fn resend(
    store: &Store<'_>,
    event: &str,
    endpoint: Option<&str>,
    now: i64,
) -> Result<Option<usize>, ApiError> {
    let Some(found) = store.find_alive("event", event)? else { return Ok(None) };
    let kind = found["type"].as_str().unwrap_or_default();
    let targets = match endpoint {
        Some(id) => endpoints::find(store, id)?.into_iter().collect(),
        None => {
            endpoints::all(store)?.into_iter().filter(|endpoint| endpoint.wants(kind)).collect::<Vec<_>>()
        }
    };
    for target in &targets {
        add(store, event, &target.id, now)?;
    }
    Ok(Some(targets.len()))
}

/// A delivery that the worker has taken, with all that the attempt needs.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) delivery: i64,
    pub(super) event: String,
    pub(super) attempts: u32,
    pub(super) endpoint: Endpoint,
    pub(super) secrets: Vec<SigningSecret>,
    pub(super) body: Vec<u8>,
}

/// Whether anything is due that nobody has taken. Cheap: it is asked often.
pub(super) fn is_due(
    connection: &Connection,
    account: &str,
    now: i64,
    system: i64,
) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM deliveries WHERE due <= ?1 AND leased_until <= ?2 AND account = ?3 LIMIT 1";
    connection.prepare_cached(sql)?.exists(params![now, system, account])
}

/// For whom and when the worker takes deliveries.
#[derive(Debug, Clone)]
pub(super) struct Round {
    pub(super) account: String,
    /// Signs what the server forwards.
    pub(super) forward: SigningSecret,
    /// The sandbox's time.
    pub(super) now: i64,
    /// The system's time, in which leases are counted.
    pub(super) system: i64,
    /// Until when nobody else takes what was taken.
    pub(super) lease: i64,
    /// How many at most.
    pub(super) most: u32,
}

/// Takes what is due.
pub(super) fn take(connection: &Connection, round: &Round) -> Result<Vec<Parcel>, ApiError> {
    let Round { account, forward, now, system, lease, most } = round;

    let sql = "UPDATE deliveries SET leased_until = ?1 WHERE id IN
                   (SELECT id FROM deliveries WHERE due <= ?2 AND leased_until <= ?3 AND account = ?4
                    ORDER BY id LIMIT ?5)
               RETURNING id, event, endpoint, attempts";
    let store = Store::new(connection, account);
    let mut statement = connection.prepare_cached(sql)?;
    let read = |row: &Row<'_>| -> rusqlite::Result<(i64, String, String, u32)> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    };
    let rows = statement.query_map(params![lease, now, system, account, most], read)?;
    let mut taken: Vec<_> = rows.collect::<Result<_, _>>()?;
    taken.sort_unstable_by_key(|(id, ..)| *id);
    let mut parcels = Vec::with_capacity(taken.len());
    for (delivery, event, endpoint, attempts) in taken {
        let stored = store.find_alive("event", &event)?;
        match (stored, endpoints::find(&store, &endpoint)?) {
            (Some(stored), Some(endpoint)) => {
                let secrets = match endpoint.id.as_str() {
                    endpoints::FORWARD => vec![forward.clone()],
                    id => secrets::active(&store, id, *now)?,
                };
                let body = stripe_body(&stored);
                parcels.push(Parcel { delivery, event, attempts, endpoint, secrets, body });
            }
            // The endpoint was disabled or removed since.
            _ => settle(connection, delivery, attempts, "canceled", None)?,
        }
    }
    Ok(parcels)
}

/// What came of an attempt.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) at: i64,
    pub(super) elapsed_ms: i64,
    /// The HTTP status, or what went wrong before there was one.
    pub(super) result: Result<u16, String>,
}

/// Keeps what came of an attempt, and when the next is due.
pub(super) fn record(
    connection: &Connection,
    account: &str,
    parcel: &Parcel,
    attempt: &Attempt,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO delivery_attempts (delivery, url, at, elapsed_ms, status, error)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let (status, error) = (attempt.result.as_ref().ok(), attempt.result.as_ref().err());
    let values = params![parcel.delivery, parcel.endpoint.url, attempt.at, attempt.elapsed_ms, status, error];
    connection.prepare_cached(sql)?.execute(values)?;
    let attempts = parcel.attempts + 1;
    if status.is_some_and(|status| (200..300).contains(status)) {
        let sql = "UPDATE objects SET body = json_set(body, '$.pending_webhooks',
                       max(0, json_extract(body, '$.pending_webhooks') - 1))
                   WHERE account = ?1 AND kind = 'event' AND id = ?2";
        connection.prepare_cached(sql)?.execute([account, &parcel.event])?;
        return settle(connection, parcel.delivery, attempts, "delivered", None);
    }
    let due = schedule::next(attempts, attempt.at);
    settle(connection, parcel.delivery, attempts, if due.is_some() { "pending" } else { "failed" }, due)
}

fn settle(
    connection: &Connection,
    delivery: i64,
    attempts: u32,
    state: &str,
    due: Option<i64>,
) -> rusqlite::Result<()> {
    let sql = "UPDATE deliveries SET attempts = ?2, state = ?3, due = ?4, leased_until = 0 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![delivery, attempts, state, due]).map(|_| ())
}

/// A delivery and its last attempt, for people.
#[derive(Debug, Serialize)]
pub(in crate::sandbox) struct LogLine {
    id: i64,
    event: String,
    r#type: Option<String>,
    endpoint: String,
    state: String,
    attempts: u32,
    next_attempt_at: Option<i64>,
    url: Option<String>,
    last_attempt_at: Option<i64>,
    elapsed_ms: Option<i64>,
    status: Option<u16>,
    error: Option<String>,
}

/// The newest deliveries, each with its last attempt.
pub(in crate::sandbox) fn log(
    connection: &Connection,
    account: &str,
    limit: u32,
) -> rusqlite::Result<Vec<LogLine>> {
    let sql = "SELECT d.id, d.event, json_extract(e.body, '$.type'), d.endpoint, d.state, d.attempts, d.due,
                   a.url, a.at, a.elapsed_ms, a.status, a.error
               FROM deliveries d
               LEFT JOIN objects e ON e.account = d.account AND e.kind = 'event' AND e.id = d.event
               LEFT JOIN delivery_attempts a
                   ON a.id = (SELECT max(id) FROM delivery_attempts WHERE delivery = d.id)
               WHERE d.account = ?1 ORDER BY d.id DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let read = |row: &Row<'_>| {
        Ok(LogLine {
            id: row.get(0)?,
            event: row.get(1)?,
            r#type: row.get(2)?,
            endpoint: row.get(3)?,
            state: row.get(4)?,
            attempts: row.get(5)?,
            next_attempt_at: row.get(6)?,
            url: row.get(7)?,
            last_attempt_at: row.get(8)?,
            elapsed_ms: row.get(9)?,
            status: row.get(10)?,
            error: row.get(11)?,
        })
    };
    statement.query_map(params![account, limit], read)?.collect()
}

/// How many deliveries are in each state.
pub(in crate::sandbox) fn counts(
    connection: &Connection,
    account: &str,
) -> rusqlite::Result<Vec<(String, i64)>> {
    let sql = "SELECT state, count(*) FROM deliveries WHERE account = ?1 GROUP BY state ORDER BY state";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map([account], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
