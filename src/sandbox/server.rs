//! The server: a loopback listener, one handler, and the way of a request through the rooms' files.

use std::collections::BTreeMap;
use std::future::{Future, IntoFuture};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::api_error::ApiError;
use super::auth;
use super::body;
use super::clock::Clock;
use super::connections::Patient;
use super::db::{self, Storage};
use super::error::SandboxError;
use super::execute::{Order, Reply, perform};
use super::headers::{self, Envelope};
use super::idempotency::{Decision, decide, digest};
use super::ids::Ids;
use super::in_flight::{Claim, InFlight};
use super::keys::SandboxKeys;
use super::params::{Param, decode};
use super::resources::{Method, route};
use super::writer::{JobError, Writer};

/// How long requests that are under way have to end when the server is told to.
const GRACE: Duration = Duration::from_secs(2);

/// A sandbox whose state is open, ready to be served.
pub struct Sandbox {
    connection: Connection,
    keys: SandboxKeys,
    clock: Clock,
    ids: Ids,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("keys", &self.keys)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

/// What every request shares.
struct Shared {
    writer: Writer<Reply>,
    keys: SandboxKeys,
    account: String,
    clock: Clock,
    ids: Arc<Ids>,
    in_flight: InFlight,
}

impl Sandbox {
    /// Opens the state, and makes it first where there is none. Several processes may have the same file
    /// open. The clock starts here.
    ///
    /// # Errors
    /// When the file cannot be opened or made, or was written by a newer paycli.
    pub fn open(storage: &Storage, keys: &SandboxKeys, mut clock: Clock) -> Result<Self, SandboxError> {
        let connection = db::open(storage)?;
        clock.start(system_seconds());
        Ok(Self { connection, keys: keys.clone(), clock, ids: Ids::random()? })
    }

    /// Answers requests until `shutdown` is done; then those that are under way are finished and the
    /// state is closed.
    ///
    /// # Errors
    /// When the thread that writes cannot be started, or the listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), SandboxError> {
        let (writer, closed) = Writer::start(self.connection).map_err(SandboxError::Writer)?;
        let shared = Arc::new(Shared {
            writer,
            account: self.keys.account(),
            keys: self.keys,
            clock: self.clock,
            ids: Arc::new(self.ids),
            in_flight: InFlight::default(),
        });
        let router = Router::new().fallback(handle).with_state(Arc::clone(&shared));
        let (tell, told) = oneshot::channel();
        let until = async move {
            shutdown.await;
            // Where nobody listens, the server has ended already.
            let _ = tell.send(());
        };
        let served = tokio::select! {
            served = axum::serve(Patient(listener), router).with_graceful_shutdown(until).into_future() => served,
            () = grace(told) => Ok(()),
        };
        shared.writer.stop();
        // An error would say that the thread is gone, which is what is waited for.
        let _ = closed.await;
        served.map_err(SandboxError::Listener)
    }
}

async fn grace(told: oneshot::Receiver<()>) {
    if told.await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(GRACE).await;
}

fn system_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// A request whose head was read, and when.
struct Head<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: &'a HeaderMap,
    request_id: &'a str,
    now: i64,
}

/// Answers any request: paths are found in the tables of resources, and errors have Stripe's shape.
async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let request_id = shared.ids.request();
    let head = Head {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        request_id: &request_id,
        now: shared.clock.at(system_seconds()),
    };
    let (keyed, now) = (head.method == "POST", head.now);
    // The body is read in any case, so that the connection can be used again.
    let text = body::read(body).await;
    let result = shared.answer(&head, text).await;
    let allow = result.as_ref().err().and_then(ApiError::allowed).map(str::to_owned);
    let reply = result.unwrap_or_else(Reply::from);
    let asked = &parts.headers;
    headers::respond(reply, &Envelope { asked, request_id: &request_id, keyed, now, allow: allow.as_deref() })
}

impl Shared {
    /// The way of a request: who asks, what for, with which parameters, under which key; then the work.
    async fn answer(&self, head: &Head<'_>, body: Result<String, ApiError>) -> Result<Reply, ApiError> {
        let identity = auth::authenticate(head.headers, &self.keys)?;
        auth::check_account(head.headers, &self.account)?;
        let route = route(head.method, head.path)?;
        auth::permit(identity, &route)?;
        let is_post = route.operation.method == Method::Post;
        let key = if is_post { headers::idempotency_key(head.headers)? } else { None };
        let params = parameters(head, &body?, is_post)?;
        let (key, claim) = match key {
            None => (None, None),
            Some(key) => {
                let digest = digest(head.method, head.path, &params);
                let claim = self.claim(&key, &digest, head.now)?;
                (Some((key, digest)), Some(claim))
            }
        };
        let order = Order {
            account: self.account.clone(),
            request_id: head.request_id.to_owned(),
            now: head.now,
            route,
            params,
            key,
            ids: Arc::clone(&self.ids),
        };
        let done = self.writer.run(order.writes(), claim, |connection| perform(connection, order)).await;
        done.map_err(|error| match error {
            JobError::Busy => ApiError::busy(),
            JobError::Failed(why) => {
                ApiError::internal(format!("The sandbox could not keep its data: {why}."))
            }
        })
    }

    /// Takes the key for this request, unless another is working under it at this moment.
    fn claim(&self, key: &str, digest: &[u8; 32], now: i64) -> Result<Claim, ApiError> {
        let claim = self.in_flight.claim(&self.account, key);
        match (decide(None, claim.is_none(), digest, now), claim) {
            (Decision::Execute, Some(claim)) => Ok(claim),
            _ => Err(ApiError::key_in_use()),
        }
    }
}

/// The parameters of the query and, for POST, of the body.
fn parameters(head: &Head<'_>, body: &str, is_post: bool) -> Result<BTreeMap<String, Param>, ApiError> {
    if !is_post {
        return decode(head.query);
    }
    let json = head.headers.get(axum::http::header::CONTENT_TYPE);
    if json.is_some_and(|value| value.as_bytes().starts_with(b"application/json")) {
        return Err(ApiError::invalid("This API takes form-encoded bodies, not JSON."));
    }
    if head.query.is_empty() { decode(body) } else { decode(&format!("{}&{body}", head.query)) }
}
