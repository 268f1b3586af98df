//! What time it is for a request: the account's, or that of the test clock that its objects move by.

use serde_json::Value;

use super::{Resource, test_clocks};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::Values;
use crate::sandbox::state::store::Store;

/// The parameters that name an object with a clock.
const NAMED: &[(&str, &str)] =
    &[("customer", "customer"), ("subscription", "subscription"), ("invoice", "invoice")];

/// The time of a request for the object `id`, with these parameters, where the account's is `now`.
///
/// # Errors
/// When the data fails.
pub(in crate::sandbox) fn of(
    store: &Store<'_>,
    resource: &Resource,
    id: &str,
    values: &Values,
    now: i64,
) -> Result<i64, ApiError> {
    if !test_clocks::are_any(store)? {
        return Ok(now);
    }
    let in_path = (!id.is_empty()).then_some((resource.object, id));
    let named =
        NAMED.iter().filter_map(|(name, kind)| Some((*kind, values.get(*name).and_then(Value::as_str)?)));
    for (kind, id) in in_path.into_iter().chain(named) {
        let Some(object) = store.find(kind, id)? else { continue };
        if let Some(clock) = store.test_clock(&object)? {
            return test_clocks::frozen_time(store, &clock).map(|frozen| frozen.unwrap_or(now));
        }
    }
    Ok(now)
}
