//! Makes the deliveries of the battery from a secret, a time and a seed: the same ones for the same three.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::keys::SigningSecret;
use crate::webhook::explain::json::{Escapes, Node, Order, Spacing, Style};
use crate::webhook::signature::sign;
use crate::webhook::signing_key::SigningKey;

/// The `Content-Type` of Stripe's deliveries.
const CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// Larger than any body of the battery.
const LIMIT: usize = 1 << 21;

/// A delivery of the battery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestDelivery {
    /// The value of `Stripe-Signature`; nothing where the header is left out.
    pub signature: Option<String>,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// Headers that Stripe does not send.
    pub extra: Vec<(&'static str, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl TestDelivery {
    /// A delivery with this signature header.
    pub(super) fn new(body: impl Into<Vec<u8>>, signature: impl Into<String>) -> Self {
        let (signature, extra) = (Some(signature.into()), Vec::new());
        Self { signature, content_type: CONTENT_TYPE, extra, body: body.into() }
    }

    /// The same without a signature header.
    pub(super) fn unsigned(self) -> Self {
        Self { signature: None, ..self }
    }
}

/// What deliveries are made from. It has no `Debug`: it holds the endpoint's secret.
pub struct Forge {
    secret: SigningSecret,
    key: SigningKey,
    pub(super) now: i64,
    seed: u64,
    check: &'static str,
}

impl Forge {
    /// A forge at a time in Unix seconds. Nothing for a blank secret, which no endpoint may accept.
    #[must_use]
    pub fn new(secret: &SigningSecret, now: i64, seed: u64) -> Option<Self> {
        let key = SigningKey::stripe(secret)?;
        Some(Self { secret: secret.clone(), key, now, seed, check: "" })
    }

    /// The same forge for a check: its name is in the ids of the events.
    pub(super) fn named(&self, check: &'static str) -> Self {
        let (secret, key) = (self.secret.clone(), self.key.clone());
        Self { secret, key, now: self.now, seed: self.seed, check }
    }

    /// An event as Stripe writes it. `extra` is JSON that stands in a member no handler knows.
    ///
    /// It is a `balance.available`: few handlers act on it, and it refers to no object that they could look up.
    pub(super) fn event_with(&self, kind: &str, created: i64, extra: &str) -> String {
        let (seed, check) = (self.seed, self.check);
        format!(
            r#"{{
  "id": "evt_paycli_test_{seed:016x}_{check}",
  "object": "event",
  "api_version": "2026-10-28.endive",
  "created": {created},
  "data": {{
    "object": {{
      "object": "balance",
      "available": [
        {{
          "amount": 4200,
          "currency": "usd",
          "source_types": {{
            "card": 4200
          }}
        }}
      ],
      "livemode": false,
      "paycli_test": {extra},
      "pending": [
        {{
          "amount": 0,
          "currency": "usd",
          "source_types": {{
            "card": 0
          }}
        }}
      ]
    }}
  }},
  "livemode": false,
  "pending_webhooks": 1,
  "request": {{
    "id": null,
    "idempotency_key": null
  }},
  "type": "{kind}"
}}"#
        )
    }

    /// An event in Stripe's form.
    pub(super) fn pretty(&self) -> String {
        self.event_with("balance.available", self.now, "true")
    }

    /// An event with JSON of its own in a member that no handler knows.
    pub(super) fn with_extra(&self, extra: &str) -> String {
        self.event_with("balance.available", self.now, extra)
    }

    /// An event padded to so many bytes.
    pub(super) fn of_size(&self, bytes: usize) -> String {
        let padding = bytes.saturating_sub(self.with_extra("\"\"").len());
        self.with_extra(&format!("\"{}\"", "x".repeat(padding)))
    }

    /// A delivery signed now with the endpoint's secret.
    pub(super) fn signed(&self, body: impl Into<Vec<u8>>) -> TestDelivery {
        self.signed_at(body, self.now)
    }

    /// A delivery signed at a time in Unix seconds with the endpoint's secret.
    pub(super) fn signed_at(&self, body: impl Into<Vec<u8>>, timestamp: i64) -> TestDelivery {
        let body = body.into();
        let header = sign(&body, timestamp, std::slice::from_ref(&self.key));
        TestDelivery::new(body, header)
    }

    /// A delivery signed now with another secret. Nothing where it is the endpoint's own.
    pub(super) fn signed_with(&self, secret: &str) -> Option<TestDelivery> {
        if secret == self.secret.expose() {
            return None;
        }
        let body = self.pretty().into_bytes();
        let header = sign(&body, self.now, &[SigningKey::from_bytes(secret.as_bytes())]);
        Some(TestDelivery::new(body, header))
    }

    /// Deliveries signed with secrets that anybody may guess, the endpoint's own left out.
    pub(super) fn signed_with_each(&self, secrets: &[&str]) -> Vec<TestDelivery> {
        secrets.iter().filter_map(|secret| self.signed_with(secret)).collect()
    }

    /// A secret that is not the endpoint's, the same for the same seed.
    pub(super) fn wrong_secret(&self) -> String {
        format!("whsec_{}", hex::encode(self.key.digest(&[b"another secret", &self.seed.to_be_bytes()])))
    }

    /// The signature of parts, one after the other, under the endpoint's secret.
    pub(super) fn hmac(&self, parts: &[&str]) -> String {
        let parts: Vec<_> = parts.iter().map(|part| part.as_bytes()).collect();
        hex::encode(self.key.digest(&parts))
    }

    /// The signature that a body should have now.
    pub(super) fn signature(&self, body: &str) -> String {
        self.hmac(&[&self.now.to_string(), ".", body])
    }

    /// The same made with SHA-1.
    pub(super) fn sha1_signature(&self, body: &str) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(self.secret.expose().as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(format!("{}.{body}", self.now).as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }

    /// The endpoint's secret, for the keys that may be made of it by mistake.
    pub(super) fn secret(&self) -> &str {
        self.secret.expose()
    }
}

/// A JSON text with other white space, its numbers, texts and order as they were.
pub(super) fn respaced(text: &str, spacing: Spacing) -> String {
    let style = Style { spacing, escapes: Escapes::Raw, order: Order::AsIs };
    Node::read(text).and_then(|node| node.write(style, LIMIT)).expect("the battery's own text is JSON")
}
