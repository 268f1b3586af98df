//! One request inside its transaction: the idempotency key, the work and the stored answer, or nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::api_error::{ApiError, add_request_log};
use super::events;
use super::expand;
use super::idempotency::{Decision, Digest, Family, Record, decide};
use super::ids::Ids;
use super::params::Param;
use super::records;
use super::resources::{Answer, Call, Method, Route};
use super::schema;
use super::store::Store;
use super::time::{due, moment};
use super::v2;
use super::writer::step;

/// Everything that the work needs to know; it waits for the writer.
pub(super) struct Order {
    /// Whose objects and whose idempotency keys.
    pub(super) account: String,
    /// Becomes the `Original-Request` of every replay.
    pub(super) request_id: String,
    /// When it was received.
    pub(super) now: i64,
    /// What is to be done.
    pub(super) task: Task,
    /// The parameters of v1, and of the query of v2; not checked yet, since a known key is answered before
    /// they are.
    pub(super) params: BTreeMap<String, Param>,
    /// The idempotency key, where there is one, and what it stands for.
    pub(super) key: Option<(String, Digest)>,
    /// What goes wrong in the middle of the work, where a fault is configured.
    pub(super) fault: Option<ApiError>,
    /// Where new ids come from.
    pub(super) ids: Arc<Ids>,
}

/// What is to be done.
pub(super) enum Task {
    /// An operation of v1.
    V1(Route),
    /// An operation of v2, and the fields of its body.
    V2(v2::V2Route, Map<String, Value>),
}

impl Task {
    /// How it was asked for.
    pub(super) const fn method(&self) -> Method {
        match self {
            Self::V1(route) => route.operation.method,
            Self::V2(route, _) => route.operation.method,
        }
    }

    /// Which family it is of.
    pub(super) const fn family(&self) -> Family {
        match self {
            Self::V1(_) => Family::V1,
            Self::V2(..) => Family::V2,
        }
    }
}

/// What is answered, in its last form.
#[derive(Debug, Default)]
pub(super) struct Reply {
    /// The HTTP status.
    pub(super) status: u16,
    /// The very bytes; a replay's are those of the first answer.
    pub(super) body: Vec<u8>,
    /// Whether this is the stored answer of an earlier request.
    pub(super) replayed: bool,
    /// The request that first came with this idempotency key.
    pub(super) original: Option<String>,
    /// Whether deliveries of events wait since this request.
    pub(super) has_deliveries: bool,
    /// Why the rate limiter refused, where it did.
    pub(super) limited: Option<&'static str>,
}

impl Reply {
    /// An answer that has just been made.
    pub(super) fn new(answer: &Answer) -> Self {
        // Writing JSON that was just built cannot fail.
        let body = serde_json::to_vec_pretty(&answer.body).unwrap_or_default();
        Self { status: answer.status, body, ..Self::default() }
    }

    /// The same for a request of v1, whose errors tell where it is logged.
    pub(super) fn logged(mut answer: Answer, request_id: &str, now: i64) -> Self {
        add_request_log(&mut answer.body, request_id, now);
        Self::new(&answer)
    }
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Self {
        Self::new(&Answer::error(&error))
    }
}

/// What is left of work that is done.
struct Executed {
    answer: Answer,
    has_deliveries: bool,
}

/// Does what is asked. An error of the database undoes all of it; the stored answer is in the same
/// transaction as what it tells of.
pub(super) fn perform(connection: &Connection, order: Order) -> rusqlite::Result<Reply> {
    let (account, request_id, now) = (order.account.clone(), order.request_id.clone(), order.now);
    let family = order.task.family();
    let reply = |answer: Answer| match family {
        Family::V1 => Reply::logged(answer, &request_id, now),
        Family::V2 => Reply::new(&answer),
    };
    let done = |done: Executed| Reply { has_deliveries: done.has_deliveries, ..reply(done.answer) };
    let refused = |error: &ApiError| reply(Answer::error(error));
    let Some((key, digest)) = order.key.clone() else {
        return Ok(attempt(connection, order)?.map_or_else(|error| refused(&error), done));
    };
    match decide(records::load(connection, &account, &key)?, false, &digest, now) {
        Decision::Execute => {}
        Decision::Replay(record) => {
            let Record { status, body, request_id, .. } = record;
            return Ok(Reply {
                status,
                body,
                replayed: true,
                original: Some(request_id),
                ..Reply::default()
            });
        }
        Decision::Mismatch => return Ok(refused(&ApiError::key_mismatch())),
        Decision::InUse => return Ok(refused(&ApiError::key_in_use())),
    }
    let (mut reply, had_begun) = match attempt(connection, order)? {
        Ok(executed) => (done(executed), true),
        Err(error) => (refused(&error), error.is_stored()),
    };
    if family.keeps(reply.status, had_begun) {
        let (status, body) = (reply.status, reply.body.clone());
        let (request_id, expires) = (request_id.clone(), now.saturating_add(family.window()));
        let record = Record { digest, status, body, request_id, received: now, expires };
        records::save(connection, &account, &key, &record)?;
    }
    reply.original = Some(request_id);
    Ok(reply)
}

/// Does the work; where it fails, what it did until then is undone.
fn attempt(connection: &Connection, mut order: Order) -> rusqlite::Result<Result<Executed, ApiError>> {
    if order.task.method() == Method::Get {
        return Ok(carry_out(connection, order));
    }
    step(connection, "SAVEPOINT work")?;
    let fault = order.fault.take();
    let result = fault.map_or_else(|| carry_out(connection, order), Err);
    if result.is_err() {
        step(connection, "ROLLBACK TO work")?;
    }
    step(connection, "RELEASE work")?;
    Ok(result)
}

fn carry_out(connection: &Connection, order: Order) -> Result<Executed, ApiError> {
    match order.task {
        Task::V1(_) => work(connection, order),
        Task::V2(ref route, ref body) => {
            let ids = &*order.ids;
            let (now, id, query) = (order.now, route.id.as_str(), &order.params);
            let store = Store::new(connection, &order.account);
            let call = v2::Call { store, ids, now, id, query, body };
            (route.operation.run)(&call).map(|answer| Executed { answer, has_deliveries: false })
        }
    }
}

fn work(connection: &Connection, mut order: Order) -> Result<Executed, ApiError> {
    let Task::V1(route) = &order.task else { return Err(ApiError::internal("v2 has a runner of its own.")) };
    let Route { resource, operation, id, part } = route;
    let expand = expand::read(order.params.remove("expand"), route.answers(), route.is_list())?;
    let values = schema::read(operation.fields, &order.params)?;
    let (account, ids) = (order.account.as_str(), &*order.ids);
    let store = Store::new(connection, account).in_time(due::when);
    let now = moment::of(&store, resource, id, &values, order.now)?;
    for (param, object, id) in schema::ids(operation.fields, &values) {
        if store.find_alive(object, id)?.is_none() {
            return Err(ApiError::missing_object(400, object, id, param));
        }
    }
    let changes = RefCell::default();
    let call = Call { store, ids, account, now, resource, operation, id, part, values, changes };
    let mut answer = (operation.run)(&call)?;
    answer.changes = call.changes.take();
    let request =
        events::Request { id: Some(&order.request_id), key: order.key.as_ref().map(|(key, _)| key.as_str()) };
    let has_deliveries = events::record(&call, &answer.changes, &request)?;
    if answer.status == 200 {
        expand::apply(&call.store, &expand, &mut answer.body)?;
    }
    Ok(Executed { answer, has_deliveries })
}
