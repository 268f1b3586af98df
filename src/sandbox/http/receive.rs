//! A request as it comes from a connection: its body is read, and it is handed to the admin path or the API.

use std::net::SocketAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, Response};

use super::body;
use super::headers::{self, Envelope};
use super::outgoing::{Cut, Outgoing};
use crate::sandbox::api::answer::{Head, Shared, refusal};
use crate::sandbox::control::admin::{self, Control};
use crate::sandbox::faults::Harm;
use crate::sandbox::idempotency::rules::Family;
use crate::sandbox::params::api_error::ApiError;

/// What a server serves.
pub(super) struct Served {
    /// What every request shares.
    pub(super) shared: Arc<Shared>,
    /// Who may control this server, and what it tells of itself; nobody may where there is none.
    pub(super) control: Option<Control>,
}

/// Answers any request: paths are found in the tables of resources, and errors have Stripe's shape.
pub(super) async fn handle(
    served: Arc<Served>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Outgoing>, Cut> {
    let (parts, body) = request.into_parts();
    // The body is read in any case, so that the connection can be used again.
    let text = body::read(body).await;
    if let Some(path) = parts.uri.path().strip_prefix(admin::PATH) {
        let request =
            admin::AdminRequest { method: parts.method.as_str(), path, headers: &parts.headers, peer };
        let (status, body) = admin::answer(&served.shared, served.control.as_ref(), &request, text).await;
        return Ok(headers::plain(status, &body));
    }
    let shared = &served.shared;
    let request_id = shared.ids.request();
    let head = Head {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        request_id: &request_id,
        now: shared.now(),
    };
    let effects = shared.faults().strike(head.method, head.path);
    if effects.harm == Some(Harm::DropRequest) {
        return Err(Cut);
    }
    let keyed = head.method == "POST" || (head.method == "DELETE" && Family::of(head.path) == Family::V2);
    let now = head.now;
    let result = shared.answer(&head, text, effects).await;
    let allow = result.as_ref().err().and_then(ApiError::allowed).map(str::to_owned);
    let reply = result.unwrap_or_else(|error| refusal(&head, &error));
    if reply.has_deliveries {
        shared.deliveries.notify_one();
    }
    let envelope = Envelope {
        asked: &parts.headers,
        request_id: &request_id,
        keyed,
        now,
        allow: allow.as_deref(),
        should_retry: effects.should_retry,
        truncated: effects.harm == Some(Harm::Truncate),
    };
    if effects.harm == Some(Harm::DropResponse) { Err(Cut) } else { Ok(headers::respond(reply, &envelope)) }
}
