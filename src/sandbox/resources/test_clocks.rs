//! Test clocks: customers whose time passes when they are told, and by nothing else.

use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use super::common::{TEXT, TIME, retrieve};
use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::list;
use super::periods;
use super::subscriptions::SUBSCRIPTIONS;
use super::{Answer, Call, Events, Operation, Resource, Target, renewals, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, field, required};
use crate::sandbox::state::store::{Query, Store};

/// Its name in the field `object`.
pub(in crate::sandbox) const OBJECT: &str = "test_helpers.test_clock";

/// `/v1/test_helpers/test_clocks`.
pub(super) static TEST_CLOCKS: Resource = Resource {
    object: OBJECT,
    path: "test_helpers/test_clocks",
    id: ("clock", 24),
    shape: shapes::test_clocks::shape,
    events: Events {
        created: Some(event_types::TEST_HELPERS_TEST_CLOCK_CREATED),
        updated: None,
        deleted: Some(event_types::TEST_HELPERS_TEST_CLOCK_DELETED),
    },
    expandable: &[],
    operations: &[
        Operation::post(Target::Collection, &[CREATE], create),
        Operation::list(&[list::CURSORS]),
        Operation::get(Target::Item, &[], retrieve),
        Operation::delete(delete),
        Operation::post(Target::Action("advance"), &[ADVANCE], advance).when(&["ready"]),
    ],
};

const CREATE: &[Field] = &[required("frozen_time", TIME), field("name", TEXT)];
const ADVANCE: &[Field] = &[required("frozen_time", TIME)];

/// How long a clock is kept.
const KEPT: i64 = 30 * periods::DAY;

/// How far a clock without subscriptions can be advanced at once.
const FARTHEST: i64 = 2 * 366 * periods::DAY;

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut clock = call.new_object(&TEST_CLOCKS);
    call.overlay(&mut clock)?;
    clock.set("deletes_after", json!(call.now + KEPT));
    call.note(event_types::TEST_HELPERS_TEST_CLOCK_CREATED, &clock);
    call.insert(clock)
}

/// Sends a clock on its way. What happens until then happens before the next answer.
fn advance(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut clock = call.load()?;
    let (from, to) =
        (clock["frozen_time"].as_i64().unwrap_or_default(), call.number("frozen_time").unwrap_or_default());
    if to <= from {
        let message = format!("A test clock goes forward only: frozen_time has to be later than {from}.");
        return Err(ApiError::conflict(message).param("frozen_time"));
    }
    let farthest = farthest(call, from)?;
    if to > farthest {
        let message = format!(
            "A test clock is advanced by two intervals of its shortest subscription at most: frozen_time can be {farthest}."
        );
        return Err(ApiError::conflict(message).param("frozen_time"));
    }
    clock.set("status", json!("advancing"));
    clock.add("status_details", json!({"advancing": {"target_frozen_time": to}}));
    call.note(event_types::TEST_HELPERS_TEST_CLOCK_ADVANCING, &clock);
    call.save(clock)
}

fn farthest(call: &Call<'_>, from: i64) -> Result<i64, ApiError> {
    let mut farthest = from + FARTHEST;
    for customer in customers(&call.store, call.id)? {
        let id = customer["id"].as_str().unwrap_or_default();
        for subscription in list::all_with(&call.store, &SUBSCRIPTIONS, "customer", id)? {
            if renewals::renews(&subscription) {
                let recurring = &subscription["items"]["data"][0]["price"]["recurring"];
                let first = periods::end(from, recurring, from);
                farthest = farthest.min(periods::end(from, recurring, first));
            }
        }
    }
    Ok(farthest)
}

/// Takes a clock away, and its customers with what they are billed for.
fn delete(call: &Call<'_>) -> Result<Answer, ApiError> {
    for customer in customers(&call.store, call.id)? {
        let id = customer["id"].as_str().unwrap_or_default();
        for subscription in list::all_with(&call.store, &SUBSCRIPTIONS, "customer", id)? {
            call.store.delete(SUBSCRIPTIONS.object, subscription["id"].as_str().unwrap_or_default())?;
        }
        call.store.delete(CUSTOMERS.object, id)?;
    }
    super::common::delete(call)
}

fn customers(store: &Store<'_>, clock: &str) -> Result<Vec<Value>, ApiError> {
    list::all_with(store, &CUSTOMERS, "test_clock", clock)
}

/// A clock on its way is due at once: it stands before everything else, and carries its own customers along.
pub(in crate::sandbox) fn when(clock: &Value) -> Option<i64> {
    (clock["status"] == "advancing").then_some(0)
}

/// The id of a clock that is on its way, and where to.
pub(in crate::sandbox) fn advancing(clock: &Value) -> Option<(&str, i64)> {
    let target = clock["status_details"]["advancing"]["target_frozen_time"].as_i64()?;
    (clock["object"] == OBJECT && clock["status"] == "advancing").then_some((clock["id"].as_str()?, target))
}

/// A clock has arrived: nothing is due by it any more.
pub(in crate::sandbox) fn arrive(call: &Call<'_>, clock: &Value) -> Result<(), ApiError> {
    let mut clock = clock.clone();
    let target = clock["status_details"]["advancing"]["target_frozen_time"].clone();
    clock.set("frozen_time", target);
    clock.set("status", json!("ready"));
    clock.add("status_details", json!({}));
    call.note(event_types::TEST_HELPERS_TEST_CLOCK_READY, &clock);
    call.store.update(&clock)
}

/// What leaves the objects of test clocks out of a list, unless it is asked for a clock or a customer.
pub(super) fn left_out(call: &Call<'_>, of: &Resource) -> Option<(String, Sql)> {
    let is_asked = call.text("test_clock").is_some() || call.text("customer").is_some();
    // A condition has one value.
    (!is_asked).then(|| (format!("{} IS ?", list::column(of, "test_clock")), Sql::Null))
}

/// Whether the account has any test clock.
pub(in crate::sandbox) fn are_any(store: &Store<'_>) -> Result<bool, ApiError> {
    let query = Query { limit: 1, ..Query::default() };
    Ok(!store.list(OBJECT, query)?.is_empty())
}

/// What time a test clock shows.
pub(in crate::sandbox) fn frozen_time(store: &Store<'_>, id: &str) -> Result<Option<i64>, ApiError> {
    Ok(store.find_alive(OBJECT, id)?.and_then(|clock| clock["frozen_time"].as_i64()))
}
