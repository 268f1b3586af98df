//! One attempt: a request goes out once, and what comes back is classified.

use std::error::Error;
use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};

use crate::certificate::certificate_fault;
use crate::journal::{Family, Fence, Intent, Method};
use crate::keys::ApiKey;
use crate::profile::ApiBase;

use super::admitted_key::AdmittedKey;
use super::body_gate::BodyGate;
use super::reply::{Answer, Reply, Unsent};
use super::tls;

/// The longest answer that is taken, in bytes.
const MAX_ANSWER: usize = 64 << 20;

/// The most that connecting may take of an attempt's time. An attempt that ends while it still connects
/// has certainly not been sent, so connecting ends first.
const CONNECT_SHARE: f64 = 0.75;

/// What the client says of itself.
static CLIENT: LazyLock<String> = LazyLock::new(|| {
    format!(r#"{{"name":"paycli","version":"{}","os":"{}"}}"#, crate::VERSION, std::env::consts::OS)
});

/// A way to the API. Redirects are not followed and nothing is retried inside: one call is one request, so
/// that the journal's count of attempts is true.
pub struct Transport {
    client: reqwest::Client,
    base: ApiBase,
    timeout: Duration,
}

/// A client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct TransportError(String);

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Transport {
    /// A way to `base`. `timeout` is for one attempt, from connecting to the last byte.
    ///
    /// # Errors
    /// When the system's certificates or the proxy settings cannot be used.
    pub fn new(base: &ApiBase, timeout: Duration) -> Result<Self, TransportError> {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .http1_ignore_invalid_headers_in_responses(true)
            .connect_timeout(timeout.mul_f64(CONNECT_SHARE));
        let builder = if base.uses_tls() { tls::with_roots(builder) } else { tls::without_roots(builder) };
        let builder = if base.is_loopback() { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|error| TransportError(innermost(&error)))?;
        Ok(Self { client, base: base.clone(), timeout })
    }

    /// Where it leads.
    pub(super) const fn base(&self) -> &ApiBase {
        &self.base
    }

    /// Makes one attempt.
    pub async fn attempt(&self, intent: &Intent, key: Option<&str>, api_key: &AdmittedKey) -> Reply {
        self.send(intent, key, api_key.key()).await
    }

    /// Makes one attempt under a key that can be lost. The fence is asked last, when the connection is there and
    /// the request is about to leave.
    pub async fn attempt_behind(
        &self,
        fence: &Fence,
        intent: &Intent,
        key: Option<&str>,
        api_key: &AdmittedKey,
    ) -> Reply {
        self.send_behind(fence, intent, key, api_key.key()).await
    }

    /// Makes one attempt with a key that has not passed the gate: the gate's own question.
    pub(super) async fn send(&self, intent: &Intent, key: Option<&str>, api_key: &ApiKey) -> Reply {
        self.send_behind(&Fence::default(), intent, key, api_key).await
    }

    async fn send_behind(
        &self,
        fence: &Fence,
        intent: &Intent,
        key: Option<&str>,
        api_key: &ApiKey,
    ) -> Reply {
        let mut request = match self.request(intent, key, api_key) {
            Ok(request) => request,
            Err(error) => return Reply::NotSent(Unsent::Unreachable(error)),
        };
        if !fence.holds() {
            return Reply::NotSent(Unsent::LeaseLost);
        }
        let gate = BodyGate::new(fence);
        if let Some(body) = request.body_mut().take_if(|_| fence.can_be_lost()) {
            *request.body_mut() = Some(gate.guard(body));
        }
        match self.client.execute(request).await {
            Ok(response) => read_answer(response).await,
            Err(_) if gate.is_shut() => Reply::NotSent(Unsent::LeaseLost),
            Err(error) if error.is_connect() || error.is_builder() => Reply::NotSent(unsent(&error)),
            Err(error) if error.is_timeout() => Reply::Lost(self.no_answer()),
            Err(error) => Reply::Lost(innermost(&error)),
        }
    }

    fn request(
        &self,
        intent: &Intent,
        key: Option<&str>,
        api_key: &ApiKey,
    ) -> Result<reqwest::Request, String> {
        let url = format!("{}{}", self.base.as_str(), intent.path);
        let url = url::Url::parse(&url).map_err(|error| format!("{url} is not a URL: {error}"))?;
        let method = match intent.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut request = reqwest::Request::new(method, url);
        *request.timeout_mut() = Some(self.timeout);
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", api_key.expose()))
            .map_err(|_| "the API key cannot be a header".to_owned())?;
        bearer.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, bearer);
        for (name, value) in headers(intent, key) {
            let wrong = || format!("the header {name:?} cannot be sent");
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
            let value = HeaderValue::from_str(value).map_err(|_| wrong())?;
            request.headers_mut().append(name, value);
        }
        if intent.method.is_write() && !(intent.body.is_empty() && intent.method == Method::Delete) {
            *request.body_mut() = Some(intent.body.clone().into());
        }
        Ok(request)
    }

    fn no_answer(&self) -> String {
        format!("no answer within {:?}", self.timeout)
    }
}

/// The headers of a request in their order, the one that authorises it apart.
#[must_use]
pub fn headers<'a>(intent: &'a Intent, key: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    let mut headers = Vec::with_capacity(8 + intent.headers.len());
    headers.extend([
        ("User-Agent", concat!("paycli/", env!("CARGO_PKG_VERSION"))),
        ("X-Stripe-Client-User-Agent", &**CLIENT),
        ("Accept", "application/json"),
    ]);
    let content_type = match intent.family {
        Family::V1 => "application/x-www-form-urlencoded",
        Family::V2 => "application/json",
    };
    let has_content = intent.method == Method::Post || !intent.body.is_empty();
    headers.extend(has_content.then_some(("Content-Type", content_type)));
    let optional = [
        ("Idempotency-Key", key),
        ("Stripe-Version", intent.api_version.as_deref()),
        ("Stripe-Account", intent.stripe_account.as_deref()),
        ("Stripe-Context", intent.stripe_context.as_deref()),
    ];
    headers.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    headers.extend(intent.headers.iter().map(|(name, value)| (&**name, &**value)));
    headers
}

async fn read_answer(mut response: reqwest::Response) -> Reply {
    let header = |name: &str| response.headers().get(name)?.to_str().ok().map(ToOwned::to_owned);
    let mut answer = Answer {
        status: response.status().as_u16(),
        replayed: header("idempotent-replayed").is_some_and(|value| value == "true"),
        should_retry: header("stripe-should-retry").and_then(|value| value.parse().ok()),
        request_id: header("request-id"),
        original_request_id: header("original-request"),
        headers: response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: Vec::new(),
    };
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if answer.body.len() + chunk.len() <= MAX_ANSWER => answer.body.extend(chunk),
            Ok(Some(_)) => return Reply::Lost(format!("an answer of more than {MAX_ANSWER} bytes")),
            Ok(None) => return Reply::Answer(answer),
            Err(error) => {
                return Reply::Lost(format!(
                    "the answer broke off ({}, {})",
                    answer.status,
                    innermost(&error)
                ));
            }
        }
    }
}

/// Why nothing was sent: a certificate that is not trusted is told apart, since waiting does not help it.
fn unsent(error: &reqwest::Error) -> Unsent {
    match certificate_fault(error) {
        Some(fault) => Unsent::Untrusted(fault),
        None => Unsent::Unreachable(innermost(error)),
    }
}

/// The innermost cause, which says what happened; the outer ones say where.
fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
