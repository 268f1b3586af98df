//! The sandbox's operations called from this process: no socket, no key, no file, nothing remembered.

use std::sync::Arc;

use rusqlite::Connection;
use serde_json::Value;

use super::execute::{Order, Task, perform};
use super::reply::Reply;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::form::decode;
use crate::sandbox::resources::{kinds, route};
use crate::sandbox::state::db::{self, Storage};
use crate::sandbox::state::error::SandboxError;
use crate::sandbox::state::ids::Ids;
use crate::sandbox::state::writer::step;

/// A sandbox in memory, for its shapes: what the API answers and which events it makes. It ends with this
/// value.
pub struct InProcess {
    connection: Connection,
    account: String,
    ids: Arc<Ids>,
    now: i64,
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InProcess").field("now", &self.now).finish_non_exhaustive()
    }
}

/// An answer that is not 2xx, in the API's words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

impl InProcess {
    /// An empty one whose clock stands at `now`, in Unix seconds.
    ///
    /// # Errors
    /// When the system gives no random numbers, or SQLite no memory.
    pub fn open(now: i64) -> Result<Self, SandboxError> {
        let connection = db::open(&Storage::Memory, &kinds())?.writer;
        let ids = Ids::random()?;
        let account = ids.object("acct", 16);
        Ok(Self { connection, account, ids: Arc::new(ids), now })
    }

    /// Does one request of v1. `params` is form-encoded. A declined payment is an answer too: its events are
    /// there.
    ///
    /// # Errors
    /// When the answer is not 2xx or 402, or the data fails.
    pub fn call(&self, method: &str, path: &str, params: &str) -> Result<Value, Refused> {
        let refused = |error: ApiError| Refused(error.to_json()["error"]["message"].to_string());
        let order = Order {
            account: self.account.clone(),
            request_id: self.ids.request(),
            now: self.now,
            task: Task::V1(route(method, path).map_err(refused)?),
            params: decode(params).map_err(refused)?,
            key: None,
            fault: None,
            ids: Arc::clone(&self.ids),
        };
        let Reply { status, body, .. } = self.perform(order).map_err(|error| Refused(error.to_string()))?;
        let answer: Value = serde_json::from_slice(&body).map_err(|error| Refused(error.to_string()))?;
        match status {
            200..=299 | 402 => Ok(answer),
            _ => Err(Refused(answer["error"]["message"].to_string())),
        }
    }

    /// Random letters and digits, for what is to look like an id of the API.
    #[must_use]
    pub fn letters(&self, length: usize) -> String {
        self.ids.alphanumeric(length)
    }

    fn perform(&self, order: Order) -> rusqlite::Result<Reply> {
        step(&self.connection, "BEGIN")?;
        let reply = perform(&self.connection, order);
        step(&self.connection, if reply.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        reply
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_done_and_their_events_are_there() {
        let sandbox = InProcess::open(1_760_000_000).expect("a sandbox");
        let customer = sandbox.call("POST", "/v1/customers", "name=Jenny+Rosen").expect("a customer");
        assert_eq!((&customer["name"], &customer["created"]), (&"Jenny Rosen".into(), &1_760_000_000.into()));
        let events = sandbox.call("GET", "/v1/events", "type=customer.created").expect("events");
        assert_eq!(events["data"][0]["data"]["object"]["id"], customer["id"]);
        let declined = sandbox.call(
            "POST",
            "/v1/payment_intents",
            "amount=2000&currency=usd&confirm=true&payment_method=pm_card_chargeDeclined&return_url=https://example.com",
        );
        assert_eq!(declined.expect("an answer")["error"]["code"], "card_declined");
        let missing = sandbox.call("GET", "/v1/customers/cus_none", "").expect_err("none").to_string();
        assert!(missing.contains("cus_none"), "{missing}");
    }
}
