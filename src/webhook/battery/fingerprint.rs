//! What mistake stands behind the failures: a table of the marks that each leaves on the battery.

use super::check::Group;
use super::judge::{CheckResult, Outcome, Status};

/// A mistake that endpoints make.
#[derive(Debug, Clone, Copy)]
pub struct Mistake {
    /// Its name in reports.
    pub id: &'static str,
    /// What the endpoint does.
    pub title: &'static str,
    /// What to change.
    pub fix: &'static str,
    signs: &'static [Sign],
    explains: Explains,
}

/// A mark that a mistake leaves.
#[derive(Debug, Clone, Copy)]
enum Sign {
    /// The deliveries of all these checks were taken.
    Takes(&'static [&'static str]),
    /// Those of one of these were.
    TakesAny(&'static [&'static str]),
    /// The deliveries of all these checks were sent and not taken.
    Refuses(&'static [&'static str]),
    /// Those of one of these were not.
    RefusesAny(&'static [&'static str]),
    /// No good delivery was taken.
    RefusesEveryGood,
    /// Every good delivery was answered with one of these statuses.
    EveryGoodAnswered(&'static [u16]),
    /// Some delivery was redirected.
    Redirects,
    /// This many checks with bad deliveries made the endpoint fail.
    Crashes(usize),
    /// Some good delivery was not answered in time.
    Hangs,
    /// The probe saw a duplicate's effect twice.
    ProbeFailed,
}

/// Which checks that did not pass a mistake accounts for.
#[derive(Debug, Clone, Copy)]
enum Explains {
    Everything,
    EveryBad,
    EveryGoodAnd(&'static [&'static str]),
    These(&'static [&'static str]),
}

use Explains::{EveryBad, EveryGoodAnd, Everything, These};
use Sign::{
    Crashes, EveryGoodAnswered, Hangs, ProbeFailed, Redirects, Refuses, RefusesAny, RefusesEveryGood, Takes,
    TakesAny,
};

const SIZES: &[&str] = &["accept-20kb", "accept-120kb", "accept-256kb"];
const OLD: &[&str] = &["refuse-6-minutes-old", "refuse-1-day-old", "refuse-8-days-old"];
const FORMS: &[&str] =
    &["accept-compact", "accept-spaced", "accept-tabs", "accept-numbers", "accept-key-order"];
const REWRITTEN: &[&str] = &["refuse-reformatted", "refuse-appended-newline"];

