//! What rotations ask of the API, over the way that requests take.

use std::cell::OnceCell;

use serde::Deserialize;
use tokio::runtime::Runtime;

use crate::cli::api_version::V2_VERSION;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::runtime::runtime;
use crate::cli::sending::{admit, gate};
use crate::cli::target::Destination;
use crate::exit::ExitCode;
use crate::journal::{Execution, Family, Intent, Method};
use crate::keys::{Api, ApiFailure, ApiKey, Made, Probe};
use crate::profile::Profile;
use crate::request::{Reply, Situation, Transport, read};
use crate::time::UnixMillis;

/// The API of a profile, connected to when it is first asked.
pub(super) struct HttpApi<'a> {
    context: &'a Context,
    profile: &'a Profile,
    route: Destination,
    way: OnceCell<Result<(Runtime, Transport), Failure>>,
}

/// A key's object: Stripe's specification (preview), `v2.iam.api_key`.
#[derive(Deserialize)]
struct KeyObject {
    id: String,
    secret_key: Option<SecretPart>,
    expires_at: Option<String>,
}

#[derive(Deserialize)]
struct SecretPart {
    token: Option<String>,
}

#[derive(Deserialize)]
struct KeyList {
    data: Vec<KeyObject>,
    next_page_url: Option<String>,
}

impl<'a> HttpApi<'a> {
    /// The way to the profile's API. Nothing is opened yet.
    pub(super) fn of(context: &'a Context, profile: &'a Profile) -> Result<Self, Failure> {
        let route = Destination::of(context, profile)?;
        route.admit(profile)?;
        Ok(Self { context, profile, route, way: OnceCell::new() })
    }

    fn open(&self) -> Result<(Runtime, Transport), Failure> {
        let runtime = runtime()?;
        let base = runtime.block_on(self.route.open())?;
        let transport = Transport::new(&base, self.context.global.timeout)?;
        Ok((runtime, transport))
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        body: &str,
        idempotency_key: Option<&str>,
        key: &ApiKey,
    ) -> Result<Reply, ApiFailure> {
        let (runtime, transport) = self.way.get_or_init(|| self.open()).as_ref().map_err(unsent)?;
        let family = if path.starts_with("/v2/") { Family::V2 } else { Family::V1 };
        let intent = Intent {
            family,
            method,
            api_version: (family == Family::V2).then(|| V2_VERSION.to_owned()),
            body: body.as_bytes().to_vec(),
            ..Intent::get(self.profile, self.route.name(), path)
        };
        self.context.printer.trace(&format!("> {method} {}{path} as {key}", self.route.name()));
        let reply = runtime.block_on(async {
            match admit(&gate(transport, self.profile)?, key, &intent).await {
                Ok(key) => Ok(transport.attempt(&intent, idempotency_key, &key).await),
                Err(failure) => Err(failure),
            }
        });
        let reply = reply.map_err(|failure| unsent(&failure))?;
        if let Reply::Answer(answer) = &reply {
            self.context.printer.trace(&format!("< {}", answer.status));
        }
        Ok(reply)
    }

    /// Reads an object or a list.
    pub(super) fn read<T: for<'de> Deserialize<'de>>(&self, path: &str, key: &ApiKey) -> Result<T, Failure> {
        self.object(Method::Get, path, "", None, key).map_err(|ApiFailure { why, code, .. }| {
            let what = format!("{path} cannot be read: {why}");
            match code {
                ExitCode::Configuration => Failure::configuration(what),
                ExitCode::Authentication => Failure::authentication(what).next("keys status"),
                _ => Failure::internal(what).hint("leave --online out to send nothing"),
            }
        })
    }

    /// Asks for an object, and reads the answer as that of any request.
    fn object<T: for<'de> Deserialize<'de>>(
        &self,
        method: Method,
        path: &str,
        body: &str,
        idempotency_key: Option<&str>,
        key: &ApiKey,
    ) -> Result<T, ApiFailure> {
        match self.send(method, path, body, idempotency_key, key)? {
            Reply::Answer(answer) if (200..300).contains(&answer.status) => {
                serde_json::from_slice(&answer.body).map_err(|_| unreadable(method, answer.status))
            }
            reply => Err(failure(method, &reply)),
        }
    }
}

/// Nothing was sent: the way to the API is closed, or the key did not pass the gate of modes.
fn unsent(failure: &Failure) -> ApiFailure {
    ApiFailure { why: failure.message.clone(), code: failure.code, may_be_done: false }
}

