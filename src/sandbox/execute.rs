//! One request inside its transaction: the idempotency key, the work and the stored answer, or nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;

use super::api_error::ApiError;
use super::events;
use super::expand;
use super::idempotency::{Decision, Digest, Record, decide};
use super::ids::Ids;
use super::params::Param;
use super::records;
use super::resources::{Answer, Call, Method, Route};
use super::schema;
use super::store::Store;

/// Everything that the work needs to know; it waits for the writer.
pub(super) struct Order {
    /// Whose objects and whose idempotency keys.
    pub(super) account: String,
    /// Becomes the `Original-Request` of every replay.
    pub(super) request_id: String,
    /// When it was received.
    pub(super) now: i64,
    /// What is to be done.
    pub(super) route: Route,
    /// With which parameters; not checked yet, since a known key is answered before they are.
    pub(super) params: BTreeMap<String, Param>,
    /// The idempotency key, where there is one, and what it stands for.
    pub(super) key: Option<(String, Digest)>,
    /// Where new ids come from.
    pub(super) ids: Arc<Ids>,
}

/// What is answered, in its last form.
#[derive(Debug)]
pub(super) struct Reply {
    /// The HTTP status.
    pub(super) status: u16,
    /// The very bytes; a replay's are those of the first answer.
    pub(super) body: Vec<u8>,
    /// Whether this is the stored answer of an earlier request.
    pub(super) replayed: bool,
    /// The request that first came with this idempotency key.
    pub(super) original: Option<String>,
}

impl Reply {
    fn new(answer: &Answer) -> Self {
        // Writing JSON that was just built cannot fail.
        let body = serde_json::to_vec_pretty(&answer.body).unwrap_or_default();
        Self { status: answer.status, body, replayed: false, original: None }
    }
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Self {
        Self::new(&Answer::error(&error))
    }
}

/// Does what is asked. An error of the database undoes all of it; the stored answer is in the same
/// transaction as what it tells of.
pub(super) fn perform(connection: &Connection, order: Order) -> rusqlite::Result<Reply> {
    let Some((key, digest)) = order.key.clone() else {
        return Ok(attempt(connection, order)?.map_or_else(Reply::from, |answer| Reply::new(&answer)));
    };
    let (account, request_id, now) = (order.account.clone(), order.request_id.clone(), order.now);
    match decide(records::load(connection, &account, &key)?, false, &digest, now) {
        Decision::Execute => {}
        Decision::Replay(record) => {
            let Record { status, body, request_id, .. } = record;
            return Ok(Reply { status, body, replayed: true, original: Some(request_id) });
        }
        Decision::Mismatch => return Ok(ApiError::key_mismatch().into()),
        Decision::InUse => return Ok(ApiError::key_in_use().into()),
    }
    let (mut reply, stored) = match attempt(connection, order)? {
        Ok(answer) => (Reply::new(&answer), true),
        Err(error) => (Reply::from(error.clone()), error.is_stored()),
    };
    if stored {
        let (status, body) = (reply.status, reply.body.clone());
        let record = Record { digest, status, body, request_id: request_id.clone(), received: now };
        records::save(connection, &account, &key, &record)?;
    }
    reply.original = Some(request_id);
    Ok(reply)
}

/// Does the work; where it fails, what it did until then is undone.
fn attempt(connection: &Connection, order: Order) -> rusqlite::Result<Result<Answer, ApiError>> {
    connection.execute_batch("SAVEPOINT work")?;
    let result = work(connection, order);
    if result.is_err() {
        connection.execute_batch("ROLLBACK TO work")?;
    }
    connection.execute_batch("RELEASE work")?;
    Ok(result)
}

fn work(connection: &Connection, mut order: Order) -> Result<Answer, ApiError> {
    let Route { resource, operation, id } = &order.route;
    let expand = expand::read(order.params.remove("expand"), resource, order.route.is_list())?;
    let values = schema::read(operation.fields, &order.params)?;
    let (account, ids, now) = (order.account.as_str(), &*order.ids, order.now);
    let store = Store::new(connection, account);
    let changes = RefCell::default();
    let call = Call { store, ids, account, now, resource, id, values, changes };
    let mut answer = (operation.run)(&call)?;
    answer.changes = call.changes.take();
    let request =
        events::Request { id: &order.request_id, key: order.key.as_ref().map(|(key, _)| key.as_str()) };
    events::record(&call, &answer.changes, &request)?;
    if answer.status == 200 {
        expand::apply(&call.store, resource, &expand, &mut answer.body)?;
    }
    Ok(answer)
}

impl Order {
    /// Whether the work changes anything.
    pub(super) fn writes(&self) -> bool {
        self.route.operation.method != Method::Get
    }
}