const fn mistake(
    id: &'static str,
    [title, fix]: [&'static str; 2],
    signs: &'static [Sign],
    explains: Explains,
) -> Mistake {
    Mistake { id, title, fix, signs, explains }
}

/// Every mistake, those that account for most first.
pub(super) const MISTAKES: &[Mistake] = &[
    mistake(
        "redirects",
        [
            "the endpoint redirects",
            "Register the URL that answers itself: https, with or without the last slash as the server has it",
        ],
        &[Redirects],
        Everything,
    ),
    mistake(
        "wrong-path",
        [
            "nothing answers at this path",
            "Check the path of the URL and the method of the route: deliveries are POST",
        ],
        &[EveryGoodAnswered(&[404, 405, 410])],
        Everything,
    ),
    mistake(
        "behind-authentication",
        [
            "a login, an API key or a CSRF check stands before the endpoint",
            "Exempt the route: Stripe sends no cookie, no token and no password",
        ],
        &[EveryGoodAnswered(&[401, 403, 407, 419])],
        Everything,
    ),
    mistake(
        "hangs",
        ["the endpoint does not answer in time", "Answer 2xx first and work afterwards, from a queue"],
        &[Hangs],
        Everything,
    ),
    mistake(
        "no-verification",
        [
            "the signature is not verified at all",
            "Call the official library's constructEvent (construct_event) with the raw body, the header and the secret",
        ],
        &[Takes(&["refuse-no-header", "refuse-garbage-header", "refuse-wrong-secret", "refuse-tampered"])],
        EveryBad,
    ),
    mistake(
        "comparison-ignored",
        [
            "the header is read and its signature never decides",
            "Return 400 when the comparison fails: its result, or the exception, is ignored somewhere",
        ],
        &[
            Takes(&["refuse-wrong-secret", "refuse-zero-signature", "refuse-tampered"]),
            RefusesAny(&["refuse-no-header", "refuse-garbage-header"]),
        ],
        EveryBad,
    ),
    mistake(
        "forgeries-accepted",
        [
            "a signature that is not made with the secret is accepted",
            "Compare with the HMAC of the secret that the endpoint was given, and with nothing else",
        ],
        &[TakesAny(&["refuse-wrong-secret", "refuse-zero-signature"]), Refuses(&["refuse-tampered"])],
        These(&["refuse-wrong-secret", "refuse-zero-signature"]),
    ),
    mistake(
        "header-optional",
        [
            "a delivery without a signature header skips the verification",
            "Answer 400 when the header is missing or empty",
        ],
        &[TakesAny(&["refuse-no-header", "refuse-empty-header"]), Refuses(&["refuse-wrong-secret"])],
        These(&["refuse-no-header", "refuse-empty-header", "refuse-standard-webhooks"]),
    ),
    mistake(
        "malformed-header-accepted",
        [
            "a header that cannot be read skips the verification",
            "Answer 400 when the header has no t or no v1",
        ],
        &[TakesAny(&["refuse-garbage-header"]), Refuses(&["refuse-wrong-secret"])],
        These(&[
            "refuse-garbage-header",
            "refuse-empty-header",
            "refuse-v0-only",
            "refuse-no-t",
            "refuse-upper-case-names",
        ]),
    ),
    mistake(
        "body-not-signed",
        [
            "the signature is checked, but not over the body that was sent",
            "Compute the HMAC over t, a dot and the raw body of this very request",
        ],
        &[
            TakesAny(&["refuse-tampered", "refuse-other-event", "refuse-body-emptied"]),
            Refuses(&["refuse-wrong-secret"]),
        ],
        These(&[
            "refuse-tampered",
            "refuse-other-event",
            "refuse-body-emptied",
            "refuse-reformatted",
            "refuse-appended-newline",
            "refuse-appended-data",
        ]),
    ),
    mistake(
        "part-of-body-signed",
        ["only a part of the body is verified", "Verify the whole body: read it by its length, to its end"],
        &[Takes(&["refuse-appended-data"]), Refuses(&["refuse-tampered"])],
        These(&["refuse-appended-data", "refuse-appended-newline"]),
    ),
    mistake(
        "hmac-without-timestamp",
        [
            "the HMAC is made of the body alone",
            "Sign t, a dot and the body: HMAC-SHA256(secret, t + \".\" + body)",
        ],
        &[Takes(&["refuse-body-hmac"]), RefusesEveryGood],
        EveryGoodAnd(&["refuse-body-hmac"]),
    ),
    mistake(
        "hmac-without-dot",
        [
            "the HMAC is made of time and body without the dot between",
            "Sign t, a dot and the body: HMAC-SHA256(secret, t + \".\" + body)",
        ],
        &[Takes(&["refuse-no-dot"]), RefusesEveryGood],
        EveryGoodAnd(&["refuse-no-dot"]),
    ),
    mistake(
        "secret-without-prefix",
        ["the secret is used without its whsec_", "Use the whole secret as text, whsec_ included"],
        &[Takes(&["refuse-secret-without-prefix"]), RefusesEveryGood],
        EveryGoodAnd(&["refuse-secret-without-prefix"]),
    ),
    mistake(
        "sha1-signature",
        ["the HMAC is made with SHA-1", "Use HMAC-SHA256"],
        &[Takes(&["refuse-sha1"]), RefusesEveryGood],
        EveryGoodAnd(&["refuse-sha1"]),
    ),
    mistake(
        "standard-webhooks",
        [
            "the endpoint verifies Standard Webhooks, not Stripe's scheme",
            "Use Stripe's library: the schemes share only the prefix whsec_",
        ],
        &[Takes(&["refuse-standard-webhooks"]), RefusesEveryGood],
        EveryGoodAnd(&["refuse-standard-webhooks"]),
    ),
    mistake(
        "parsed-body",
        [
            "the body is parsed and written again before it is verified",
            "Verify the raw bytes. Express: express.raw({type: 'application/json'}) on this route, before express.json(); Next.js: await req.text(); Flask: request.get_data(); Django: request.body; FastAPI: await request.body()",
        ],
        &[Refuses(&["accept-pretty"]), TakesAny(&["accept-compact", "accept-spaced"])],
        EveryGoodAnd(REWRITTEN),
    ),
    mistake(
        "reserialised-body",
        [
            "the body is parsed and written again in Stripe's indentation before it is verified",
            "Verify the raw bytes: writing them again works by luck, until a number or an escape is written in another way",
        ],
        &[Takes(&["accept-pretty"]), RefusesAny(FORMS)],
        These(&[
            "accept-compact",
            "accept-spaced",
            "accept-tabs",
            "accept-numbers",
            "accept-key-order",
            "accept-escapes",
            "accept-nul",
            "accept-unicode",
            "accept-trailing-newline",
            "accept-leading-space",
            "accept-crlf",
            "accept-unknown-fields",
            "refuse-reformatted",
            "refuse-appended-newline",
        ]),
    ),
    mistake(
        "nothing-accepted",
        [
            "no good delivery is accepted: another secret, another header, or a body that is not the raw one",
            "Give --secret the secret that the endpoint uses (each endpoint, each mode and the Stripe CLI have their own); paycli webhook verify --explain finds out why one delivery fails",
        ],
        &[RefusesEveryGood],
        EveryGoodAnd(&[]),
    ),
    mistake(
        "charset-decoded",
        [
            "the body is decoded in another charset than UTF-8 before it is verified",
            "Verify bytes, or decode them as UTF-8",
        ],
        &[Refuses(&["accept-unicode"]), Takes(&["accept-pretty", "accept-escapes"])],
        These(&["accept-unicode"]),
    ),
    mistake(
        "unescaped-body",
        ["escapes of the body are changed before it is verified", "Verify the raw bytes as they came in"],
        &[Refuses(&["accept-escapes"]), Takes(&["accept-pretty", "accept-compact"])],
        These(&["accept-escapes", "accept-nul"]),
    ),
    mistake(
        "nul-refused",
        [
            "a text with \\u0000 is refused",
            "Store the raw body as bytes, or take \\u0000 out before storing text (PostgreSQL refuses it)",
        ],
        &[Refuses(&["accept-nul"]), Takes(&["accept-pretty"])],
        These(&["accept-nul"]),
    ),
    mistake(
        "body-trimmed",
        [
            "white space around the body is trimmed before it is verified",
            "Do not trim the body: every byte is signed",
        ],
        &[RefusesAny(&["accept-trailing-newline", "accept-leading-space"]), Takes(&["accept-pretty"])],
        These(&["accept-trailing-newline", "accept-leading-space", "refuse-appended-newline"]),
    ),
    mistake(
        "line-ends-changed",
        [
            "line ends are changed before the body is verified",
            "Read the body in binary: text modes change CR LF to LF",
        ],
        &[Refuses(&["accept-crlf"]), Takes(&["accept-pretty"])],
        These(&["accept-crlf"]),
    ),
    mistake(
        "last-v1-wins",
        [
            "only the last v1 of the header is compared",
            "Compare with every v1: there are two while a secret is being rolled",
        ],
        &[Takes(&["accept-v1-good-last"]), Refuses(&["accept-v1-good-first"])],
        These(&["accept-v1-good-first"]),
    ),
    mistake(
        "first-v1-only",
        [
            "only the first v1 of the header is compared",
            "Compare with every v1: there are two while a secret is being rolled",
        ],
        &[Takes(&["accept-v1-good-first"]), Refuses(&["accept-v1-good-last"])],
        These(&["accept-v1-good-last"]),
    ),
    mistake(
        "one-v1-only",
        [
            "a header with two v1 is refused",
            "Compare with every v1: there are two while a secret is being rolled",
        ],
        &[
            Refuses(&["accept-v1-good-first", "accept-v1-good-last"]),
            Takes(&["accept-pretty", "accept-v0-last"]),
        ],
        These(&["accept-v1-good-first", "accept-v1-good-last"]),
    ),
    mistake(
        "unknown-scheme-refused",
        ["a header with a scheme besides v1 is refused", "Ignore items that you do not know"],
        &[
            RefusesAny(&["accept-unknown-scheme", "accept-v0-last"]),
            Takes(&["accept-pretty", "accept-v1-before-t"]),
        ],
        These(&["accept-unknown-scheme", "accept-v0-last", "accept-v0-first"]),
    ),
    mistake(
        "header-by-position",
        [
            "the header's items are read by their position",
            "Read the items by name: t and v1, in any order, others between them",
        ],
        &[RefusesAny(&["accept-v0-first", "accept-v1-before-t"]), Takes(&["accept-pretty"])],
        These(&[
            "accept-v0-first",
            "accept-v0-last",
            "accept-v1-before-t",
            "accept-unknown-scheme",
            "accept-v1-good-first",
            "accept-v1-good-last",
        ]),
    ),
    mistake(
        "v0-accepted",
        ["a v0 signature is taken for one", "Compare with v1 alone: v0 is made up, with test events"],
        &[TakesAny(&["refuse-v0-only", "refuse-v0-good-v1-bad"])],
        These(&["refuse-v0-only", "refuse-v0-good-v1-bad"]),
    ),
    mistake(
        "no-tolerance",
        [
            "the age of a signature is not checked",
            "Refuse signatures older than 300 seconds (the tolerance of the official libraries; 0 switches it off)",
        ],
        &[Takes(OLD), Refuses(&["refuse-wrong-secret"])],
        These(&[
            "refuse-6-minutes-old",
            "refuse-1-day-old",
            "refuse-8-days-old",
            "refuse-time-zero",
            "refuse-second-t",
        ]),
    ),
    mistake(
        "tolerance-too-large",
        ["the tolerance is larger than 5 minutes", "Use 300 seconds, the default of the official libraries"],
        &[TakesAny(OLD), Refuses(&["refuse-wrong-secret"])],
        These(&["refuse-6-minutes-old", "refuse-1-day-old", "refuse-8-days-old", "refuse-second-t"]),
    ),
    mistake(
        "tolerance-too-small",
        [
            "the tolerance is smaller than 5 minutes",
            "Use 300 seconds, the default of the official libraries, and keep the clock right",
        ],
        &[RefusesAny(&["accept-4-minutes-old", "accept-1-minute-old"]), Takes(&["accept-pretty"])],
        These(&["accept-4-minutes-old", "accept-1-minute-old", "accept-retry", "accept-newer-before-older"]),
    ),
    mistake(
        "future-refused",
        [
            "a signature from a clock a minute ahead is refused",
            "Allow for clocks that differ: the official libraries do not refuse the future",
        ],
        &[Refuses(&["accept-clock-ahead"]), Takes(&["accept-pretty"])],
        These(&["accept-clock-ahead"]),
    ),
    mistake(
        "time-zero-accepted",
        ["t=0 skips the age check", "Compare numbers: a zero must not count as \"no time\""],
        &[Takes(&["refuse-time-zero"]), Refuses(&["refuse-8-days-old"])],
        These(&["refuse-time-zero"]),
    ),
    mistake(
        "time-not-a-number",
        [
            "a t that is not a number skips the age check",
            "Answer 400 unless t is an integer: every comparison with NaN is false",
        ],
        &[Takes(&["refuse-t-not-a-number"])],
        These(&["refuse-t-not-a-number", "refuse-no-t"]),
    ),
    mistake(
        "time-optional",
        ["a header without t is accepted", "Answer 400 when t is missing"],
        &[Takes(&["refuse-no-t"])],
        These(&["refuse-no-t"]),
    ),
    mistake(
        "timestamp-not-signed",
        [
            "the time that the age is judged by is not the signed one",
            "Judge the age by the t that the HMAC is computed over",
        ],
        &[TakesAny(&["refuse-t-changed", "refuse-second-t"]), Refuses(&["refuse-1-day-old"])],
        These(&["refuse-t-changed", "refuse-second-t"]),
    ),
    mistake(
        "body-hmac-accepted",
        [
            "an HMAC of another text is accepted beside Stripe's",
            "Accept one construction: t, a dot and the body",
        ],
        &[TakesAny(&["refuse-body-hmac", "refuse-no-dot"])],
        These(&["refuse-body-hmac", "refuse-no-dot"]),
    ),
    mistake(
        "empty-secret-accepted",
        [
            "the empty secret verifies deliveries",
            "Refuse to start without a secret, and update the official library (CVE-2026-41432)",
        ],
        &[TakesAny(&["refuse-empty-secret", "refuse-blank-secret"])],
        These(&["refuse-empty-secret", "refuse-blank-secret"]),
    ),
    mistake(
        "unset-secret-accepted",
        [
            "the text of a missing value (undefined, None, null) is used as the secret",
            "Refuse to start when the secret's variable is not set",
        ],
        &[Takes(&["refuse-undefined-secret"])],
        These(&["refuse-undefined-secret"]),
    ),
    mistake(
        "placeholder-secret-accepted",
        [
            "a placeholder verifies deliveries",
            "Take the default secret out of the code, and refuse to start without a real one",
        ],
        &[Takes(&["refuse-placeholder-secret"])],
        These(&["refuse-placeholder-secret"]),
    ),
    mistake(
        "prefix-stripped-accepted",
        ["the secret without its whsec_ verifies deliveries too", "Use the whole secret, and nothing else"],
        &[Takes(&["refuse-secret-without-prefix"])],
        These(&["refuse-secret-without-prefix"]),
    ),
    mistake(
        "body-limit",
        [
            "large bodies are refused",
            "Raise the body limit of this route to 1 MB: express.raw({type: 'application/json', limit: '1mb'}), client_max_body_size 1m in nginx",
        ],
        &[RefusesAny(SIZES), Takes(&["accept-pretty"])],
        These(SIZES),
    ),
    mistake(
        "prefix-compared",
        [
            "only the beginning of the signature is compared",
            "Compare all 64 digits with a constant-time function",
        ],
        &[TakesAny(&["refuse-truncated", "refuse-last-digit", "refuse-extended"])],
        These(&["refuse-truncated", "refuse-last-digit", "refuse-extended", "refuse-empty-signature"]),
    ),
    mistake(
        "suffix-compared",
        [
            "the beginning of the signature is not compared",
            "Compare all 64 digits with a constant-time function",
        ],
        &[Takes(&["refuse-first-digit"])],
        These(&["refuse-first-digit"]),
    ),
    mistake(
        "empty-signature-accepted",
        ["an empty signature is accepted", "Answer 400 when v1 is empty"],
        &[Takes(&["refuse-empty-signature"])],
        These(&["refuse-empty-signature"]),
    ),
    mistake(
        "sha1-accepted",
        ["signatures made with SHA-1 are accepted", "Accept HMAC-SHA256 alone"],
        &[Takes(&["refuse-sha1"])],
        These(&["refuse-sha1"]),
    ),
    mistake(
        "unkeyed-hash-accepted",
        ["a hash without the secret is accepted", "Use HMAC-SHA256 with the signing secret as its key"],
        &[Takes(&["refuse-plain-hash"])],
        These(&["refuse-plain-hash"]),
    ),
    mistake(
        "standard-webhooks-accepted",
        ["Standard Webhooks signatures are accepted beside Stripe's", "Accept one scheme on this route"],
        &[Takes(&["refuse-standard-webhooks"])],
        These(&["refuse-standard-webhooks"]),
    ),
    mistake(
        "body-rewritten-too",
        ["a delivery whose white space was changed is accepted", "Verify the raw bytes and nothing else"],
        &[TakesAny(REWRITTEN)],
        These(REWRITTEN),
    ),
    mistake(
        "duplicate-processed",
        [
            "the same event is acted on twice",
            "Remember the ids of handled events in the transaction that acts on them",
        ],
        &[ProbeFailed],
        These(&["accept-duplicate"]),
    ),
    mistake(
        "duplicate-refused",
        [
            "an event that was handled is refused when it comes again",
            "Answer 2xx to duplicates: Stripe sends an event again until it gets one",
        ],
        &[
            RefusesAny(&["accept-duplicate", "accept-retry"]),
            Takes(&["accept-pretty", "accept-1-minute-old"]),
        ],
        These(&["accept-duplicate", "accept-retry"]),
    ),
    mistake(
        "order-required",
        [
            "an event older than one that was handled is refused",
            "Answer 2xx whatever the order: Stripe promises none",
        ],
        &[Refuses(&["accept-newer-before-older"]), Takes(&["accept-pretty"])],
        These(&["accept-newer-before-older"]),
    ),
    mistake(
        "unknown-type-refused",
        [
            "events of types that are not handled are refused",
            "Answer 2xx to types that you do not handle, and choose the types in the endpoint's settings",
        ],
        &[Refuses(&["accept-unknown-type"]), Takes(&["accept-pretty"])],
        These(&["accept-unknown-type"]),
    ),
    mistake(
        "strict-schema",
        [
            "events with members that the code does not know are refused",
            "Ignore unknown members: Stripe adds some at any time",
        ],
        &[RefusesAny(&["accept-unknown-fields", "accept-connect"]), Takes(&["accept-pretty"])],
        These(&["accept-unknown-fields", "accept-connect"]),
    ),
    mistake(
        "content-type-strict",
        ["the Content-Type is compared as a whole", "Compare the media type alone, without its parameters"],
        &[Refuses(&["accept-plain-content-type"]), Takes(&["accept-pretty"])],
        These(&["accept-plain-content-type"]),
    ),
    mistake(
        "case-ignored",
        ["the case of the header is ignored", "Harmless; the official libraries compare exactly"],
        &[TakesAny(&["refuse-upper-case", "refuse-upper-case-names"])],
        These(&["refuse-upper-case", "refuse-upper-case-names"]),
    ),
    mistake(
        "body-not-parsed",
        ["a signed body that is no event is accepted", "Answer 400 when the verified body cannot be parsed"],
        &[TakesAny(&["refuse-not-json", "refuse-signed-empty"])],
        These(&["refuse-not-json", "refuse-signed-empty"]),
    ),
    mistake(
        "unhandled-errors",
        [
            "bad deliveries make the endpoint fail (5xx)",
            "Catch the library's exception (SignatureVerificationError, ValueError) and answer 400",
        ],
        &[Crashes(3)],
        EveryBad,
    ),
];

/// The mistakes that account for what did not pass, those behind the worst failures first. Each accounts for
/// something that those above it in the table leave open.
#[must_use]
pub fn mistakes(results: &[CheckResult]) -> Vec<&'static Mistake> {
    let is_open = |result: &&CheckResult| matches!(result.status, Status::Failed | Status::Warning);
    let mut open: Vec<_> = results.iter().filter(is_open).collect();
    let mut found = Vec::new();
    for mistake in MISTAKES {
        let accounts_for = |result: &&CheckResult| mistake.explains.covers(result);
        if open.iter().any(accounts_for) && mistake.signs.iter().all(|sign| sign.is_on(results)) {
            let worst =
                open.iter().filter(|it| accounts_for(it)).map(|it| (it.status, it.check.severity)).min();
            open.retain(|result| !accounts_for(result));
            found.push((worst, mistake));
        }
    }
    found.sort_by_key(|(worst, _)| *worst);
    found.into_iter().map(|(_, mistake)| mistake).collect()
}

