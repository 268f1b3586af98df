//! What a delivery's looks still tell where no HMAC matched.

use super::bodies::text;
use super::budget::{Budget, MAX_BODY};
use super::finding::{Explanation, RAW_BODY};
use super::frameworks;
use super::json;
use super::question::Question;

/// The start of every event as Stripe writes it.
const STRIPES_START: &str = "{\n  \"id\"";

/// Adds the hints to what was seen of header and secret, in the order in which to look.
pub(super) fn hints(question: &Question<'_>, looks: Vec<Explanation>, cost: &Budget) -> Vec<Explanation> {
    let body = question.body;
    let is_secret_seen = looks.iter().any(|look| look.cause.starts_with("secret"));
    let mut hints = looks;
    hints.extend(length(question));
    if body.is_empty() {
        hints.push(Explanation::likely(
            "body_empty",
            "the body is empty: something had read it already",
            frameworks::hint(body),
        ));
        return hints;
    }
    hints.extend(damaged(body));
    let members = text(body).filter(|body| body.len() <= MAX_BODY).and_then(json::top_level);
    match members {
        None if body.len() > MAX_BODY => {}
        None => hints.push(not_json(body)),
        Some(members) => {
            if !body.starts_with(STRIPES_START.as_bytes()) {
                hints.push(Explanation::likely(
                    "json_rewritten",
                    "the body does not begin as Stripe writes events (a brace, a line feed, two spaces, \"id\"): it was parsed and written again, with a change that cannot be undone",
                    frameworks::hint(body),
                ));
            }
            let member = |name: &str| members.get(name).map(|raw| raw.get());
            hints.extend(livemode(question, member("livemode")));
            hints.extend(member("account").filter(|account| account.starts_with("\"acct_")).map(|_| {
                Explanation::likely(
                    "connect_endpoint",
                    "the event has an account: a Connect endpoint delivered it, which has a secret of its own",
                    "take the signing secret of the endpoint that listens to connected accounts",
                )
            }));
        }
    }
    if cost.is_cut_short() {
        hints.push(cut_short(cost));
    } else if !is_secret_seen {
        hints.push(Explanation::likely(
            "wrong_secret",
            "no change of body, secret or time makes the signature match: the secret is of another endpoint, most likely, or the body was altered",
            "compare the endpoint's id in the Dashboard: each endpoint and each mode has its own secret, and `stripe listen` prints another",
        ));
    }
    hints
}

fn cut_short(cost: &Budget) -> Explanation {
    Explanation::likely(
        "search_cut_short",
        format!(
            "the search stopped at its limits after {} HMACs, with some causes untried",
            cost.hmacs_made()
        ),
        "explain a smaller delivery of the same endpoint, or one whose header is as it came",
    )
}

fn length(question: &Question<'_>) -> Option<Explanation> {
    let said = question.content_length?;
    let seen = question.body.len() as u64;
    (said != seen).then(|| {
        Explanation::likely(
            "content_length_differs",
            format!("Content-Length says {said} bytes, and the body has {seen}"),
            "capture the body whole: it was cut off, or written again, after it was sent",
        )
    })
}

fn damaged(body: &[u8]) -> Option<Explanation> {
    let text = text(body)?;
    let has_marks = text.contains('\u{fffd}') || text.contains("???");
    has_marks.then(|| {
        Explanation::likely(
            "characters_lost",
            "there are replacement characters or runs of question marks: the body was decoded with the wrong charset, which cannot be undone",
            RAW_BODY,
        )
    })
}

fn not_json(body: &[u8]) -> Explanation {
    let detail = if body.starts_with(b"[object") {
        "the body is what JavaScript makes of an object as text"
    } else {
        "the body is not JSON: it was cut off, or it is something else"
    };
    Explanation::likely("body_not_json", detail, frameworks::hint(body))
}

fn livemode(question: &Question<'_>, value: Option<&str>) -> Option<Explanation> {
    let is_live = match value? {
        "true" => true,
        "false" => false,
        _ => return None,
    };
    (question.is_live_profile.is_some_and(|is_live_profile| is_live_profile != is_live)).then(|| {
        let (event, profile) = if is_live { ("live", "test") } else { ("test", "live") };
        Explanation::likely(
            "other_mode",
            format!("the event is a {event} event, and the profile is a {profile} profile"),
            format!("take the {event} endpoint's secret: each mode has its own"),
        )
    })
}
