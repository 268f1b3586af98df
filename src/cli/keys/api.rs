//! What rotations ask of the API, over the way that requests take.

use std::cell::OnceCell;

use serde::Deserialize;
use tokio::runtime::Runtime;

use crate::cli::api_version::V2_VERSION;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::runtime::runtime;
use crate::cli::sending::{admit, gate};
use crate::cli::target::Route;
use crate::journal::{Family, Intent, Method};
use crate::keys::{Api, ApiFailure, ApiKey, Made, Moment, Probe};
use crate::profile::Profile;
use crate::request::{Answer, Reply, Transport, Unsent};

/// The API of a profile, connected to when it is first asked.
pub(super) struct HttpApi<'a> {
    context: &'a Context,
    profile: &'a Profile,
    route: Route,
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
        let route = Route::of(context, profile)?;
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
    ) -> Reply {
        let (runtime, transport) = match self.way.get_or_init(|| self.open()) {
            Ok(way) => way,
            Err(failure) => return Reply::NotSent(Unsent::Unreachable(failure.message.clone())),
        };
        let family = if path.starts_with("/v2/") { Family::V2 } else { Family::V1 };
        let intent = Intent {
            mode: self.profile.mode,
            profile: self.profile.name.to_string(),
            account: None,
            credential: None,
            stripe_account: None,
            stripe_context: None,
            base_url: self.route.name().to_owned(),
            family,
            method,
            path: path.to_owned(),
            api_version: (family == Family::V2).then(|| V2_VERSION.to_owned()),
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        };
        self.context.printer.trace(&format!("> {method} {}{path} as {key}", self.route.name()));
        let reply = runtime.block_on(async {
            match admit(&gate(transport, self.profile)?, key, &intent).await {
                Ok(key) => Ok(transport.attempt(&intent, idempotency_key, &key).await),
                Err(failure) => Err(failure),
            }
        });
        let reply = match reply {
            Ok(reply) => reply,
            Err(failure) => return Reply::NotSent(Unsent::Unreachable(failure.message)),
        };
        if let Reply::Answer(answer) = &reply {
            self.context.printer.trace(&format!("< {}", answer.status));
        }
        reply
    }

    fn object<T: for<'de> Deserialize<'de>>(reply: Reply) -> Result<T, ApiFailure> {
        let answer = match reply {
            Reply::Answer(answer) => answer,
            Reply::NotSent(why) => return Err(ApiFailure::Unknown(why.to_string())),
            Reply::Lost(why) => return Err(ApiFailure::Unknown(why)),
        };
        match answer.status {
            200..=299 => serde_json::from_slice(&answer.body)
                .map_err(|_| ApiFailure::Unknown(format!("{} with a body of another form", answer.status))),
            409 | 429 | 500.. => Err(ApiFailure::Unknown(words(&answer))),
            _ => Err(ApiFailure::Refused(words(&answer))),
        }
    }
}

/// An error in words: the status, and what the API says of it.
fn words(answer: &Answer) -> String {
    #[derive(Deserialize)]
    struct Body {
        error: Told,
    }
    #[derive(Deserialize)]
    struct Told {
        message: Option<String>,
    }
    let told = serde_json::from_slice::<Body>(&answer.body).ok().and_then(|body| body.error.message);
    match told {
        Some(message) => format!("{} {message}", answer.status),
        None => answer.status.to_string(),
    }
}

impl Api for HttpApi<'_> {
    fn probe(&self, key: &ApiKey) -> Probe {
        #[derive(Deserialize)]
        struct Account {
            id: String,
        }
        let answer = match self.send(Method::Get, "/v1/account", "", None, key) {
            Reply::Answer(answer) => answer,
            Reply::NotSent(why) => return Probe::Unknown { why: why.to_string(), is_unsent: true },
            Reply::Lost(why) => return Probe::Unknown { why, is_unsent: false },
        };
        match answer.status {
            200 => match serde_json::from_slice::<Account>(&answer.body) {
                Ok(account) => Probe::Alive { account: Some(account.id) },
                Err(_) => Probe::Unknown { why: "200 that is no account".into(), is_unsent: false },
            },
            // A restricted key need not be allowed to see the account.
            403 => Probe::Alive { account: None },
            401 => Probe::Refused,
            _ => Probe::Unknown { why: words(&answer), is_unsent: false },
        }
    }

    fn find(&self, with: &ApiKey, wanted: &ApiKey) -> Result<Option<String>, ApiFailure> {
        let mut path = "/v2/iam/api_keys?limit=100".to_owned();
        // A list that never ends is not followed for ever.
        for _ in 0..50 {
            let list: KeyList = Self::object(self.send(Method::Get, &path, "", None, with))?;
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
        let made: KeyObject =
            Self::object(self.send(Method::Post, &path, &body, Some(idempotency_key), with))?;
        let token = made.secret_key.and_then(|secret| secret.token);
        let token = token.map(secrecy::SecretString::from);
        let no_key = || ApiFailure::Unknown("the answer does not hold the new key in clear".into());
        let token = token.ok_or_else(no_key)?;
        let key = ApiKey::parse(secrecy::ExposeSecret::expose_secret(&token)).map_err(|_| no_key())?;
        Ok(Made { id: made.id, key })
    }

    fn expire(&self, with: &ApiKey, id: &str) -> Result<Option<Moment>, ApiFailure> {
        let path = format!("/v2/iam/api_keys/{}/expire", percent(id));
        let idempotency_key = uuid::Uuid::new_v4().to_string();
        let ended: KeyObject =
            Self::object(self.send(Method::Post, &path, "{}", Some(&idempotency_key), with))?;
        let at = ended.expires_at.and_then(|at| at.parse::<jiff::Timestamp>().ok());
        Ok(at.map(|at| Moment(at.as_second())))
    }
}

fn percent(id: &str) -> String {
    percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%5F", "_")
}
