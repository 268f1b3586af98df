//! `/v2/iam/api_keys`: keys as objects, which can be made, given a successor and ended.
//!
//! As Stripe's specification (preview) has them. In test mode a key's token is in every answer.

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::call::Call;
use super::resource::{Operation, Resource};
use crate::keys::{ApiKey, KeyKind};
use crate::sandbox::keys::key_table::{self, KeyRow};
use crate::sandbox::keys::permissions::Permissions;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::resources::{Answer, Target};

/// The longest that a key may live on after it was given a successor: a week.
const MAX_MINUTES: i64 = 10_080;

/// The keys of the account, publishable ones too.
pub(super) static API_KEYS: Resource = Resource {
    object: "v2.iam.api_key",
    permission: "api_key",
    path: "iam/api_keys",
    operations: &[
        Operation::get(Target::Collection, list),
        Operation::post(
            Target::Collection,
            &["type", "name", "note", "public_key", "connect_permissions", "permissions"],
            create,
        ),
        Operation::get(Target::Item, retrieve),
        Operation::post(Target::Action("rotate"), &["expire_current_key_in_minutes", "public_key"], rotate),
        Operation::post(Target::Action("expire"), &[], expire),
    ],
};

fn list(call: &Call<'_>) -> Result<Answer, ApiError> {
    let given = |name: &str| call.query.get(name).and_then(|param| param.text());
    let limit = given("limit").map_or(Ok(20), str::parse).ok().filter(|limit| (1..=100).contains(limit));
    let limit: usize =
        limit.ok_or_else(|| ApiError::invalid("This value must be from 1 to 100.").param("limit"))?;
    let page: usize = given("page").map_or(Ok(0), str::parse).unwrap_or(0);
    let rows = key_table::all(call.store.connection(), call.store.account())?;
    let is_shown = |row: &KeyRow| given("include_expired") == Some("true") || !is_expired(row, call.now);
    let shown: Vec<KeyRow> = rows.into_iter().filter(is_shown).collect();
    let next = (page + 1) * limit;
    let next = (next < shown.len()).then(|| format!("/v2/{}?limit={limit}&page={}", API_KEYS.path, page + 1));
    let data: Vec<Value> =
        shown.iter().skip(page * limit).take(limit).map(|row| object(row, call.now)).collect();
    Ok(Answer::ok(json!({"data": data, "next_page_url": next, "previous_page_url": null})))
}

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let kind = match call.needed("type")? {
        "secret_key" => KeyKind::Secret,
        "publishable_key" => KeyKind::Publishable,
        other => {
            let message = format!("type {other:?} is neither \"secret_key\" nor \"publishable_key\".");
            return Err(ApiError::invalid(message).param("type"));
        }
    };
    let permissions = if kind == KeyKind::Secret { Permissions::all() } else { Permissions::default() };
    let mut row = new_row(call, kind, permissions)?;
    row.name = call.text("name")?.map(str::to_owned);
    row.note = call.text("note")?.map(str::to_owned);
    key_table::insert(call.store.connection(), &row)?;
    Ok(Answer::ok(object(&row, call.now)))
}

fn retrieve(call: &Call<'_>) -> Result<Answer, ApiError> {
    Ok(Answer::ok(object(&load(call)?, call.now)))
}

/// Makes a key like this one, which goes on for as long as it was given.
fn rotate(call: &Call<'_>) -> Result<Answer, ApiError> {
    let old = alive(call)?;
    let minutes = match call.body.get("expire_current_key_in_minutes") {
        None | Some(Value::Null) => 0,
        Some(given) => {
            given.as_i64().filter(|minutes| (0..=MAX_MINUTES).contains(minutes)).ok_or_else(|| {
                let message = format!("expire_current_key_in_minutes has to be from 0 to {MAX_MINUTES}.");
                ApiError::invalid(message).param("expire_current_key_in_minutes")
            })?
        }
    };
    let (name, note) = (old.name.clone(), old.note.clone());
    let new = KeyRow { name, note, ..new_row(call, old.kind, old.permissions.clone())? };
    let connection = call.store.connection();
    key_table::insert(connection, &new)?;
    end(connection, &old, call.now + minutes * 60)?;
    Ok(Answer::ok(object(&new, call.now)))
}

fn expire(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut row = alive(call)?;
    end(call.store.connection(), &row, call.now)?;
    row.expires = Some(call.now);
    Ok(Answer::ok(object(&row, call.now)))
}

/// An end that was set is never put off.
fn end(connection: &Connection, row: &KeyRow, at: i64) -> Result<(), ApiError> {
    let at = row.expires.map_or(at, |known| known.min(at));
    Ok(key_table::set_expiry(connection, &row.id, at)?)
}

fn new_row(call: &Call<'_>, kind: KeyKind, permissions: Permissions) -> Result<KeyRow, ApiError> {
    let prefix = match kind {
        KeyKind::Publishable => "pk",
        KeyKind::Restricted => "rk",
        _ => "sk",
    };
    // Today's form: `51`, the account's id without its first letter, and enough to make 99.
    let account = call.store.account().strip_prefix("acct_1").unwrap_or(call.store.account());
    let text = format!("{prefix}_test_51{account}{}", call.ids.alphanumeric(82));
    let key = ApiKey::parse(&text).map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(KeyRow {
        account: call.store.account().to_owned(),
        ..key_table::row_of(&key, prefix, permissions, call.now, None)
    })
}

fn load(call: &Call<'_>) -> Result<KeyRow, ApiError> {
    let row =
        key_table::by_id(call.store.connection(), call.id)?.filter(|row| row.account == call.store.account());
    row.ok_or_else(|| {
        let message = format!("There is no API key with the id {:?} in this sandbox.", call.id);
        ApiError::refused(404, message).code("not_found")
    })
}

fn alive(call: &Call<'_>) -> Result<KeyRow, ApiError> {
    let row = load(call)?;
    if is_expired(&row, call.now) {
        return Err(ApiError::invalid("This key has expired already.").code("api_key_expired"));
    }
    Ok(row)
}

fn is_expired(row: &KeyRow, now: i64) -> bool {
    row.expires.is_some_and(|at| at <= now)
}

fn object(row: &KeyRow, now: i64) -> Value {
    use secrecy::ExposeSecret;
    let token = json!({"token": row.token.expose_secret()});
    let (secret, publishable, kind) = match row.kind {
        KeyKind::Publishable => (Value::Null, token, "publishable_key"),
        _ => (token, Value::Null, "secret_key"),
    };
    json!({
        "id": row.id,
        "object": API_KEYS.object,
        "created": timestamp(row.created),
        "expires_at": row.expires.map(timestamp),
        "last_used": null,
        "livemode": false,
        "managed_by": null,
        "name": row.name,
        "note": row.note,
        "publishable_key": publishable,
        "secret_key": secret,
        "status": if is_expired(row, now) { "expired" } else { "active" },
        "type": kind,
    })
}

fn timestamp(at: i64) -> String {
    Timestamp::from_second(at).map(|at| format!("{at:.3}")).unwrap_or_default()
}
