//! A report in words: what happened, what it means for the money, what to do next.

use crate::advice::Advice;
use crate::exit::Outcome;
use crate::time::UnixMillis;

use super::report::Report;

/// A report in words. None of them holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// What happened.
    pub happened: String,
    /// Whether anything was sent or may have been executed.
    pub money: String,
    /// What to do next.
    pub advice: Advice,
}

/// Puts a report that is not a success into words.
#[must_use]
pub fn meaning(report: &Report) -> Meaning {
    let (happened, money, advice) = match report.outcome {
        Outcome::Succeeded => (report.detail.clone(), "it was executed".into(), Advice::default()),
        Outcome::Declined => (
            api_said(report, "the payment was declined"),
            "nothing was charged".into(),
            Advice::hint(declined(report)),
        ),
        Outcome::Invalid if is_redirect(report) => redirected(report),
        Outcome::Invalid | Outcome::Forbidden | Outcome::NotFound => {
            (api_said(report, "the API refused the request"), not_executed(report), Advice::default())
        }
        Outcome::Unauthorized => (
            api_said(report, "the API refused the key"),
            not_executed(report),
            Advice::command("whoami").with_hint("check the key with the profile's mode and account"),
        ),
        Outcome::KeyMismatch => key_mismatch(report),
        Outcome::InProgress => (
            report.detail.clone(),
            if report.attempts == 0 {
                "this run has sent nothing; the other one may have been executed".into()
            } else {
                "it may be executed, by an earlier attempt or by another process".into()
            },
            again(report),
        ),
        Outcome::RateLimited => {
            (api_said(report, "the API limits the rate"), not_executed(report), again(report))
        }
        Outcome::ServerError => server_error(report),
        Outcome::Unknown => unknown(report),
        Outcome::ExpiredUnknown => expired(report),
        Outcome::NotSent => (format!("not sent: {}", report.detail), nothing_sent(), again(report)),
        Outcome::JournalError => (
            report.detail.clone(),
            nothing_sent(),
            Advice::command("config path")
                .with_hint("make the journal writable and run the same command again"),
        ),
    };
    Meaning { happened, money, advice }
}

type Words = (String, String, Advice);

fn nothing_sent() -> String {
    "nothing was sent".into()
}

fn not_executed(report: &Report) -> String {
    if report.intent.method.is_write() {
        "nothing was executed".into()
    } else {
        "nothing was changed by reading".into()
    }
}

fn is_redirect(report: &Report) -> bool {
    report.answer.as_ref().is_some_and(|answer| (300..400).contains(&answer.status))
}

/// `what (402 card_declined, insufficient_funds): the API's own message`.
fn api_said(report: &Report, what: &str) -> String {
    let Some(error) = &report.error else { return format!("{what} ({})", report.detail) };
    let mut reasons = vec![report.detail.clone()];
    reasons.extend(error.decline_code.clone());
    reasons.extend(error.param.as_ref().map(|param| format!("parameter {param}")));
    let message = error.message.as_deref().map(|message| format!(": {message}")).unwrap_or_default();
    format!("{what} ({}){message}", reasons.join(", "))
}

fn again(report: &Report) -> Advice {
    let advice = Advice::hint("run the same command again");
    match &report.key {
        Some(key) => advice.or(format!("journal resume {key}")),
        None => advice,
    }
}

fn look_up(report: &Report) -> Advice {
    let hint = "look for it in the Dashboard (Developers, Logs); --new-key makes a deliberate second request";
    let Some(key) = &report.key else { return Advice::hint(hint) };
    Advice::command(format!("journal resolve {key} --as succeeded --why TEXT"))
        .or(format!("journal resolve {key} --as failed --why TEXT"))
        .with_hint(hint)
}

fn declined(report: &Report) -> String {
    let keeps_key = matches!(
        report.key_source,
        Some(crate::journal::KeySource::Flag | crate::journal::KeySource::Operation)
    );
    if keeps_key {
        "the decline is stored under this key: use another payment method under another key".into()
    } else {
        "use another payment method, or run it again to try the same one anew".into()
    }
}

fn redirected(report: &Report) -> Words {
    let location = report.answer.iter().flat_map(|answer| &answer.headers);
    let location = location.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("location"));
    let target = location.map(|(_, value)| format!(" to {value}")).unwrap_or_default();
    (
        format!(
            "the server redirects{target} ({}), which paycli does not follow: the key would go along",
            report.detail
        ),
        "an API does not redirect, so nothing is known to have been executed".into(),
        Advice::hint("check --api-base and the proxy"),
    )
}

fn key_mismatch(report: &Report) -> Words {
    let money = if report.attempts == 0 { nothing_sent() } else { not_executed(report) };
    let happened = match &report.error {
        Some(_) => api_said(report, "the idempotency key stands for another request"),
        None => report.detail.clone(),
    };
    (happened, money, Advice::hint("give the first request's parameters, or another key for another request"))
}

fn server_error(report: &Report) -> Words {
    let happened = api_said(report, "the server failed");
    if !report.intent.method.is_write() {
        return (happened, not_executed(report), again(report));
    }
    (
        happened,
        "it may have been executed, wholly or in part, and the answer does not change under this key".into(),
        look_up(report),
    )
}

fn unknown(report: &Report) -> Words {
    let happened = format!("no final answer: {}", api_said_or_detail(report));
    if !report.intent.method.is_write() {
        return (happened, not_executed(report), again(report));
    }
    let safe = report.safe_until.as_ref().map(UnixMillis::to_string);
    let safe = safe.map(|time| format!("; the key is safe to send until {time}")).unwrap_or_default();
    let money = format!("it may have been executed{safe}");
    if report.is_refused_again() {
        let happened = format!("{happened}; that says nothing of the earlier attempt");
        return (happened, money, look_up(report));
    }
    (happened, money, again(report))
}

fn api_said_or_detail(report: &Report) -> String {
    match &report.error {
        Some(_) => api_said(report, "the API answered"),
        None => report.detail.clone(),
    }
}

fn expired(report: &Report) -> Words {
    (report.detail.clone(), "it may have been executed; nothing was sent now".into(), look_up(report))
}
