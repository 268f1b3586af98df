//! The admin path: what controls a running server. It answers this machine alone, and only to the token.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, HeaderValue};
use rusqlite::Connection;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq;

use crate::keys::KeyKind;
use crate::sandbox::api::answer::{Shared, failed};
use crate::sandbox::events::{queue, secrets};
use crate::sandbox::faults::{Active, Fault};
use crate::sandbox::idempotency::cleaning::clean;
use crate::sandbox::keys::key_table;
use crate::sandbox::keys::permissions::Permissions;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::resources;
use crate::sandbox::state::settings;
use crate::sandbox::state::store::Store;

/// What the admin path begins with.
pub(in crate::sandbox) const PATH: &str = "/_paycli/";

/// How long a rolled signing secret goes on beside the new one, where nothing is said: what Stripe allows.
const OVERLAP_SECONDS: i64 = 24 * 60 * 60;

/// The longest that the clock can be moved at once: a hundred years.
const LONGEST_ADVANCE: i64 = 100 * 366 * 24 * 60 * 60;

/// What a server that can be controlled knows of itself.
pub(in crate::sandbox) struct Control {
    /// Shown by whoever controls it.
    pub(in crate::sandbox) token: SecretString,
    /// Where its data is kept; nothing for memory.
    pub(in crate::sandbox) data: Option<PathBuf>,
    /// The faults that it was started with.
    pub(in crate::sandbox) first_faults: Vec<Fault>,
    /// Where it forwards events.
    pub(in crate::sandbox) forward_to: Option<String>,
}

/// A request to the admin path.
pub(in crate::sandbox) struct AdminRequest<'a> {
    pub(in crate::sandbox) method: &'a str,
    /// What follows after [`PATH`].
    pub(in crate::sandbox) path: &'a str,
    pub(in crate::sandbox) headers: &'a HeaderMap,
    /// Who asks.
    pub(in crate::sandbox) peer: SocketAddr,
}