/// What an answer that is no success means, by the table that reads those of all requests.
fn failure(method: Method, reply: &Reply) -> ApiFailure {
    let is_write = method.is_write();
    let reading = read(reply, Situation { is_write, maybe: false });
    // A read is never unknown: nothing was to be executed.
    let code = match reading.outcome.exit_code() {
        ExitCode::Unknown if !is_write => ExitCode::ServerError,
        code => code,
    };
    let may_be_done = is_write && reading.execution == Execution::Maybe;
    let message = reading.error.and_then(|error| error.message);
    let why = message.map_or(reading.detail.clone(), |message| format!("{} {message}", reading.detail));
    ApiFailure { why, code, may_be_done }
}

/// A success whose body does not hold what was asked for.
fn unreadable(method: Method, status: u16) -> ApiFailure {
    let code = if method.is_write() { ExitCode::Unknown } else { ExitCode::ServerError };
    let why = format!("{status} with a body that cannot be read");
    ApiFailure { why, code, may_be_done: method.is_write() }
}

/// The account that Stripe names where it refuses a restricted key: `… on account 'acct_…'`.
fn named_account(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("account 'acct_")?;
    let (id, _) = rest.split_once('\'')?;
    Some(format!("acct_{id}"))
}

impl Api for HttpApi<'_> {
    fn probe(&self, key: &ApiKey) -> Probe {
        #[derive(Deserialize)]
        struct Account {
            id: String,
        }
        let reply = match self.send(Method::Get, "/v1/account", "", None, key) {
            Ok(reply) => reply,
            Err(unsent) if unsent.code == ExitCode::Authentication => return Probe::Refused,
            Err(unsent) => return Probe::Unknown(unsent),
        };
        let Reply::Answer(answer) = &reply else { return Probe::Unknown(failure(Method::Get, &reply)) };
        match answer.status {
            200 => match serde_json::from_slice::<Account>(&answer.body) {
                Ok(account) => Probe::Alive { account: Some(account.id) },
                Err(_) => Probe::Unknown(unreadable(Method::Get, 200)),
            },
            // A restricted key need not be allowed to see the account.
            403 => {
                let why = failure(Method::Get, &reply).why;
                Probe::Alive { account: named_account(&why) }
            }
            401 => Probe::Refused,
            _ => Probe::Unknown(failure(Method::Get, &reply)),
        }
    }

    fn find(&self, with: &ApiKey, wanted: &ApiKey) -> Result<Option<String>, ApiFailure> {
        let mut path = "/v2/iam/api_keys?limit=100".to_owned();
        // A list that never ends is not followed for ever.
        for _ in 0..50 {
            let list: KeyList = self.object(Method::Get, &path, "", None, with)?;
            let is_wanted = |object: &&KeyObject| {
                let token = object.secret_key.as_ref().and_then(|secret| secret.token.as_deref());
                token == Some(wanted.expose())
            };
            if let Some(found) = list.data.iter().find(is_wanted) {
                return Ok(Some(found.id.clone()));
            }
            let Some(next) = list.next_page_url else { break };
            path = next.find("/v2/").map(|at| next[at..].to_owned()).unwrap_or_default();
        }
        Ok(None)
    }

    fn rotate(
        &self,
        with: &ApiKey,
        id: &str,
        minutes: u64,
        idempotency_key: &str,
    ) -> Result<Made, ApiFailure> {
        let path = format!("/v2/iam/api_keys/{}/rotate", percent(id));
        let body = format!(r#"{{"expire_current_key_in_minutes":{minutes}}}"#);
        let made: KeyObject = self.object(Method::Post, &path, &body, Some(idempotency_key), with)?;
        let token = made.secret_key.and_then(|secret| secret.token);
        let token = token.map(secrecy::SecretString::from);
        let no_key = || unreadable(Method::Post, 200);
        let token = token.ok_or_else(no_key)?;
        let key = ApiKey::parse(secrecy::ExposeSecret::expose_secret(&token)).map_err(|_| no_key())?;
        Ok(Made { id: made.id, key })
    }

    fn expire(&self, with: &ApiKey, id: &str) -> Result<Option<UnixMillis>, ApiFailure> {
        let path = format!("/v2/iam/api_keys/{}/expire", percent(id));
        let idempotency_key = uuid::Uuid::new_v4().to_string();
        let expired: KeyObject = self.object(Method::Post, &path, "{}", Some(&idempotency_key), with)?;
        let at = expired.expires_at.and_then(|at| at.parse::<jiff::Timestamp>().ok());
        Ok(at.map(|at| UnixMillis(at.as_millisecond())))
    }
}

fn percent(id: &str) -> String {
    percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%5F", "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_in_a_refusal_is_read() {
        let said = "The provided key does not have the required permissions for this endpoint on account \
                    'acct_1abc'. Having more would help.";
        assert_eq!(named_account(said).as_deref(), Some("acct_1abc"));
        assert_eq!(named_account("on account acct_1abc"), None);
    }
}
