//! One delivery: read, verified, stored, answered.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

use super::forward::LastEvent;
use super::listener::Listener;
use super::report::ListenReport;
use crate::webhook::signature::verify;
use crate::webhook::store::{NewEvent, Source};
use crate::webhook::verdict::{Reason, Window};

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// So many times the limit is read of a body that is too large before it is refused: a sender that is cut off while
/// it writes sees a broken connection and not the answer.
const DRAINED: usize = 8;

/// The age of a signature that is accepted, in seconds: the official libraries' default.
const TOLERANCE: u64 = 300;

/// Why a delivery is not taken.
struct Refusal {
    status: StatusCode,
    report: Option<Box<ListenReport>>,
    words: String,
}

impl Refusal {
    fn new(status: StatusCode, reason: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let words = detail.clone();
        let report = ListenReport::Refused { status: status.as_u16(), reason, detail, causes: Vec::new() };
        Self { status, report: Some(Box::new(report)), words }
    }
}

impl Listener {
    /// Answers one request.
    pub(super) async fn handle(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        match self.take(request).await {
            Ok(()) => answer(StatusCode::OK, "{\"received\": true}\n".into()),
            Err(refusal) => {
                if let Some(report) = refusal.report {
                    // Nobody is left to tell when the printer has ended.
                    let _ = self.reports.send(*report).await;
                }
                answer(refusal.status, format!("{}\n", refusal.words))
            }
        }
    }

    async fn take(&self, request: Request<Incoming>) -> Result<(), Refusal> {
        if request.method() != Method::POST {
            let words = "webhook deliveries are POST requests".to_owned();
            return Err(Refusal { status: StatusCode::METHOD_NOT_ALLOWED, report: None, words });
        }
        let (head, body) = request.into_parts();
        let body = self.read(&head.headers, body).await?;
        let now = (self.now)();
        self.verify(&head.headers, &body, now.div_euclid(1000))?;
        let event = NewEvent::read(&body, Source::Received, now)
            .map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, "not_an_event", error.to_string()))?;
        let signature = text(&head.headers, "stripe-signature");
        let event = event.with_headers(pairs(&head.headers)).with_signature(signature.clone());
        let facts = event.facts().clone();
        let kept = self.writer.run(move |step| step.insert_event(&event)).await.map_err(|error| {
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "not_stored", error.to_string())
        })?;
        if !self.events.matches(&facts.kind) || !self.is_counted() {
            return Ok(());
        }
        let (id, kind) = (facts.id.to_string(), facts.kind);
        let (object, is_duplicate) = (facts.object, kept.was_received);
        let report = ListenReport::Received { id: id.clone(), kind: kind.clone(), object, is_duplicate };
        if self.reports.send(report).await.is_err() {
            self.stop.send_replace(true);
        }
        self.forwarder.forward(&LastEvent { seq: kept.seq, id, kind, body, signature }).await;
        self.note_counted();
        Ok(())
    }

    /// Takes one of the events that are waited for, where only so many are.
    fn is_counted(&self) -> bool {
        let number = self.counted.fetch_add(1, Ordering::SeqCst);
        self.count.is_none_or(|count| number < count)
    }

    fn note_counted(&self) {
        if self.count.is_some_and(|count| self.counted.load(Ordering::SeqCst) >= count) {
            self.stop.send_replace(true);
        }
    }

    async fn read(&self, headers: &HeaderMap, body: Incoming) -> Result<Bytes, Refusal> {
        let too_large = || {
            let words = format!("the body is larger than {} bytes", self.max_body);
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", words)
        };
        let announced = length(headers).and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        if announced > self.max_body.saturating_mul(DRAINED) {
            return Err(too_large());
        }
        let collected = collect(body, self.max_body, announced);
        match tokio::time::timeout(PATIENCE, collected).await {
            Ok(Ok(Some(bytes))) => Ok(bytes),
            Ok(Ok(None)) => Err(too_large()),
            Ok(Err(error)) => {
                Err(Refusal::new(StatusCode::BAD_REQUEST, "body_broken_off", error.to_string()))
            }
            Err(_) => Err(Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                "body_too_slow",
                "the body did not arrive in time",
            )),
        }
    }

    fn verify(&self, headers: &HeaderMap, body: &[u8], now: i64) -> Result<(), Refusal> {
        if !self.is_verified {
            return Ok(());
        }
        let joined = joined(headers, "stripe-signature");
        let window = Window { now, tolerance_seconds: TOLERANCE };
        let verdict = verify(body, joined.as_deref(), &self.keys, window);
        if verdict.reason == Reason::Ok {
            return Ok(());
        }
        let causes = (self.explain)(body, joined.as_deref(), length(headers), &verdict);
        let reason = verdict.reason.as_str();
        let detail = format!("the signature does not verify: {reason}");
        let report = ListenReport::Refused { status: 400, reason, detail: detail.clone(), causes };
        Err(Refusal { status: StatusCode::BAD_REQUEST, report: Some(Box::new(report)), words: detail })
    }
}

/// The whole body, or nothing where it is larger than the limit.
async fn collect(mut body: Incoming, limit: usize, announced: usize) -> Result<Option<Bytes>, hyper::Error> {
    let (mut bytes, mut seen) = (Vec::with_capacity(announced.min(limit)), 0_usize);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame?.into_data() else { continue };
        seen += data.len();
        if seen <= limit {
            bytes.extend_from_slice(&data);
        } else if seen > limit.saturating_mul(DRAINED) {
            return Ok(None);
        }
    }
    Ok((seen <= limit).then(|| bytes.into()))
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// All values of a header, as a server that joins them sees it.
fn joined(headers: &HeaderMap, name: &str) -> Option<Vec<u8>> {
    let values: Vec<_> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    (!values.is_empty()).then(|| values.join(&b", "[..]))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    joined(headers, name).map(|value| String::from_utf8_lossy(&value).into_owned())
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (String, String)> + '_ {
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
}

fn answer(status: StatusCode, words: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(words));
    *response.status_mut() = status;
    let kind = if status == StatusCode::OK { "application/json" } else { "text/plain; charset=utf-8" };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
