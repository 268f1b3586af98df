//! The signing secrets of endpoints: one, and while it is being rolled two.

use serde_json::{Value, json};

use crate::keys::SigningSecret;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::state::store::Store;

/// The kind of the record with an endpoint's secrets. It has the endpoint's id and in `secrets`, the newest
/// first, each `secret` with the time at which it `expires`, or `null`.
pub(in crate::sandbox) const KIND: &str = "webhook_secrets_record";

/// Keeps the first secret of a new endpoint.
pub(in crate::sandbox) fn keep(store: &Store<'_>, endpoint: &str, secret: &str) -> Result<(), ApiError> {
    let secrets = json!([{"secret": secret, "expires": null}]);
    store.insert(KIND, &json!({"id": endpoint, "object": KIND, "secrets": secrets}))
}

/// Gives an endpoint a new secret. The current one goes on signing beside it until `until`.
pub(in crate::sandbox) fn roll(
    store: &Store<'_>,
    endpoint: &str,
    secret: &str,
    now: i64,
    until: i64,
) -> Result<bool, ApiError> {
    let Some(mut record) = store.find_alive(KIND, endpoint)? else { return Ok(false) };
    let mut secrets = vec![json!({"secret": secret, "expires": null})];
    for mut old in active_rows(&record, now) {
        if old["expires"].is_null() {
            old["expires"] = json!(until);
        }
        secrets.push(old);
    }
    record["secrets"] = Value::Array(secrets);
    store.update(&record)?;
    Ok(true)
}

/// The secrets that sign at this time, the newest first.
pub(super) fn active(store: &Store<'_>, endpoint: &str, now: i64) -> Result<Vec<SigningSecret>, ApiError> {
    let record = store.find_alive(KIND, endpoint)?.unwrap_or_default();
    let rows = active_rows(&record, now).into_iter();
    Ok(rows.filter_map(|row| row["secret"].as_str().map(SigningSecret::new)).collect())
}

fn active_rows(record: &Value, now: i64) -> Vec<Value> {
    let rows = record["secrets"].as_array().into_iter().flatten();
    rows.filter(|row| row["expires"].as_i64().is_none_or(|expires| expires > now)).cloned().collect()
}
