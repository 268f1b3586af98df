//! A report in words: what happened, what it means for the money, what to do next.

use crate::advice::Advice;
use crate::certificate::CertificateFault;
use crate::exit::Outcome;
use crate::journal::KeySource;
use crate::time::UnixMillis;

use super::report::{Circumstance, EarlierRun, ReplayOf, ReplayedBy, Report};

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
        Outcome::Invalid if report.is_redirect() => redirected(report),
        Outcome::Invalid | Outcome::Forbidden | Outcome::NotFound => {
            (said(report, "refused the request"), not_executed(report), Advice::default())
        }
        Outcome::Unauthorized => (
            said(report, "refused the key"),
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
        Outcome::RateLimited => (said(report, "limits the rate"), not_executed(report), again(report)),
        Outcome::ServerError => server_error(report),
        Outcome::Unknown => unknown(report),
        Outcome::ExpiredUnknown => expired(report),
        Outcome::NotSent => not_sent(report),
        Outcome::JournalError => (report.detail.clone(), nothing_sent(), mend_journal(report)),
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

/// `what (402 card_declined, insufficient_funds): the API's own message`.
fn api_said(report: &Report, what: &str) -> String {
    let Some(error) = &report.error else { return format!("{what} ({})", report.detail) };
    let mut reasons = vec![report.detail.clone()];
    reasons.extend(error.decline_code.clone());
    reasons.extend(error.param.as_ref().map(|param| format!("parameter {param}")));
    let message = error.message.as_deref().map(|message| format!(": {message}")).unwrap_or_default();
    format!("{what} ({}){message}", reasons.join(", "))
}

/// The same of whoever answered: the API, or a server that may be anybody's.
fn said(report: &Report, what: &str) -> String {
    let who = if report.error.is_some() { "the API" } else { "the server" };
    api_said(report, &format!("{who} {what}"))
}

fn again(report: &Report) -> Advice {
    let is_foreign = report.answer.is_some() && report.error.is_none();
    let advice = Advice::hint(if is_foreign {
        "something else than the API answered: check --api-base and the proxy, then run the same command again"
    } else {
        "run the same command again"
    });
    match &report.key {
        Some(key) => advice.or(format!("journal resume {key}")),
        None => advice,
    }
}

fn look_up(report: &Report) -> Advice {
    let hint = "look for it in the Dashboard (Developers, Logs); --new-key makes a deliberate second request";
    let Some(key) = &report.key else { return Advice::command(format!("get {}", path(report))) };
    Advice::command(format!("journal resolve {key} --as succeeded --why TEXT"))
        .or(format!("journal resolve {key} --as failed --why TEXT"))
        .with_hint(hint)
}

/// The path alone, as a word of a shell.
fn path(report: &Report) -> String {
    let path = report.intent.path.split('?').next().unwrap_or_default();
    shlex::try_quote(path).map_or_else(|_| path.to_owned(), Into::into)
}

fn declined(report: &Report) -> String {
    let keeps_key = matches!(report.key_source, Some(KeySource::Flag | KeySource::Operation));
    if keeps_key {
        "the decline is stored under this key: use another payment method under another key".into()
    } else {
        "use another payment method, or run it again to try the same one anew".into()
    }
}

fn redirected(report: &Report) -> Words {
    let target = report.answer.as_ref().and_then(|answer| answer.header("location"));
    let target = target.map(|target| format!(" to {target}")).unwrap_or_default();
    let happened = format!(
        "the server redirects{target} ({}), which paycli does not follow: the API key would go along",
        report.detail
    );
    let hint = "check --api-base and the proxy: the API itself does not redirect";
    match &report.key {
        _ if !report.intent.method.is_write() => (happened, not_executed(report), Advice::hint(hint)),
        None => {
            (happened, may_have_run(report), Advice::command(format!("get {}", path(report))).with_hint(hint))
        }
        Some(key) => {
            let advice = Advice::command(format!("journal resume {key}"))
                .or(format!("journal resolve {key} --as failed --why TEXT"))
                .with_hint(format!("{hint}; resume sends it to the same base again, with the same key"));
            (happened, may_have_run(report), advice)
        }
    }
}

fn not_sent(report: &Report) -> Words {
    let happened = format!("not sent: {}", report.detail);
    match &report.circumstance {
        Circumstance::Untrusted(fault) => (happened, nothing_sent(), Advice::hint(mend(fault))),
        Circumstance::TooLate(_) => (happened, nothing_sent(), Advice::hint("give a later time")),
        Circumstance::Usual
        | Circumstance::OtherCredential
        | Circumstance::Unrecorded
        | Circumstance::NoSharedJournal => (happened, nothing_sent(), again(report)),
    }
}

/// What helps where the journal could not be used.
fn mend_journal(report: &Report) -> Advice {
    if report.circumstance == Circumstance::NoSharedJournal {
        return Advice::hint("check PAYCLI_JOURNAL_URL and the database, then run the same command again");
    }
    Advice::command("config path").with_hint("make the journal writable and run the same command again")
}

/// What helps against a certificate that is not trusted. Waiting does not.
const fn mend(fault: &CertificateFault) -> &'static str {
    match fault {
        CertificateFault::Expired(_) => {
            "check this machine's clock; if it is right, the server needs a new certificate"
        }
        CertificateFault::NotYetValid(_) => {
            "check this machine's clock; if it is right, the certificate is not in use yet"
        }
        CertificateFault::UnknownIssuer => {
            "where a proxy or a server signs with an issuer of its own, name its certificate: SSL_CERT_FILE=PATH"
        }
        CertificateFault::OfAuthority => {
            "give the server a certificate that this authority signed, and name the authority's: SSL_CERT_FILE=PATH"
        }
        CertificateFault::WrongName { .. } => "check the host in --api-base, or in the profile's api_base",
        CertificateFault::Other(_) => "check --api-base, the proxy and SSL_CERT_FILE",
    }
}

