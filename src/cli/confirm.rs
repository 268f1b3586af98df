//! Live mode, said aloud: the banner, and the confirmation of a write.

use crate::journal::Intent;
use crate::output::confirm;
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
    if intent.method == "GET" || context.global.yes {
        return Ok(());
    }
    let account = intent.account.as_deref().unwrap_or("an unknown account");
    let question = format!("{what} on {account} (profile {}), in LIVE mode?", profile.name);
    if confirm(&question)? {
        return Ok(());
    }
    Err(Failure::usage("not confirmed").next("--yes confirms without asking"))
}

/// Method, path, and the amount and currency where there are any.
fn describe(intent: &Intent) -> String {
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(&intent.body);
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    };
    let money = match (value("amount"), value("currency")) {
        (Some(amount), Some(currency)) => format!(" amount {amount} {currency}"),
        (Some(amount), None) => format!(" amount {amount}"),
        _ => String::new(),
    };
    let account =
        intent.stripe_account.as_deref().map(|account| format!(" for {account}")).unwrap_or_default();
    format!("{} {}{money}{account}", intent.method, intent.path)
}
