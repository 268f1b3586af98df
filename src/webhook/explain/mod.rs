//! Why a delivery does not verify: a search for the cause, with proof where an HMAC matches.
//!
//! What the header and the secret look like comes first, then the clock, then HMACs over what the body, the
//! secret and the time may have been, and where nothing matches, what the body's looks still tell.

mod bodies;
mod budget;
mod finding;
mod frameworks;
mod header_shape;
pub(in crate::webhook) mod json;
mod literals;
mod question;
mod search;
mod secret_shape;
mod unexplained;

#[cfg(test)]
mod tests;

use crate::keys::SigningSecret;

use super::dialect::BYTE_ORDER_MARK;
use super::signing_key::SigningKey;
use super::verdict::{Reason, Scheme, Verdict, Window};
use super::{StandardKey, signature};

pub use finding::Explanation;
pub use question::{DeliveryHeaders, Named, Question};

use header_shape::{MILLISECONDS, MILLISECONDS_CAUSE, ShapeReading};
use search::{Keys, Match, Search};
use secret_shape::Repaired;

/// Explains a verdict: the causes that are proven first, then those that something points to.
#[must_use]
pub fn explain(question: &Question<'_>, verdict: &Verdict) -> Vec<Explanation> {
    match verdict.reason {
        Reason::Ok => return accepted(question, verdict),
        Reason::TimestampTooOld | Reason::TimestampTooNew if verdict.matched.is_some() => {
            return clock(question.window, verdict.timestamp).into_iter().collect();
        }
        _ => {}
    }
    let looks = looks(question);
    let candidates = Candidates::new(question);
    let (reading, id) = reading(question);
    let mut search = Search::new(question.body, reading, id);
    let found = search.run(&Keys { given: &candidates.given, others: &candidates.others });
    let mut explanations = Vec::from_iter(disagreement(verdict));
    explanations.extend(found.into_iter().flat_map(|found| proof(question, &candidates, &found)));
    let is_new = |look: &Explanation| explanations.iter().all(|proven| proven.cause != look.cause);
    let rest: Vec<_> = looks.into_iter().filter(is_new).collect();
    let is_proven = !explanations.is_empty();
    explanations.extend(rest);
    // Without a signature or a secret nothing was compared, and the body has nothing to do with it.
    if !is_proven && search.has_target() && !candidates.given.is_empty() {
        explanations = unexplained::hints(question, explanations, search.budget());
    }
    if explanations.is_empty() {
        explanations.push(unusable(question));
    }
    explanations
}

/// What stands out by its looks, before anything is hashed.
fn looks(question: &Question<'_>) -> Vec<Explanation> {
    let mut looks = match question.headers {
        DeliveryHeaders::Stripe(header) => header_shape::stripe_findings(header),
        DeliveryHeaders::Standard(headers) => {
            let named = [
                ("webhook-id", headers.id),
                ("webhook-timestamp", headers.timestamp),
                ("webhook-signature", headers.signature),
            ];
            let missing: Vec<_> = named
                .iter()
                .filter(|(_, value)| value.is_none_or(<[u8]>::is_empty))
                .map(|(name, _)| *name)
                .collect();
            let time = String::from_utf8_lossy(headers.timestamp.unwrap_or_default());
            header_shape::standard_findings(&missing, &time)
        }
    };
    for Named { name, secret } in question.secrets {
        looks.extend(secret_shape::findings(name, secret));
    }
    looks
}

fn reading<'a>(question: &Question<'a>) -> (ShapeReading, Option<&'a [u8]>) {
    match question.headers {
        DeliveryHeaders::Stripe(header) => {
            (ShapeReading::of_stripe(&String::from_utf8_lossy(header.unwrap_or_default())), None)
        }
        DeliveryHeaders::Standard(headers) => {
            let text = |value: Option<&'a [u8]>| String::from_utf8_lossy(value.unwrap_or_default());
            (ShapeReading::of_standard(&text(headers.timestamp), &text(headers.signature)), headers.id)
        }
    }
}

/// Where a key of the search comes from.
enum Origin<'a> {
    Given,
    Repaired(Repaired),
    Other(&'a str),
    OtherScheme,
    Empty,
}

/// The keys of the search and where each comes from.
struct Candidates<'a> {
    given: Vec<SigningKey>,
    others: Vec<SigningKey>,
    origins: Vec<(&'a str, Origin<'a>)>,
}

