//! The API's events as evidence: what they say of an idempotency key.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::exit::Outcome;

/// What the events of a page say of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The id of the event.
    pub event: String,
    /// The type of the event.
    pub kind: String,
    /// What became of the request.
    pub outcome: Outcome,
    /// The status that its answer would have had.
    pub status: u16,
    /// The object of the event, as it was then.
    pub object: Vec<u8>,
    /// Whether the object is of the collection that the request was sent to.
    pub is_own: bool,
}

#[derive(Deserialize)]
struct Event<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    request: Option<EventRequest>,
    #[serde(borrow)]
    data: EventData<'a>,
}

#[derive(Deserialize)]
struct EventRequest {
    idempotency_key: Option<String>,
}

#[derive(Deserialize)]
struct EventData<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
}

#[derive(Deserialize)]
struct Object {
    object: Option<String>,
}

/// Reads an event; nothing where it is of another key.
#[must_use]
pub fn evidence(event: &str, key: &str, path: &str) -> Option<Evidence> {
    let event: Event<'_> = serde_json::from_str(event).ok()?;
    if event.request?.idempotency_key.as_deref() != Some(key) {
        return None;
    }
    // An event of a failed payment is the mark of a decline; the request itself was executed.
    let is_decline = event.kind.ends_with(".payment_failed") || event.kind == "charge.failed";
    let (outcome, status) = if is_decline { (Outcome::Declined, 402) } else { (Outcome::Succeeded, 200) };
    let kind = serde_json::from_str::<Object>(event.data.object.get()).ok().and_then(|object| object.object);
    let is_own = kind.is_some_and(|kind| path.contains(&format!("/{kind}s")));
    let object = event.data.object.get().as_bytes().to_vec();
    Some(Evidence { event: event.id, kind: event.kind, outcome, status, object, is_own })
}

/// Of several events of one key the one that says most: a decline before a success, since a payment that is
/// declined creates its object first; then the object of the request's own collection; then the latest, which
/// the API lists first.
#[must_use]
pub fn strongest(found: Vec<Evidence>) -> Option<Evidence> {
    let has_success = found.iter().any(|one| one.kind.ends_with(".succeeded"));
    let weight = |one: &Evidence| (one.outcome == Outcome::Declined && !has_success, one.is_own);
    found.into_iter().rev().max_by_key(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, object: &str, key: &str) -> String {
        format!(
            r#"{{"id":"evt_{kind}","type":"{kind}","request":{{"id":"req_1","idempotency_key":"{key}"}},"data":{{"object":{{"object":"{object}"}}}}}}"#
        )
    }

    fn found(kinds: &[(&str, &str)]) -> Option<Evidence> {
        let read = |(kind, object): &(&str, &str)| {
            evidence(&event(kind, object, "k"), "k", "/v1/payment_intents").expect("of the key")
        };
        strongest(kinds.iter().map(read).collect())
    }

    #[test]
    fn an_event_of_another_key_says_nothing() {
        assert_eq!(evidence(&event("a", "b", "other"), "k", "/v1/x"), None);
        assert_eq!(
            evidence(r#"{"id":"e","type":"a","request":null,"data":{"object":{}}}"#, "k", "/v1/x"),
            None
        );
        assert_eq!(evidence("<html>", "k", "/v1/x"), None);
    }

    #[test]
    fn the_object_of_the_request_is_taken_and_a_decline_is_one() {
        let paid = found(&[
            ("payment_intent.succeeded", "payment_intent"),
            ("charge.succeeded", "charge"),
            ("payment_intent.created", "payment_intent"),
        ])
        .expect("evidence");
        assert_eq!((&*paid.kind, paid.outcome), ("payment_intent.succeeded", Outcome::Succeeded));
        let declined = found(&[
            ("payment_intent.payment_failed", "payment_intent"),
            ("charge.failed", "charge"),
            ("payment_intent.created", "payment_intent"),
        ])
        .expect("evidence");
        assert_eq!((&*declined.kind, declined.status), ("payment_intent.payment_failed", 402));
        assert_eq!(found(&[]), None);
    }
}
