//! Events for a home's store, and targets that count what they are sent.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::env::Home;
use super::server::{Received, Server};

/// An event in Stripe's form, about the object of this name.
pub(crate) fn event(number: usize, kind: &str, object: &str) -> Value {
    json!({
        "id": format!("evt_replay{number:06}"), "object": "event", "api_version": "2026-10-28.endive",
        "created": 1_760_000_000 + number, "data": { "object": { "id": object, "object": "thing", "number": number } },
        "livemode": false, "pending_webhooks": 1, "request": { "id": null, "idempotency_key": null }, "type": kind,
    })
}

/// So many events of three types about seven objects, one a line.
pub(crate) fn lines(count: usize) -> String {
    let kinds = ["invoice.paid", "invoice.created", "charge.succeeded"];
    let line = |number: usize| event(number, kinds[number % 3], &format!("obj_{}", number % 7)).to_string();
    (0..count).map(line).collect::<Vec<_>>().join("\n") + "\n"
}

/// The ids of the events that a server was sent, in order, those that came twice included.
pub(crate) fn ids(server: &Server) -> Vec<String> {
    server.requests().iter().map(id).collect()
}

/// The id of a delivery's event.
pub(crate) fn id(request: &Received) -> String {
    let event: Value = serde_json::from_slice(&request.body).expect("an event");
    event["id"].as_str().expect("an id").to_owned()
}

/// How often each event came.
pub(crate) fn counts(server: &Server) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for id in ids(server) {
        *counts.entry(id).or_insert(0) += 1;
    }
    counts
}

/// A file of events in a home.
pub(crate) fn file(home: &Home, count: usize) -> String {
    home.file("events.ndjson", lines(count))
}
