//! The way of a request through the sandbox: who asks, what for, with which parameters, under which key.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::HeaderMap;
use tokio::sync::Notify;

use super::auth;
use super::execute::{Order, Task, perform};
use super::reply::Reply;
use crate::keys::ApiKey;
use crate::sandbox::faults::{Effects, Faults, Harm};
use crate::sandbox::idempotency::header;
use crate::sandbox::idempotency::in_flight::{Claim, InFlight};
use crate::sandbox::idempotency::rules::{Decision, Digest, Family, decide, digest, digest_json};
use crate::sandbox::keys::home::SandboxKeys;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::form::{Param, decode};
use crate::sandbox::params::versions;
use crate::sandbox::resources::due::{self, Passing};
use crate::sandbox::resources::{Answer, Method, route};
use crate::sandbox::state::database::Database;
use crate::sandbox::state::ids::Ids;
use crate::sandbox::state::writer::{Held, JobError};
use crate::sandbox::time::clock::Clock;
use crate::sandbox::time::system::system_seconds;
use crate::sandbox::time::walk;
use crate::sandbox::v2;

/// What every request shares.
pub(in crate::sandbox) struct Shared {
    /// The state.
    pub(in crate::sandbox) database: Arc<Database>,
    /// The keys of the home.
    pub(in crate::sandbox) keys: SandboxKeys,
    /// The account that they belong to.
    pub(in crate::sandbox) account: String,
    /// What time it is.
    pub(in crate::sandbox) clock: Clock,
    /// Where new ids come from.
    pub(in crate::sandbox) ids: Arc<Ids>,
    /// The idempotency keys that are being worked on.
    pub(in crate::sandbox) in_flight: InFlight,
    /// What is to go wrong.
    pub(in crate::sandbox) faults: Mutex<Faults>,
    /// Told when there is something to deliver.
    pub(in crate::sandbox) deliveries: Arc<Notify>,
}

/// A request whose head was read, and when.
pub(in crate::sandbox) struct Head<'a> {
    /// As it was sent.
    pub(in crate::sandbox) method: &'a str,
    pub(in crate::sandbox) path: &'a str,
    /// What follows the question mark, or nothing.
    pub(in crate::sandbox) query: &'a str,
    pub(in crate::sandbox) headers: &'a HeaderMap,
    /// This request's own id, a replay's included.
    pub(in crate::sandbox) request_id: &'a str,
    /// The sandbox's time at which it was received, in Unix seconds.
    pub(in crate::sandbox) now: i64,
}

impl Shared {
    /// The sandbox's time, in Unix seconds.
    pub(in crate::sandbox) fn now(&self) -> i64 {
        self.clock.at(system_seconds())
    }

    /// What is to go wrong.
    pub(in crate::sandbox) fn faults(&self) -> std::sync::MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what is asked. The error is one that nothing was done before, or of which nothing is left.
    pub(in crate::sandbox) async fn answer(
        self: &Arc<Self>,
        head: &Head<'_>,
        body: Result<String, ApiError>,
        effects: Effects,
    ) -> Result<Reply, ApiError> {
        let fault = match effects.harm {
            Some(Harm::RateLimit) => return Ok(limited(head)),
            Some(Harm::Status { status, stored: false }) => return Err(ApiError::injected(status)),
            Some(Harm::Status { status, stored: true }) => Some(ApiError::injected(status).in_the_work()),
            _ => None,
        };
        let key = auth::presented_key(head.headers)?;
        // Whatever is wrong with the request is told only to those whose key is good.
        let requested = auth::check_account(head.headers, &self.account, &key)
            .and_then(|()| versions::check(head.headers))
            .and_then(|()| read(head, body));
        if head.method == "GET" {
            if let Some(latency) = effects.latency {
                tokio::time::sleep(latency).await;
            }
            return self.look(head, key, requested).await;
        }
        let (account, now) = (self.account.clone(), head.now);
        let recognise = move |connection: &_| {
            let is_due = walk::is_due(connection, &account, now)?;
            Ok((is_due, auth::authenticate(connection, &key, &account, now)))
        };
        let (is_due, row) = self.database.read(recognise).await.map_err(|error| failed(&error))?;
        let row = row?;
        let (task, params) = requested?;
        if is_due {
            self.catch_up().await?;
        }
        auth::permit(&row, &task, &params)?;
        let key = idempotency_key(head, &task, &params)?;
        let claim = match &key {
            Some((key, digest)) => Some(Box::new(self.claim(key, digest, head.now)?) as Held),
            None => None,
        };
        let order = Order { key, fault, ..self.order(head, task, params) };
        let done = match effects.latency {
            None => self.database.write(claim, |connection| perform(connection, order)).await,
            Some(latency) => self.late(latency, claim, order).await,
        };
        done.map_err(|error| failed(&error))
    }

