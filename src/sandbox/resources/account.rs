//! The account that the keys belong to: what `GET /v1/account` answers.

use serde_json::json;

use super::fields::Fields;
use super::{Answer, Call, Events, Operation, Resource, Target, shapes};
use crate::sandbox::params::api_error::ApiError;

/// There is one, and its id is in every key.
pub(super) static ACCOUNT: Resource = Resource {
    object: "account",
    path: "account",
    id: ("acct", 16),
    shape: shapes::account::shape,
    events: Events::NONE,
    expandable: &[],
    operations: &[Operation::get(Target::Single, &[], show)],
};

/// `/v1/accounts/acct_…`: the same account, by its id.
pub(super) static ACCOUNTS: Resource = Resource {
    object: "account",
    path: "accounts",
    id: ("acct", 16),
    shape: shapes::account::shape,
    events: Events::NONE,
    expandable: &[],
    operations: &[Operation::get(Target::Item, &[], show_named)],
};

#[expect(clippy::unnecessary_wraps, reason = "the table of operations gives the form")]
fn show(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut account = call.new_object(&ACCOUNT);
    account.set("id", json!(call.account));
    Ok(Answer::ok(account))
}

fn show_named(call: &Call<'_>) -> Result<Answer, ApiError> {
    if call.id == call.account {
        return show(call);
    }
    let message = "The account is not in this sandbox, or the key may not act for it.";
    Err(ApiError::refused(403, message).code("account_invalid"))
}
