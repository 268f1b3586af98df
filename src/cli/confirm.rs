//! Live mode, said aloud: the banner, and the confirmation of a write.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::journal::{Family, Intent};
use crate::output::{compact, confirm};
use crate::profile::Profile;

use super::context::Context;
use super::failure::Failure;

/// Marks a request in live mode and asks before a write. Test mode is never asked.
pub(super) fn live(context: &Context, profile: &Profile, intent: &Intent) -> Result<(), Failure> {
    if !profile.mode.is_live() {
        return Ok(());
    }
    let what = describe(intent);
    context.printer.live_banner(&what);
    if !intent.method.is_write() || context.global.yes {
        return Ok(());
    }
    let account = intent.account.as_deref().unwrap_or("an unknown account");
    let question = format!("{what} on {account} (profile {}), in LIVE mode?", profile.name);
    if confirm(&question)? {
        return Ok(());
    }
    Err(Failure::usage("not confirmed").hint("--yes confirms without asking"))
}

/// Whether a person says yes: with the flag, or at the terminal. Without either nobody does.
pub(super) fn asked(context: &Context, question: &str) -> bool {
    context.global.yes || confirm(question).unwrap_or(false)
}

/// Method, path, and the amount and currency where there are any.
fn describe(intent: &Intent) -> String {
    let (amount, currency) = match intent.family {
        Family::V1 => (form_value(&intent.body, "amount"), form_value(&intent.body, "currency")),
        Family::V2 => (json_value(&intent.body, "amount"), json_value(&intent.body, "currency")),
    };
    let money: String =
        [amount.map(|amount| format!(" amount {amount}")), currency.map(|name| format!(" {name}"))]
            .into_iter()
            .flatten()
            .collect();
    let account =
        intent.stripe_account.as_deref().map(|account| format!(" for {account}")).unwrap_or_default();
    format!("{} {}{money}{account}", intent.method, intent.path)
}

fn form_value(body: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(body).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// A member of a JSON body as it is written: /v2 amounts are numbers, or objects of value and currency.
fn json_value(body: &[u8], name: &str) -> Option<String> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(body).ok()?;
    members.get(name).map(|value| compact(value.get()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_shown_as_it_is_written() {
        assert_eq!(form_value(b"amount=2000&currency=usd", "amount").as_deref(), Some("2000"));
        let body = br#"{"amount": {"value": 90071992547409931, "currency": "usd"}}"#;
        let shown = r#"{"value":90071992547409931,"currency":"usd"}"#;
        assert_eq!(json_value(body, "amount").as_deref(), Some(shown));
        assert_eq!(json_value(b"[]", "amount"), None);
    }
}
