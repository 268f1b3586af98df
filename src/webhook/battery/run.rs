//! Sends the battery to an endpoint, one delivery after the other, and gathers what came back.

use std::error::Error;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use crate::keys::SigningSecret;
use crate::webhook::DELIVERY_HEADERS;
use crate::webhook::target::is_loopback;

use super::check::Check;
use super::fingerprint::{Mistake, mistakes};
use super::forge::{Forge, TestDelivery};
use super::judge::{Answer, CheckResult, Latency, Outcome, Status, judge};

/// The most that is read of an answer, in bytes.
const MAX_TEXT: usize = 400;

/// After so many deliveries in a row without an answer in time the rest is not sent.
const PATIENCE: usize = 3;

/// How long the first connection may take.
const KNOCK: Duration = Duration::from_secs(5);

/// Why a battery cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum BatteryError {
    /// The text is no URL of a web server.
    #[error("{0:?} is not a URL that begins with http:// or https://")]
    NotAUrl(String),
    /// The host is not this machine.
    #[error("{0} is not a host of this machine")]
    Remote(String),
    /// Nothing answers there.
    #[error("nothing answers at {url}: {why}")]
    Down {
        /// The endpoint.
        url: String,
        /// What the system said.
        why: String,
    },
    /// The secret is blank.
    #[error("the signing secret is empty: no endpoint may accept it")]
    BlankSecret,
    /// The command that counts side effects did not give a number.
    #[error("--probe-cmd {0}")]
    Probe(String),
    /// There is no HTTP client to be had.
    #[error("no HTTP client can be made: {0}")]
    Client(String),
}

/// The URL that the battery is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Reads a URL. Hosts other than this machine are refused unless `allow_remote`.
    ///
    /// # Errors
    /// When it is no URL, or names another machine.
    pub fn parse(text: &str, allow_remote: bool) -> Result<Self, BatteryError> {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.filter(Url::has_host).ok_or_else(|| BatteryError::NotAUrl(text.to_owned()))?;
        if is_loopback(&url) || allow_remote {
            return Ok(Self(url));
        }
        Err(BatteryError::Remote(url.host_str().unwrap_or_default().to_owned()))
    }

    /// The URL as it is shown: without a password.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut url = self.0.clone();
        // A URL with a host takes both.
        let _ = url.set_password(None);
        let _ = url.set_username("");
        url.to_string()
    }

    /// Finds out whether anything listens.
    async fn knock(&self) -> Result<(), BatteryError> {
        let down = |why: String| BatteryError::Down { url: self.shown(), why };
        let host = self.0.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let port = self.0.port_or_known_default().unwrap_or(80);
        match timeout(KNOCK, TcpStream::connect((host, port))).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(down(error.to_string())),
            Err(_) => Err(down(format!("no connection within {} s", KNOCK.as_secs()))),
        }
    }
}

/// Counts the side effects of events, so that a duplicate's can be seen.
pub type Probe<'a> = dyn Fn() -> Result<i64, String> + 'a;

/// A battery that is ready to be run.
pub struct Battery<'a> {
    /// Where it is sent.
    pub endpoint: &'a Endpoint,
    /// The secret that the endpoint verifies with.
    pub secret: &'a SigningSecret,
    /// Where ids come from.
    pub seed: u64,
    /// How long one answer may take.
    pub timeout: Duration,
    /// What is sent.
    pub checks: &'a [&'static Check],
    /// The clock, in Unix seconds.
    pub now: fn() -> i64,
    /// What counts side effects, where there is something.
    pub probe: Option<&'a Probe<'a>>,
}

/// What came of a battery.
#[derive(Debug)]
pub struct Report {
    /// Each check with its answers.
    pub results: Vec<CheckResult>,
    /// The mistakes that account for what did not pass, the likeliest first.
    pub mistakes: Vec<&'static Mistake>,
    /// How long answers took, where there were any.
    pub latency: Option<Latency>,
}

impl Report {
    /// How many checks ended so.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.results.iter().filter(|result| result.status == status).count()
    }

    /// Whether the endpoint is good: no check failed. Warnings do not fail it.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.count(Status::Failed) == 0
    }
}

