//! One confirmation for a whole batch in live mode.

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::output::confirm;
use crate::profile::Profile;
use crate::request::batch::{BatchName, Checked};

/// Marks a batch in live mode, with its count and its totals, and asks once. Test mode is never asked.
pub(super) fn live(
    context: &Context,
    profile: &Profile,
    account: Option<&str>,
    name: &BatchName,
    checked: &Checked,
) -> Result<(), Failure> {
    let to_send = checked.lines - checked.finished - checked.changed;
    if !profile.mode.is_live() || to_send == 0 {
        return Ok(());
    }
    let what = describe(name.as_str(), to_send, checked);
    context.printer.live_banner(&what);
    if context.global.yes {
        return Ok(());
    }
    let account = account.unwrap_or("an unknown account");
    let question = format!("{what} on {account} (profile {}), in LIVE mode?", profile.name);
    if confirm(&question)? {
        return Ok(());
    }
    Err(Failure::usage("not confirmed").hint("--yes confirms without asking"))
}

fn describe(name: &str, to_send: u64, checked: &Checked) -> String {
    let totals: Vec<_> =
        checked.totals.iter().map(|(currency, total)| format!("{total} {currency}")).collect();
    let money = match totals.as_slice() {
        [] => String::new(),
        totals => format!(", amounts in the smallest unit: {}", totals.join(", ")),
    };
    format!("batch {name}: {to_send} {}{money}", if to_send == 1 { "request" } else { "requests" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_told_with_its_count_and_its_totals() {
        let totals = [("eur".to_owned(), 250), ("usd".to_owned(), 90_071_992_547_409_931)].into();
        let checked = Checked { totals, ..Checked::default() };
        let told = "batch b: 3 requests, amounts in the smallest unit: 250 eur, 90071992547409931 usd";
        assert_eq!(describe("b", 3, &checked), told);
        assert_eq!(describe("b", 1, &Checked::default()), "batch b: 1 request");
    }
}