    /// Does the work after a while. As at Stripe, a client that hangs up meanwhile does not keep it from
    /// being done.
    async fn late(
        self: &Arc<Self>,
        latency: Duration,
        claim: Option<Held>,
        order: Order,
    ) -> Result<Reply, JobError> {
        let shared = Arc::clone(self);
        let work = tokio::spawn(async move {
            tokio::time::sleep(latency).await;
            shared.database.write(claim, |connection| perform(connection, order)).await
        });
        work.await.unwrap_or_else(|error| Err(JobError::Failed(error.to_string())))
    }

    /// Does what has fallen due by now, so that whoever asks sees the world as it is at this time.
    ///
    /// # Errors
    /// When the data fails, or time cannot go on.
    pub(in crate::sandbox) async fn catch_up(&self) -> Result<(), ApiError> {
        let mut is_done = false;
        while !is_done {
            let (account, ids, now) = (self.account.clone(), Arc::clone(&self.ids), self.now());
            let work =
                move |connection: &_| due::pass(connection, &Passing { account: &account, ids: &ids, now });
            let progress = self.database.write(None, work).await.map_err(|error| failed(&error))??;
            is_done = progress.is_done;
            if progress.has_deliveries {
                self.deliveries.notify_one();
            }
        }
        Ok(())
    }

    /// Recognises the key and reads, all from one state of the data.
    async fn look(
        &self,
        head: &Head<'_>,
        key: ApiKey,
        requested: Result<RequestedWork, ApiError>,
    ) -> Result<Reply, ApiError> {
        let order = requested.map(|(task, params)| self.order(head, task, params));
        let looked = self.look_once(key.clone(), head.now, order, false).await?;
        match looked {
            Looked::Seen(reply) => Ok(reply),
            Looked::TooEarly(order) => {
                self.catch_up().await?;
                match self.look_once(key, head.now, Ok(*order), true).await? {
                    Looked::Seen(reply) => Ok(reply),
                    Looked::TooEarly(_) => {
                        Err(ApiError::internal("Time went on in the middle of a request."))
                    }
                }
            }
        }
    }

    async fn look_once(
        &self,
        key: ApiKey,
        now: i64,
        order: Result<Order, ApiError>,
        is_caught_up: bool,
    ) -> Result<Looked, ApiError> {
        let account = self.account.clone();
        let work = move |connection: &_| {
            let checked = auth::authenticate(connection, &key, &account, now).and_then(|row| {
                let order = order?;
                auth::permit(&row, &order.task, &order.params)?;
                Ok(order)
            });
            match checked {
                Ok(order) if !is_caught_up && walk::is_due(connection, &account, now)? => {
                    Ok(Ok(Looked::TooEarly(Box::new(order))))
                }
                Ok(order) => perform(connection, order).map(|reply| Ok(Looked::Seen(reply))),
                Err(error) => Ok(Err(error)),
            }
        };
        self.database.read(work).await.map_err(|error| failed(&error))?
    }

