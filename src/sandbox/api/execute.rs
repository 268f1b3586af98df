//! One request inside its transaction: the idempotency key, the work and the stored answer, or nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::expand;
use super::reply::Reply;
use crate::sandbox::events::record::{Request, record};
use crate::sandbox::idempotency::records;
use crate::sandbox::idempotency::rules::{Decision, Digest, Family, Record, decide};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::form::Param;
use crate::sandbox::params::schema;
use crate::sandbox::resources::{Answer, Call, Method, Route, due, moment};
use crate::sandbox::state::ids::Ids;
use crate::sandbox::state::store::Store;
use crate::sandbox::state::writer::step;
use crate::sandbox::v2;

/// Everything that the work needs to know; it waits for the writer.
pub(in crate::sandbox) struct Order {
    /// Whose objects and whose idempotency keys.
    pub(in crate::sandbox) account: String,
    /// Becomes the `Original-Request` of every replay.
    pub(in crate::sandbox) request_id: String,
    /// When it was received.
    pub(in crate::sandbox) now: i64,
    /// What is to be done.
    pub(in crate::sandbox) task: Task,
    /// The parameters of v1, and of the query of v2; not checked yet, since a known key is answered before
    /// they are.
    pub(in crate::sandbox) params: BTreeMap<String, Param>,
    /// The idempotency key, where there is one, and what it stands for.
    pub(in crate::sandbox) key: Option<(String, Digest)>,
    /// What goes wrong in the middle of the work, where a fault is configured.
    pub(in crate::sandbox) fault: Option<ApiError>,
    /// Where new ids come from.
    pub(in crate::sandbox) ids: Arc<Ids>,
}

/// What is to be done.
pub(in crate::sandbox) enum Task {
    /// An operation of v1.
    V1(Route),
    /// An operation of v2, and the fields of its body.
    V2(v2::V2Route, Map<String, Value>),
}

impl Task {
    /// How it was asked for.
    pub(in crate::sandbox) const fn method(&self) -> Method {
        match self {
            Self::V1(route) => route.operation.method,
            Self::V2(route, _) => route.operation.method,
        }
    }

    /// Which family it is of.
    pub(in crate::sandbox) const fn family(&self) -> Family {
        match self {
            Self::V1(_) => Family::V1,
            Self::V2(..) => Family::V2,
        }
    }
}

/// What is left of work that is done.
struct Executed {
    answer: Answer,
    has_deliveries: bool,
}

/// Does what is asked. An error of the database undoes all of it; the stored answer is in the same
/// transaction as what it tells of.
pub(in crate::sandbox) fn perform(connection: &Connection, order: Order) -> rusqlite::Result<Reply> {
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
            route.operation.run(&call).map(|answer| Executed { answer, has_deliveries: false })
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
    let request = Request {
        id: Some(&order.request_id),
        key: order.key.as_ref().map(|(key, _)| key.as_str()),
        at: now,
    };
    let has_deliveries = record(&call.store, ids, &answer.changes, &request)?;
    if answer.status == 200 {
        expand::apply(&call.store, &expand, &mut answer.body)?;
    }
    Ok(Executed { answer, has_deliveries })
}