fn key_mismatch(report: &Report) -> Words {
    let money = if report.attempts == 0 { nothing_sent() } else { not_executed(report) };
    if report.circumstance == Circumstance::OtherCredential {
        let hint = "use the API key of the first run, or set the account of the profile; another payment needs another key";
        return (report.detail.clone(), money, Advice::hint(hint));
    }
    let happened = match &report.error {
        Some(_) => api_said(report, "the idempotency key stands for another request"),
        None => report.detail.clone(),
    };
    (happened, money, Advice::hint("give the first request's parameters, or another key for another request"))
}

fn server_error(report: &Report) -> Words {
    if !report.intent.method.is_write() {
        let happened = match &report.answer {
            Some(_) => said(report, "failed"),
            None => format!("no answer: {}", report.detail),
        };
        return (happened, not_executed(report), again(report));
    }
    let money = match &report.key {
        Some(_) => {
            "it may have been executed, wholly or in part, and the answer does not change under this key"
        }
        None => "it may have been executed, wholly or in part",
    };
    (said(report, "failed"), money.into(), look_up(report))
}

fn unknown(report: &Report) -> Words {
    if report.is_redirect() {
        return redirected(report);
    }
    if report.circumstance == Circumstance::Unrecorded {
        let happened = format!("the answer is final ({}), and it could not be recorded", report.detail);
        let money =
            "it ended as the answer says; the journal has it as unknown until the same command has run again";
        return (happened, money.into(), again(report));
    }
    let happened = format!("no final answer: {}", api_said_or_detail(report));
    if report.is_refused_again() {
        let happened = format!("{happened}; that says nothing of the earlier attempt");
        return (happened, may_have_run(report), look_up(report));
    }
    (happened, may_have_run(report), again(report))
}

fn may_have_run(report: &Report) -> String {
    let safe = report.safe_until.as_ref().map(UnixMillis::to_string);
    let safe = safe.map(|time| format!("; the key is safe to send until {time}")).unwrap_or_default();
    format!("it may have been executed{safe}")
}

fn api_said_or_detail(report: &Report) -> String {
    match &report.error {
        Some(_) => api_said(report, "the API answered"),
        None => report.detail.clone(),
    }
}

fn expired(report: &Report) -> Words {
    let happened = report.detail.clone();
    let (money, advice) = match (&report.circumstance, &report.key) {
        (Circumstance::TooLate(EarlierRun::None), _) => (
            "nothing was sent by this run, and the journal has no earlier one",
            Advice::hint("give a later time, or leave --not-after out"),
        ),
        (Circumstance::TooLate(EarlierRun::Finished), Some(key)) => (
            "nothing was sent now; the journal has the result",
            Advice::command(format!("journal show {key}")),
        ),
        (Circumstance::TooLate(EarlierRun::NotKnown), Some(_)) => (
            "nothing was sent; whether another machine has sent this key is not known here",
            Advice::hint("look for the key in the Dashboard (Developers, Logs)"),
        ),
        (Circumstance::TooLate(_), None) => (
            "nothing was sent; what earlier runs did is not recorded for a request without a key",
            Advice::command(format!("get {}", path(report))),
        ),
        _ => ("it may have been executed; nothing was sent now", look_up(report)),
    };
    (happened, money.into(), advice)
}

/// What it means that an earlier result was repeated, for a caller who asked to be told: what happened, and
/// what it means for the money.
#[must_use]
pub fn replayed(report: &Report) -> (&'static str, &'static str) {
    match report.replayed_by {
        Some(ReplayedBy::Server(ReplayOf::ThisRun)) if report.key_source == Some(KeySource::Flag) => (
            "the answer repeats an earlier result, most likely that of an attempt of this run whose answer was lost (--fail-on-replay)",
            "it was executed once: by this run, unless the key was sent from elsewhere before",
        ),
        Some(ReplayedBy::Server(ReplayOf::ThisRun)) => (
            "the answer repeats the result of an attempt of this run, whose own answer was lost (--fail-on-replay)",
            "it was executed once, by this run",
        ),
        Some(ReplayedBy::Server(ReplayOf::ThisOrEarlierRun)) => (
            "the answer repeats the result of an attempt whose answer was lost, in this run or in an earlier one (--fail-on-replay)",
            "it was executed once, by this run or by an earlier one",
        ),
        _ => ("the answer repeats an earlier result (--fail-on-replay)", "nothing was executed by this run"),
    }
}