    fn order(&self, head: &Head<'_>, task: Task, params: BTreeMap<String, Param>) -> Order {
        Order {
            account: self.account.clone(),
            request_id: head.request_id.to_owned(),
            now: head.now,
            task,
            params,
            key: None,
            fault: None,
            ids: Arc::clone(&self.ids),
        }
    }

    /// Takes the key for this request, unless another is working under it at this moment.
    fn claim(&self, key: &str, digest: &Digest, now: i64) -> Result<Claim, ApiError> {
        let claim = self.in_flight.claim(&self.account, key);
        match (decide(None, claim.is_none(), digest, now), claim) {
            (Decision::Execute, Some(claim)) => Ok(claim),
            _ => Err(ApiError::key_in_use()),
        }
    }
}

/// What a reader comes back with.
enum Looked {
    /// The answer.
    Seen(Reply),
    /// Something has fallen due that has not happened yet.
    TooEarly(Box<Order>),
}

/// The key of a request that heeds one, and what it stands for.
fn idempotency_key(
    head: &Head<'_>,
    task: &Task,
    params: &BTreeMap<String, Param>,
) -> Result<Option<(String, Digest)>, ApiError> {
    if !task.family().heeds_key(task.method()) {
        return Ok(None);
    }
    let Some(key) = header::key_in(head.headers)? else { return Ok(None) };
    let digest = match task {
        Task::V1(_) => digest(head.method, head.path, params),
        Task::V2(_, body) => {
            let target = format!("{}?{}", head.path, head.query);
            digest_json(head.method, &target, &serde_json::Value::Object(body.clone()))
        }
    };
    Ok(Some((key, digest)))
}

/// What it means for a request that the data could not be used.
pub(in crate::sandbox) fn failed(error: &JobError) -> ApiError {
    match error {
        JobError::Busy => ApiError::busy(),
        JobError::Failed(why) => ApiError::internal(format!("The sandbox could not keep its data: {why}.")),
    }
}

/// What the rate limiter says, which runs before anything else does.
fn limited(head: &Head<'_>) -> Reply {
    let message = "Request rate limit exceeded. This was injected by a sandbox fault; nothing was executed.";
    let error = ApiError::refused(429, message).code("rate_limit");
    Reply { limited: Some("global-rate"), ..refusal(head, &error) }
}

/// A request that came to no work. One whose key is not known is in nobody's log.
pub(in crate::sandbox) fn refusal(head: &Head<'_>, error: &ApiError) -> Reply {
    let answer = Answer::error(error);
    if error.status() == 401 || Family::of(head.path) == Family::V2 {
        return Reply::new(&answer);
    }
    Reply::logged(answer, head.request_id, head.now)
}

/// What is to be done, and the parameters.
type RequestedWork = (Task, BTreeMap<String, Param>);

fn read(head: &Head<'_>, body: Result<String, ApiError>) -> Result<RequestedWork, ApiError> {
    if Family::of(head.path) == Family::V2 {
        let route = v2::route(head.method, head.path)?;
        let fields = v2::fields(&body?)?;
        return Ok((Task::V2(route, fields), decode(head.query)?));
    }
    let route = route(head.method, head.path)?;
    let is_post = route.operation.method == Method::Post;
    let params = parameters(head, &body?, is_post)?;
    Ok((Task::V1(route), params))
}

/// The parameters of the query and, for POST, of the body.
fn parameters(head: &Head<'_>, body: &str, is_post: bool) -> Result<BTreeMap<String, Param>, ApiError> {
    if !is_post {
        return decode(head.query);
    }
    let json = head.headers.get(hyper::header::CONTENT_TYPE);
    if json.is_some_and(|value| value.as_bytes().starts_with(b"application/json")) {
        let message = "Invalid request (check that your POST content type is \
                       application/x-www-form-urlencoded). This API takes no JSON bodies.";
        return Err(ApiError::invalid(message));
    }
    if head.query.is_empty() { decode(body) } else { decode(&format!("{}&{body}", head.query)) }
}