impl<'a> Candidates<'a> {
    fn new(question: &Question<'a>) -> Self {
        let mut candidates = Self { given: Vec::new(), others: Vec::new(), origins: Vec::new() };
        let scheme = match question.headers {
            DeliveryHeaders::Stripe(_) => Scheme::Stripe,
            DeliveryHeaders::Standard(_) => Scheme::Standard,
        };
        for Named { name, secret } in question.secrets {
            if let Some(key) = key(secret, scheme) {
                candidates.given.push(key);
                candidates.origins.push((name, Origin::Given));
            }
        }
        for Named { name, secret } in question.secrets {
            for repaired in secret_shape::repairs(secret) {
                let secret = SigningSecret::new(repaired.secret.clone());
                candidates.add(key(&secret, scheme), name, Origin::Repaired(repaired));
            }
        }
        for Named { name, secret } in question.others {
            candidates.add(key(secret, scheme), name, Origin::Other(name));
        }
        for Named { name, secret } in question.secrets {
            candidates.add(key(secret, other(scheme)), name, Origin::OtherScheme);
        }
        candidates.add(Some(SigningKey::from_bytes(b"")), "nothing", Origin::Empty);
        candidates
    }

    fn key(&self, index: usize) -> &SigningKey {
        self.given.get(index).unwrap_or_else(|| &self.others[index - self.given.len()])
    }

    fn add(&mut self, key: Option<SigningKey>, name: &'a str, origin: Origin<'a>) {
        if let Some(key) = key {
            self.others.push(key);
            self.origins.push((name, origin));
        }
    }
}

fn key(secret: &SigningSecret, scheme: Scheme) -> Option<SigningKey> {
    match scheme {
        Scheme::Stripe => SigningKey::stripe(secret),
        Scheme::Standard => StandardKey::new(secret).agreed().cloned(),
    }
}

const fn other(scheme: Scheme) -> Scheme {
    match scheme {
        Scheme::Stripe => Scheme::Standard,
        Scheme::Standard => Scheme::Stripe,
    }
}

/// What a match proves, part by part.
fn proof(question: &Question<'_>, candidates: &Candidates<'_>, found: &Match) -> Vec<Explanation> {
    let mut proven = Vec::new();
    let (name, origin) = &candidates.origins[found.key];
    proven.extend(secret_proof(name, origin));
    for change in &found.changes {
        let detail = format!("the signature matches what it was before: {}", change.detail);
        proven.push(Explanation::proven(change.name, detail, change.fix));
    }
    if let Some(style) = found.style {
        let detail = format!(
            "the body was parsed and written again: the signature is that of {}",
            bodies::describe(style)
        );
        proven.push(Explanation::proven("json_rewritten", detail, frameworks::hint(question.body)));
    }
    if let Some(construction) = found.construction {
        let detail = format!("the sender signed something else: {}", construction.detail);
        let fix = "sign the timestamp, a dot and the raw body, as `paycli webhook sign` does";
        proven.push(Explanation::proven("wrong_construction", detail, fix));
    }
    if found.is_other_unit {
        let detail = format!("the signature was made with the timestamp {}", found.time);
        let fix = "sign and send seconds: one of the two was in milliseconds";
        proven.push(Explanation::proven(MILLISECONDS_CAUSE, detail, fix));
        return proven;
    }
    let is_body_as_it_was = found.changes.is_empty() && found.style.is_none() && found.construction.is_none();
    let late = clock(question.window, found.time.parse().ok());
    let odd = odd_body(question.body).filter(|_| is_body_as_it_was);
    if is_body_as_it_was && odd.is_none() {
        let key = candidates.key(found.key);
        proven.extend(header_proof(question, key, proven.is_empty() && late.is_none()));
    }
    proven.extend(odd);
    proven.extend(late);
    proven
}

/// What is wrong with a body that was signed as it is, and which libraries decode before they sign.
fn odd_body(body: &[u8]) -> Option<Explanation> {
    if body.starts_with(BYTE_ORDER_MARK) {
        return Some(Explanation::proven(
            "byte_order_mark",
            "the body was signed with a byte-order mark in front, which node takes away before it signs",
            "send the body as UTF-8 without a byte-order mark",
        ));
    }
    std::str::from_utf8(body).is_err().then(|| {
        Explanation::proven(
            "body_not_utf8",
            "the body was signed as it is, and is not UTF-8: python and node decode it before they sign",
            "send the body as UTF-8: JSON is nothing else",
        )
    })
}

/// What is wrong with the form of a header whose signature is that of the body. Nothing where the header is
/// accepted as it is.
fn header_proof(question: &Question<'_>, key: &SigningKey, is_only_cause: bool) -> Option<Explanation> {
    let out_of_form = || {
        Explanation::proven(
            "signature_form",
            "the signature is right, and the headers are not in the form that the libraries read",
            "send them as `paycli webhook sign --json` writes them",
        )
    };
    let DeliveryHeaders::Stripe(Some(header)) = question.headers else {
        return is_only_cause.then(out_of_form);
    };
    let always = Window { now: question.window.now, tolerance_seconds: 0 };
    let is_accepted = |header: &[u8]| {
        signature::verify(question.body, Some(header), std::slice::from_ref(key), always).is_valid()
    };
    if is_accepted(header) {
        return None;
    }
    let to_blame = header_shape::to_blame(header, |mended| is_accepted(mended.as_bytes()));
    Some(to_blame.unwrap_or_else(out_of_form))
}