impl Battery<'_> {
    /// Sends everything, and tells each result as it comes.
    ///
    /// # Errors
    /// When nothing listens at the URL, the secret is blank, or the probe fails.
    pub async fn run(&self, tell: impl Fn(&CheckResult)) -> Result<Report, BatteryError> {
        if self.secret.is_blank() {
            return Err(BatteryError::BlankSecret);
        }
        self.endpoint.knock().await?;
        let client = client(self.timeout)?;
        let mut results = Vec::new();
        let mut unanswered = 0;
        for check in self.checks {
            let result = if unanswered < PATIENCE {
                self.check(check, &client, &mut unanswered).await?
            } else {
                let why = "not sent: the endpoint had stopped answering".into();
                CheckResult { check, status: Status::Skipped, answers: Vec::new(), means: Some(why) }
            };
            tell(&result);
            results.push(result);
        }
        let (mistakes, latency) = (mistakes(&results), Latency::of(&results));
        Ok(Report { results, mistakes, latency })
    }

    async fn check(
        &self,
        check: &'static Check,
        client: &reqwest::Client,
        unanswered: &mut usize,
    ) -> Result<CheckResult, BatteryError> {
        let forge = Forge::new(self.secret, (self.now)(), self.seed).ok_or(BatteryError::BlankSecret)?;
        let probe = self.probe.filter(|_| check.id == "accept-duplicate");
        let count =
            |probe: Option<&Probe<'_>>| probe.map(|probe| probe().map_err(BatteryError::Probe)).transpose();
        let before = count(probe)?;
        let mut answers = Vec::new();
        for delivery in check.deliveries(&forge) {
            let answer = self.send(client, delivery).await;
            *unanswered = if answer.outcome == Outcome::TimedOut { *unanswered + 1 } else { 0 };
            answers.push(answer);
        }
        let mut result = judge(check, answers);
        if let (Some(before), Some(after)) = (before, count(probe)?)
            && after - before > 1
            && result.status == Status::Passed
        {
            result.status = Status::Failed;
            result.means = Some(format!(
                "the event was acted on {} times: the probe went from {before} to {after}",
                after - before
            ));
        }
        Ok(result)
    }

    async fn send(&self, client: &reqwest::Client, delivery: TestDelivery) -> Answer {
        let begun = Instant::now();
        let request = client.post(self.endpoint.0.clone()).headers(headers(&delivery)).body(delivery.body);
        let (outcome, text) = match request.send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                let took = begun.elapsed();
                return Answer { outcome: Outcome::Status(status), took, text: text(response).await };
            }
            Err(error) if error.is_timeout() => (Outcome::TimedOut, String::new()),
            Err(error) => (Outcome::Broken(innermost(&error)), String::new()),
        };
        Answer { outcome, took: begun.elapsed(), text }
    }
}

/// A connection for each delivery, and nothing sent but what was given: no redirects, retries or proxies.
fn client(limit: Duration) -> Result<reqwest::Client, BatteryError> {
    // Fails only when there is one already, and then it is this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .http1_only()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .timeout(limit);
    builder.build().map_err(|error| BatteryError::Client(error.to_string()))
}

fn headers(delivery: &TestDelivery) -> HeaderMap {
    let usual = DELIVERY_HEADERS.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let signature = delivery.signature.iter().map(|value| ("Stripe-Signature", value.clone()));
    let mut headers = HeaderMap::new();
    for (name, value) in usual.chain(signature).chain(delivery.extra.iter().cloned()) {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a constant that is a header's name");
        headers.insert(name, HeaderValue::from_str(&value).expect("the battery's headers are ASCII"));
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(delivery.content_type));
    headers.insert(CONTENT_LENGTH, delivery.body.len().into());
    headers
}

/// The beginning of an answer's body. What breaks off is as long as it is.
async fn text(mut response: reqwest::Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_TEXT {
            bytes.truncate(MAX_TEXT);
            break;
        }
    }
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

/// The cause at the bottom, which names no URL.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
