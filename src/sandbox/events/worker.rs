//! The delivery worker: takes what is due, carries it out, and keeps what came of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderName, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::queue::{self, Attempt, Parcel, Round};
use crate::keys::SigningSecret;
use crate::sandbox::idempotency::cleaning::clean;
use crate::sandbox::state::database::Database;
use crate::webhook::SigningKey;
use crate::webhook::signature::sign;

/// How long an endpoint may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// For so long what was taken is nobody else's; longer than any attempt takes.
const LEASE_SECONDS: i64 = 30;

/// How many deliveries are under way at once.
const AT_ONCE: u32 = 32;

/// How often to look for what others put into the file, and for what has become due.
const PAUSE: Duration = Duration::from_millis(250);

/// How often to remove idempotency keys that are forgotten.
const CLEANING: Duration = Duration::from_secs(60);

/// How long to wait after the data could not be used.
const BREATH: Duration = Duration::from_secs(1);

/// What the worker works with.
pub(in crate::sandbox) struct Desk {
    /// Where what waits is kept.
    pub(in crate::sandbox) database: Arc<Database>,
    /// Whose events are delivered.
    pub(in crate::sandbox) account: String,
    /// Signs what is forwarded.
    pub(in crate::sandbox) forward: SecretString,
    /// Told when there is something to deliver.
    pub(in crate::sandbox) waiting: Arc<Notify>,
    /// What time it is.
    pub(in crate::sandbox) look: Box<dyn Fn() -> Moment + Send + Sync>,
}

/// A time, in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) struct Moment {
    /// By the sandbox's clock: what is due, and what is signed.
    pub(in crate::sandbox) sandbox: i64,
    /// By the system's, which nobody moves: how long a lease lasts.
    pub(in crate::sandbox) system: i64,
}

/// Delivers for as long as it is polled.
pub(in crate::sandbox) async fn deliver(desk: Arc<Desk>) {
    let mut client = None;
    let mut under_way = JoinSet::new();
    let mut cleaned = Instant::now();
    loop {
        if cleaned.elapsed() > CLEANING {
            clean(&desk.database, (desk.look)().sandbox).await;
            cleaned = Instant::now();
        }
        let free = AT_ONCE.saturating_sub(u32::try_from(under_way.len()).unwrap_or(AT_ONCE));
        let taken = if free > 0 { take(&desk, free).await } else { Vec::new() };
        for parcel in taken {
            let client = client.get_or_insert_with(new_client).clone();
            under_way.spawn(carry(Arc::clone(&desk), client, parcel));
        }
        tokio::select! {
            Some(_) = under_way.join_next() => {}
            () = desk.waiting.notified() => {}
            () = sleep(PAUSE) => {}
        }
    }
}

async fn take(desk: &Desk, most: u32) -> Vec<Parcel> {
    let Moment { sandbox: now, system } = (desk.look)();
    let account = desk.account.clone();
    let is_due = {
        let account = account.clone();
        move |connection: &_| queue::is_due(connection, &account, now, system)
    };
    match desk.database.read(is_due).await {
        Ok(true) => {}
        Ok(false) => return Vec::new(),
        Err(_) => {
            sleep(BREATH).await;
            return Vec::new();
        }
    }
    let forward = SigningSecret::new(desk.forward.expose_secret());
    let round = Round { account, forward, now, system, lease: system + LEASE_SECONDS, most };
    let taken = desk.database.write(None, move |connection| Ok(queue::take(connection, &round))).await;
    if let Ok(Ok(parcels)) = taken {
        return parcels;
    }
    sleep(BREATH).await;
    Vec::new()
}

/// Gives the HTTP clients of this room their cryptography.
pub(in crate::sandbox) fn install_cryptography() {
    // Fails only when there is one already, and then it is this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Redirects are failures, as for Stripe; loopback is never reached through a proxy.
fn new_client() -> Result<reqwest::Client, String> {
    install_cryptography();
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .http1_only()
        .no_proxy()
        .timeout(PATIENCE);
    builder.build().map_err(|error| format!("no client can be made: {error}"))
}

async fn carry(desk: Arc<Desk>, client: Result<reqwest::Client, String>, parcel: Parcel) {
    let (at, begun) = ((desk.look)().sandbox, Instant::now());
    let result = match client {
        Ok(client) => post(&client, &parcel, at).await,
        Err(error) => Err(error),
    };
    let elapsed_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    let (attempt, account) = (Attempt { at, elapsed_ms, result }, desk.account.clone());
    // Where this fails the lease runs out, and the delivery is made again: duplicates happen.
    let record = move |connection: &_| queue::record(connection, &account, &parcel, &attempt);
    let _ = desk.database.write(None, record).await;
}

/// One attempt, with the headers that Stripe sends.
async fn post(client: &reqwest::Client, parcel: &Parcel, at: i64) -> Result<u16, String> {
    let keys: Vec<SigningKey> = parcel.secrets.iter().filter_map(SigningKey::stripe).collect();
    let request = client
        .post(&parcel.endpoint.url)
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .header(USER_AGENT, "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header(CACHE_CONTROL, "no-cache")
        .header(ACCEPT, "*/*; q=0.5, application/xml")
        .header(HeaderName::from_static("stripe-signature"), sign(&parcel.body, at, &keys))
        .body(parcel.body.clone());
    match request.send().await {
        Ok(response) => Ok(response.status().as_u16()),
        Err(error) if error.is_timeout() => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        Err(error) => Err(innermost(&error)),
    }
}

/// The cause at the bottom, which names no URL twice.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