/// Answers with a status and an object: one with `schema`, or one with `error`.
pub(in crate::sandbox) async fn answer(
    shared: &Shared,
    control: Option<&Control>,
    request: &AdminRequest<'_>,
    body: Result<String, ApiError>,
) -> (u16, Value) {
    let result = match (admit(control, request), body) {
        (Ok(control), Ok(body)) => act(shared, control, request.method, request.path, &body).await,
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    match result {
        Ok(done) => (200, done),
        Err(error) => (error.status(), error.to_json()),
    }
}

/// Does what the path names, for the process that has the data open itself: nobody else can ask, and there is
/// no token to show. A GET without a body, a POST with one.
pub(in crate::sandbox) async fn ask(
    shared: &Shared,
    control: &Control,
    path: &str,
    body: Option<&Value>,
) -> Result<Value, ApiError> {
    let method = if body.is_some() { "POST" } else { "GET" };
    act(shared, control, method, path, &body.map(Value::to_string).unwrap_or_default()).await
}

fn admit<'a>(control: Option<&'a Control>, request: &AdminRequest<'_>) -> Result<&'a Control, ApiError> {
    let nothing = || ApiError::refused(404, "There is nothing here.");
    let control = control.ok_or_else(nothing)?;
    if !is_here(request.peer.ip()) {
        return Err(nothing());
    }
    let shown = request.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
    let shown = shown.strip_prefix(b"Bearer ").unwrap_or_default();
    if !bool::from(shown.ct_eq(control.token.expose_secret().as_bytes())) {
        return Err(ApiError::refused(
            401,
            "The admin path takes the token of this server, and nothing else.",
        ));
    }
    Ok(control)
}

/// Whether who asks is on this machine, in whichever form its address came.
fn is_here(peer: IpAddr) -> bool {
    peer.to_canonical().is_loopback()
}

type Fields = Map<String, Value>;

async fn act(
    shared: &Shared,
    control: &Control,
    method: &str,
    path: &str,
    body: &str,
) -> Result<Value, ApiError> {
    let mut done = match (method, path) {
        ("GET", "status") => status(shared, control).await,
        ("POST", "reset") => reset(shared, control).await,
        ("POST", "advance") => advance(shared, &read(body)?).await,
        ("GET", "faults") => Ok(fields(json!({"faults": faults(shared)}))),
        ("POST", "faults") => add_fault(shared, &read(body)?),
        ("POST", "faults/clear") => {
            let Clear { id } = read(body)?;
            let cleared = shared.faults().clear(id);
            Ok(fields(json!({"cleared": cleared, "faults": faults(shared)})))
        }
        ("POST", "keys") => make_key(shared, read(body)?).await,
        ("POST", "deliveries") => deliveries(shared, &read(body)?).await,
        ("POST", "resend") => resend(shared, read(body)?).await,
        ("POST", "roll") => roll(shared, read(body)?).await,
        _ => Err(ApiError::refused(404, "There is nothing here.")),
    }?;
    done.insert("schema".to_owned(), json!(1));
    Ok(Value::Object(done))
}

fn read<T: for<'a> Deserialize<'a>>(body: &str) -> Result<T, ApiError> {
    serde_json::from_str(body)
        .map_err(|error| ApiError::invalid(format!("This is not what is asked for here: {error}.")))
}

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

fn faults(shared: &Shared) -> Vec<Value> {
    let shown = |active: &Active| {
        let Active { id, fault, seen, struck } = active;
        json!({"id": id, "fault": fault.to_string(), "seen": seen, "struck": struck})
    };
    shared.faults().list().iter().map(shown).collect()
}

async fn status(shared: &Shared, control: &Control) -> Result<Fields, ApiError> {
    let account = shared.account.clone();
    let look = move |connection: &Connection| {
        let mut objects = Fields::new();
        let sql = "SELECT kind, count(*) FROM objects WHERE account = ?1 AND deleted = 0
                       AND kind NOT LIKE '%record' GROUP BY kind";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([&account])?;
        while let Some(row) = rows.next()? {
            objects.insert(row.get(0)?, json!(row.get::<_, i64>(1)?));
        }
        let sql = "SELECT count(*) FROM idempotency WHERE account = ?1";
        let keys: i64 = connection.query_row(sql, [&account], |row| row.get(0))?;
        let deliveries = queue::counts(connection, &account)?.into_iter();
        let deliveries: Fields = deliveries.map(|(state, count)| (state, json!(count))).collect();
        Ok(json!({"objects": objects, "idempotency_keys": keys, "deliveries": deliveries}))
    };
    let counted = shared.database.read(look).await.map_err(|error| failed(&error))?;
    let mut told = fields(json!({
        "version": crate::VERSION,
        "account": shared.account,
        "data": control.data.as_ref().map_or_else(|| ":memory:".into(), |path| path.display().to_string()),
        "clock": shared.now(),
        "clock_ahead_seconds": shared.clock.offset(),
        "forward_to": control.forward_to,
        "faults": faults(shared),
    }));
    told.extend(fields(counted));
    Ok(told)
}

/// Everything as it was when the data was new and the server had just been started.
async fn reset(shared: &Shared, control: &Control) -> Result<Fields, ApiError> {
    {
        let mut faults = shared.faults();
        faults.clear(None);
        for fault in &control.first_faults {
            faults.add(fault.clone());
        }
    }
    shared.clock.set_offset(0);
    let (account, keys, now) = (shared.account.clone(), shared.keys.clone(), shared.now());
    let wipe = move |connection: &Connection| {
        let attempts = "DELETE FROM delivery_attempts WHERE delivery IN
                            (SELECT id FROM deliveries WHERE account = ?1)";
        connection.execute(attempts, [&account])?;
        for table in ["deliveries", "objects", "idempotency", "api_keys"] {
            connection.execute(&format!("DELETE FROM {table} WHERE account = ?1"), [&account])?;
        }
        settings::set(connection, settings::CLOCK_OFFSET, None)?;
        key_table::ensure(connection, &keys, now)
    };
    shared.database.write(None, wipe).await.map_err(|error| failed(&error))?;
    Ok(fields(json!({"reset": true, "clock": shared.now()})))
}

#[derive(Deserialize)]
struct Advance {
    seconds: i64,
}

async fn advance(shared: &Shared, request: &Advance) -> Result<Fields, ApiError> {
    if !(0..=LONGEST_ADVANCE).contains(&request.seconds) {
        return Err(ApiError::invalid("The clock goes forward, by a hundred years at most."));
    }
    shared.clock.advance(request.seconds);
    // Read while nobody else writes, so that of two that advance at once the later one is kept.
    let clock = shared.clock.clone();
    let keep = move |connection: &Connection| {
        settings::set(connection, settings::CLOCK_OFFSET, Some(&clock.offset().to_string()))
    };
    shared.database.write(None, keep).await.map_err(|error| failed(&error))?;
    shared.catch_up().await?;
    clean(&shared.database, shared.now()).await;
    shared.deliveries.notify_one();
    Ok(fields(json!({"clock": shared.now(), "clock_ahead_seconds": shared.clock.offset()})))
}

#[derive(Deserialize)]
struct AddFault {
    fault: String,
}

fn add_fault(shared: &Shared, request: &AddFault) -> Result<Fields, ApiError> {
    let fault: Fault = request.fault.parse().map_err(|error| ApiError::invalid(format!("{error}")))?;
    let id = shared.faults().add(fault);
    Ok(fields(json!({"id": id, "faults": faults(shared)})))
}

#[derive(Deserialize)]
struct Clear {
    id: Option<u64>,
}

#[derive(Deserialize)]
struct MakeKey {
    kind: String,
    name: Option<String>,
    #[serde(default)]
    allow: Vec<String>,
    expires_in_seconds: Option<i64>,
}

async fn make_key(shared: &Shared, request: MakeKey) -> Result<Fields, ApiError> {
    let now = shared.now();
    let row = new_key(shared, &request, now)?;
    let told = json!({
        "id": row.id,
        "kind": row.kind.as_str(),
        "key": row.token.expose_secret(),
        "permissions": row.permissions,
        "created": row.created,
        "expires_at": row.expires,
    });
    let keep = move |connection: &Connection| key_table::insert(connection, &row);
    shared.database.write(None, keep).await.map_err(|error| failed(&error))?;
    Ok(fields(told))
}

fn new_key(shared: &Shared, request: &MakeKey, now: i64) -> Result<key_table::KeyRow, ApiError> {
    let kind = match request.kind.as_str() {
        "secret" => KeyKind::Secret,
        "restricted" => KeyKind::Restricted,
        "publishable" => KeyKind::Publishable,
        other => return Err(ApiError::invalid(format!("{other:?} is no kind of key."))),
    };
    let permissions = match kind {
        KeyKind::Secret => Permissions::all(),
        _ => Permissions::parse(&request.allow).map_err(|error| ApiError::invalid(error.to_string()))?,
    };
    if kind != KeyKind::Restricted && !request.allow.is_empty() {
        return Err(ApiError::invalid("Only restricted keys have permissions."));
    }
    if let Some(unknown) = permissions.objects().find(|object| !resources::is_known(object)) {
        return Err(ApiError::invalid(format!("The sandbox has no kind of object called {unknown:?}.")));
    }
    let key = shared.keys.another(kind).map_err(|error| ApiError::internal(error.to_string()))?;
    let expires = request.expires_in_seconds.map(|seconds| now.saturating_add(seconds));
    Ok(key_table::row_of(&key, request.name.as_deref().unwrap_or("made by hand"), permissions, now, expires))
}

#[derive(Deserialize)]
struct Deliveries {
    limit: u32,
}

async fn deliveries(shared: &Shared, request: &Deliveries) -> Result<Fields, ApiError> {
    let (account, limit) = (shared.account.clone(), request.limit.clamp(1, 10_000));
    let look = move |connection: &Connection| queue::log(connection, &account, limit);
    let log = shared.database.read(look).await.map_err(|error| failed(&error))?;
    Ok(fields(json!({"deliveries": log})))
}

#[derive(Deserialize)]
struct Resend {
    event: String,
    endpoint: Option<String>,
}

async fn resend(shared: &Shared, request: Resend) -> Result<Fields, ApiError> {
    let (account, now) = (shared.account.clone(), shared.now());
    let (event, endpoint) = (request.event.clone(), request.endpoint);
    let add = move |connection: &Connection| {
        Ok(queue::resend(&Store::new(connection, &account), &event, endpoint.as_deref(), now))
    };
    let added = shared.database.write(None, add).await.map_err(|error| failed(&error))??;
    let added = added.ok_or_else(|| ApiError::missing_object(404, "event", &request.event, "event"))?;
    shared.deliveries.notify_one();
    Ok(fields(json!({"event": request.event, "deliveries": added})))
}

#[derive(Deserialize)]
struct Roll {
    endpoint: String,
    overlap_seconds: Option<i64>,
}

async fn roll(shared: &Shared, request: Roll) -> Result<Fields, ApiError> {
    let (account, now) = (shared.account.clone(), shared.now());
    let overlap = request.overlap_seconds.unwrap_or(OVERLAP_SECONDS).clamp(0, OVERLAP_SECONDS);
    let (endpoint, secret, until) = (request.endpoint.clone(), shared.ids.object("whsec", 32), now + overlap);
    let new = secret.clone();
    let work = move |connection: &Connection| {
        Ok(secrets::roll(&Store::new(connection, &account), &endpoint, &new, now, until))
    };
    let rolled = shared.database.write(None, work).await.map_err(|error| failed(&error))??;
    if !rolled {
        return Err(ApiError::missing_object(404, "webhook_endpoint", &request.endpoint, "endpoint"));
    }
    Ok(fields(json!({"endpoint": request.endpoint, "secret": secret, "previous_expires_at": until})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_gets_in() {
        let is_here = |text: &str| is_here(text.parse().expect("an address"));
        assert!(["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"].into_iter().all(is_here));
        assert!(!["10.0.0.1", "0.0.0.0", "192.168.1.2", "::", "::ffff:10.0.0.1"].into_iter().any(is_here));
    }
}
