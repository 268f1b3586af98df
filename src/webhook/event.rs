//! What is read out of an event's bytes without writing them again. Pure.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;

/// The longest id that is taken, in bytes; Stripe's have about 30.
const MAX_ID: usize = 255;

/// The id of an event, `evt_…`: 1 to 255 bytes without white space or control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(String);

impl EventId {
    /// Reads an id.
    ///
    /// # Errors
    /// When it is empty, too long, or has white space or control characters in it.
    pub fn parse(text: &str) -> Result<Self, EventError> {
        let is_plain = text.chars().all(|c| !c.is_control() && !c.is_whitespace());
        let is_good = !text.is_empty() && text.len() <= MAX_ID && is_plain;
        if is_good { Ok(Self(text.to_owned())) } else { Err(EventError::Id(text.chars().take(40).collect())) }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why bytes are not an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The bytes are no JSON object.
    #[error("not an event: {0}")]
    NotJson(String),
    /// The field `object` is neither `event` nor `v2.core.event`.
    #[error("not an event: its \"object\" is {0:?}, and an event's is \"event\" or \"v2.core.event\"")]
    OtherObject(String),
    /// An id that cannot be one.
    #[error("not an event: its \"id\" is {0:?}")]
    Id(String),
    /// There is no type.
    #[error("not an event: it has no \"type\"")]
    NoType,
}

/// What an event says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFacts {
    /// Its id.
    pub id: EventId,
    /// Its type, as in `charge.succeeded`.
    pub kind: String,
    /// When it happened, in Unix milliseconds, where it says so in a form that is known.
    pub created: Option<i64>,
    /// Whether it is of live mode.
    pub livemode: Option<bool>,
    /// The connected account that it is of (`account`; `context` in v2).
    pub account: Option<String>,
    /// The object that it tells of: the `id` in `data.object`, or in `related_object` in v2.
    pub object: Option<String>,
    /// Whether it is a thin event of v2, which has no `data.object`.
    pub is_thin: bool,
}

impl EventFacts {
    /// Reads an event's bytes. Fields that are not needed may hold anything.
    ///
    /// # Errors
    /// When the bytes are not a JSON object with an event's `object`, `id` and `type`.
    pub fn read(bytes: &[u8]) -> Result<Self, EventError> {
        let written: Written<'_> =
            serde_json::from_slice(bytes).map_err(|error| EventError::NotJson(error.to_string()))?;
        let is_thin = match written.object.as_deref() {
            Some("event") => false,
            Some("v2.core.event") => true,
            other => {
                return Err(EventError::OtherObject(other.unwrap_or_default().chars().take(40).collect()));
            }
        };
        let id = EventId::parse(written.id.as_deref().unwrap_or_default())?;
        let kind = written.kind.filter(|kind| !kind.is_empty()).ok_or(EventError::NoType)?.into_owned();
        let about = written.data.and_then(|data| data.object).or(written.related_object);
        let object = about.and_then(|object| object.id).map(Cow::into_owned);
        let account = written.account.or(written.context).map(Cow::into_owned);
        let created = written.created.and_then(|created| created.milliseconds());
        Ok(Self { id, kind, created, livemode: written.livemode, account, object, is_thin })
    }
}

/// The fields that are looked at; the others may hold anything.
#[derive(Deserialize)]
struct Written<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    object: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    created: Option<Created<'a>>,
    #[serde(default)]
    livemode: Option<bool>,
    #[serde(borrow, default)]
    account: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    context: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    data: Option<Data<'a>>,
    #[serde(borrow, default)]
    related_object: Option<About<'a>>,
}

/// Unix seconds in v1, RFC 3339 in v2.
#[derive(Deserialize)]
#[serde(untagged)]
enum Created<'a> {
    Seconds(i64),
    #[serde(borrow)]
    Text(Cow<'a, str>),
}

impl Created<'_> {
    fn milliseconds(&self) -> Option<i64> {
        match self {
            Self::Seconds(seconds) => seconds.checked_mul(1000),
            Self::Text(text) => Some(text.parse::<Timestamp>().ok()?.as_millisecond()),
        }
    }
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, default)]
    object: Option<About<'a>>,
}

/// `invoice.upcoming` and `balance.available` are about objects without an id.
#[derive(Deserialize)]
struct About<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_an_event_says_of_itself_is_read_from_its_bytes() {
        let text = r#"{"id":"evt_1","object":"event","account":"acct_1","created":1760000000,"type":"charge.succeeded",
            "livemode":false,"data":{"object":{"id":"ch_1","amount":90071992547409931}},"pending_webhooks":1e3}"#;
        let facts = EventFacts::read(text.as_bytes()).expect("an event");
        assert_eq!((facts.id.as_str(), facts.kind.as_str()), ("evt_1", "charge.succeeded"));
        assert_eq!((facts.created, facts.livemode), (Some(1_760_000_000_000), Some(false)));
        assert_eq!((facts.account.as_deref(), facts.object.as_deref()), (Some("acct_1"), Some("ch_1")));
        assert!(!facts.is_thin);
    }

    #[test]
    fn thin_events_name_their_object_beside_the_data() {
        let text = r#"{"id":"evt_test_1","object":"v2.core.event","type":"v1.billing.meter.no_meter_found",
            "created":"2026-01-01T00:00:00.250Z","context":"acct_2","related_object":{"id":"mtr_1","type":"billing.meter"}}"#;
        let facts = EventFacts::read(text.as_bytes()).expect("an event");
        assert_eq!((facts.created, facts.object.as_deref()), (Some(1_767_225_600_250), Some("mtr_1")));
        assert_eq!((facts.account.as_deref(), facts.livemode, facts.is_thin), (Some("acct_2"), None, true));
    }

    #[test]
    fn an_object_without_an_id_and_no_time_are_fine() {
        let text = r#"{"id":"evt_1","object":"event","type":"invoice.upcoming","data":{"object":{}},"created":null}"#;
        let facts = EventFacts::read(text.as_bytes()).expect("an event");
        assert_eq!((facts.created, facts.object), (None, None));
    }

    #[test]
    fn what_is_no_event_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", "not an event: EOF"),
            ("[1]", "not an event: invalid"),
            ("{\"id\":\"evt_1\",\"object\":\"charge\",\"type\":\"a\"}", "\"charge\""),
            ("{\"id\":\"\",\"object\":\"event\",\"type\":\"a\"}", "its \"id\" is \"\""),
            ("{\"id\":\"evt 1\",\"object\":\"event\",\"type\":\"a\"}", "\"evt 1\""),
            ("{\"id\":\"evt_1\",\"object\":\"event\"}", "no \"type\""),
            ("{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"\"}", "no \"type\""),
        ] {
            let error = EventFacts::read(text.as_bytes()).expect_err(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = EventFacts::read(&bytes);
        }
    }
}
