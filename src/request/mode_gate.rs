//! The gate before every request: an API key goes out only where it is known to be of the profile's mode.
//!
//! Most keys tell their mode. One that does not counts as live: in a test profile it is let through only
//! after the API has said `livemode: false` for it.

use serde::Deserialize;

use crate::journal::{Family, Intent, Method};
use crate::keys::{ApiKey, KnownTestKeys};
use crate::profile::Mode;

use super::admitted_key::AdmittedKey;
use super::http::Transport;
use super::reply::{Answer, Reply, Unsent};

/// What is asked to learn the mode of a key: every kind of secret key may read it, and it moves nothing.
const QUESTION: &str = "/v1/balance";

/// Why a key is not let through.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    /// The mode that is written in the key is not the profile's.
    #[error("the key {key} is a {of_key} key, and this is a profile of the other mode")]
    OtherMode {
        /// The redacted key.
        key: String,
        /// The key's mode.
        of_key: Mode,
    },
    /// The API says that it is a live key.
    #[error("the key {key} does not tell its mode, and the API says that it is a live key")]
    Live {
        /// The redacted key.
        key: String,
    },
    /// The API could not be reached.
    #[error("the key {key} does not tell its mode, and the API could not be asked for it: {why}")]
    NotAsked {
        /// The redacted key.
        key: String,
        /// Why not.
        why: Unsent,
    },
    /// The API does not know the key (401).
    #[error("the API refused the key {key} (401)")]
    Refused {
        /// The redacted key.
        key: String,
    },
    /// The API answered something else.
    #[error("the key {key} does not tell its mode, and the API did not tell it either ({why})")]
    Untold {
        /// The redacted key.
        key: String,
        /// What came instead of an answer.
        why: String,
    },
}

/// The gate of one profile on its way to one API.
#[derive(Debug)]
pub struct ModeGate<'a> {
    /// The way on which a key is asked for its mode.
    pub transport: &'a Transport,
    /// The profile's mode. Whether live mode may act at all was decided before.
    pub mode: Mode,
    /// What the API has said before.
    pub known: KnownTestKeys,
}

impl ModeGate<'_> {
    /// Lets a key through for a request. An organisation's key acts for one account in each
    /// `Stripe-Context`, so it is asked for in the request's own.
    ///
    /// # Errors
    /// When the key is not known to be of the gate's mode. The request must not be sent then.
    pub async fn admit(&self, key: &ApiKey, request: &Intent) -> Result<AdmittedKey, GateError> {
        match key.mode() {
            Some(of_key) if of_key == self.mode => return Ok(AdmittedKey::let_through(key)),
            Some(of_key) => return Err(GateError::OtherMode { key: key.redacted(), of_key }),
            None if self.mode.is_live() => return Ok(AdmittedKey::let_through(key)),
            None => {}
        }
        let asked = [self.transport.base().as_str(), request.stripe_context.as_deref().unwrap_or_default()];
        if !self.known.holds(key, &asked) {
            self.ask(key, request).await?;
            // Where it cannot be kept, the API is asked again the next time.
            let _ = self.known.remember(key, &asked);
        }
        Ok(AdmittedKey::let_through(key))
    }

    async fn ask(&self, key: &ApiKey, request: &Intent) -> Result<(), GateError> {
        let question = Intent {
            family: Family::V1,
            method: Method::Get,
            path: QUESTION.to_owned(),
            stripe_account: None,
            headers: Vec::new(),
            body: Vec::new(),
            ..request.clone()
        };
        let key_text = key.redacted();
        let why = match self.transport.send(&question, None, key).await {
            Reply::NotSent(why) => return Err(GateError::NotAsked { key: key_text, why }),
            Reply::Lost(why) => why,
            Reply::Answer(answer) => match livemode_of_balance(&answer) {
                Some(false) => return Ok(()),
                Some(true) => return Err(GateError::Live { key: key_text }),
                None if answer.status == 401 && answer.api_error().is_some() => {
                    return Err(GateError::Refused { key: key_text });
                }
                None => format!("GET {QUESTION}: {}", answer.status),
            },
        };
        Err(GateError::Untold { key: key_text, why })
    }
}

/// The `livemode` of a balance, where the answer is one.
fn livemode_of_balance(answer: &Answer) -> Option<bool> {
    #[derive(Deserialize)]
    struct Balance {
        object: String,
        livemode: bool,
    }
    let balance: Balance = serde_json::from_slice(&answer.body).ok()?;
    (answer.status == 200 && balance.object == "balance").then_some(balance.livemode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_balance_tells_the_mode() {
        let livemode = |status, body: &str| {
            livemode_of_balance(&Answer { status, body: body.into(), ..Answer::default() })
        };
        assert_eq!(livemode(200, r#"{"object": "balance", "livemode": false}"#), Some(false));
        assert_eq!(livemode(200, r#"{"object": "balance", "livemode": true}"#), Some(true));
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"livemode": false}"#,
            r#"{"object": "balance"}"#,
            r#"{"object": "balance", "livemode": null}"#,
            r#"{"object": "balance", "livemode": "false"}"#,
            r#"{"object": "list", "data": [{"object": "balance", "livemode": false}], "livemode": false}"#,
        ] {
            assert_eq!(livemode(200, body), None, "{body}");
        }
        assert_eq!(livemode(403, r#"{"object": "balance", "livemode": false}"#), None);
    }
}