/// What is left to say where nothing could be compared and nothing stands out.
fn unusable(question: &Question<'_>) -> Explanation {
    if question.secrets.is_empty() {
        return Explanation::likely(
            "no_secret",
            "no signing secret was given, and none at hand made this signature",
            "take the endpoint's signing secret: Dashboard, Webhooks, the endpoint, Signing secret",
        );
    }
    match question.headers {
        DeliveryHeaders::Standard(_) => Explanation::likely(
            "secret_or_signature_form",
            "the secret is not base64 after whsec_, or there is no signature of the form v1,base64",
            "compare both with the sender's: Stripe's scheme takes secrets as they are, with --scheme stripe",
        ),
        DeliveryHeaders::Stripe(_) => Explanation::likely(
            "signature_form",
            "there is no signature in the header that could be one: 64 hexadecimal digits after v1=",
            "take the value of the Stripe-Signature header, the whole of it",
        ),
    }
}

fn secret_proof(name: &str, origin: &Origin<'_>) -> Vec<Explanation> {
    match origin {
        Origin::Given => Vec::new(),
        Origin::Repaired(repaired) => {
            let explain = |damage: &&secret_shape::Damage| {
                let detail = format!("{} (from {name})", damage.detail);
                Explanation::proven(damage.cause, detail, damage.fix)
            };
            repaired.damages.iter().map(explain).collect()
        }
        Origin::Other(name) => vec![Explanation::proven(
            "other_secret",
            format!("the signature is made with another secret: {name}"),
            "use that secret: each endpoint and each mode has its own, and a rolled one overlaps for 24 hours at most",
        )],
        Origin::OtherScheme => vec![Explanation::proven(
            "other_key_rule",
            format!("the secret from {name} is right, and its key was made by the rule of the other scheme"),
            "Stripe's scheme takes the whole secret as text, whsec_ included; Standard Webhooks decodes the base64 after whsec_",
        )],
        Origin::Empty => vec![Explanation::proven(
            "signed_with_nothing",
            "the signature is made with an empty secret: anybody can make it",
            "set the secret where the delivery is signed; a delivery like this is forged, or a test",
        )],
    }
}

/// What the clock has to do with it, where the signature is good.
fn clock(window: Window, timestamp: Option<i64>) -> Option<Explanation> {
    let timestamp = i128::from(timestamp?);
    let age = i128::from(window.now).saturating_sub(timestamp);
    if timestamp >= MILLISECONDS {
        let detail = "the signature is good, and its timestamp counts milliseconds: read as seconds it lies far in the future";
        return Some(Explanation::proven(MILLISECONDS_CAUSE, detail, "sign and send seconds"));
    }
    if window.tolerance_seconds == 0 {
        return None;
    }
    if window.is_too_old(timestamp) {
        let age = duration(age);
        let detail = format!(
            "the signature is good, and {age} old: the delivery was queued or replayed, or the clocks differ"
        );
        let fix = format!(
            "verify when the delivery comes in; for a stored one: --at {timestamp}, or --tolerance 0"
        );
        return Some(Explanation::proven("timestamp_too_old", detail, fix));
    }
    if window.is_too_new(timestamp) {
        let ahead = duration(-age);
        let detail = format!(
            "the signature is good, and {ahead} in the future: this machine's clock is slow, or the sender's is fast"
        );
        let fix = "set the clock (NTP): the libraries for PHP and .NET refuse such deliveries, and those for Standard Webhooks";
        return Some(Explanation::proven("timestamp_in_future", detail, fix));
    }
    None
}

fn duration(seconds: i128) -> String {
    match seconds {
        ..120 => format!("{seconds} seconds"),
        120..7200 => format!("{} minutes", seconds / 60),
        7200..172_800 => format!("{} hours", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn accepted(question: &Question<'_>, verdict: &Verdict) -> Vec<Explanation> {
    let name = verdict
        .matched
        .and_then(|index| question.secrets.get(index))
        .map_or("the secret", |named| named.name);
    let detail = format!("the signature is that of the body as received, under the secret from {name}");
    let valid = Explanation::proven("valid", detail, "there is nothing to mend");
    clock(question.window, verdict.timestamp).into_iter().chain([valid]).collect()
}

fn disagreement(verdict: &Verdict) -> Option<Explanation> {
    let names: Vec<_> = verdict.accepted_by.iter().map(|library| library.as_str()).collect();
    let detail = format!(
        "of the official libraries {} would accept this delivery, and the others refuse it",
        names.join(", ")
    );
    let fix =
        "send the signature's headers in their plain form, and a body of UTF-8 without a byte-order mark";
    (!names.is_empty()).then(|| Explanation::proven("libraries_disagree", detail, fix))
}