impl Explains {
    fn covers(self, result: &CheckResult) -> bool {
        let (id, group) = (result.check.id, result.check.group);
        match self {
            Everything => true,
            EveryBad => group == Group::Refuse,
            EveryGoodAnd(ids) => group == Group::Accept || ids.contains(&id),
            These(ids) => ids.contains(&id),
        }
    }
}

impl Sign {
    fn is_on(self, results: &[CheckResult]) -> bool {
        let sent = |id: &&str| results.iter().find(|it| it.check.id == *id && !it.answers.is_empty());
        let is_taken = |id: &&str| sent(id).is_some_and(CheckResult::is_taken);
        let is_refused = |id: &&str| sent(id).is_some_and(|it| !it.is_taken());
        let good = || results.iter().filter(|it| it.check.group == Group::Accept && !it.answers.is_empty());
        let outcomes = || results.iter().flat_map(|it| &it.answers).map(|answer| &answer.outcome);
        match self {
            Takes(ids) => ids.iter().all(is_taken),
            TakesAny(ids) => ids.iter().any(is_taken),
            Refuses(ids) => ids.iter().all(is_refused),
            RefusesAny(ids) => ids.iter().any(is_refused),
            RefusesEveryGood => good().count() > 0 && good().all(|it| !it.is_taken()),
            EveryGoodAnswered(statuses) => {
                let is_one =
                    |it: &Outcome| matches!(it, Outcome::Status(status) if statuses.contains(status));
                good().count() > 0 && good().all(|it| it.answers.iter().all(|answer| is_one(&answer.outcome)))
            }
            Redirects => outcomes().any(Outcome::is_redirect),
            Hangs => good().flat_map(|it| &it.answers).any(|answer| answer.outcome == Outcome::TimedOut),
            Crashes(most) => {
                let is_crash = |it: &&CheckResult| {
                    it.check.group == Group::Refuse && it.status == Status::Warning && !it.is_taken()
                };
                results.iter().filter(is_crash).count() >= most
            }
            ProbeFailed => results
                .iter()
                .any(|it| it.status == Status::Failed && it.check.group == Group::Accept && it.is_taken()),
        }
    }
}
