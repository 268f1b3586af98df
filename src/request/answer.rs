//! Reading an answer: from status, headers and body to what is known now. The table of this tool.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::exit::Outcome;
use crate::journal::Execution;

/// What came back of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A whole answer.
    Answer(Answer),
    /// No byte of the request left: DNS, a refused connection, a failed TLS handshake.
    NotSent(String),
    /// The request may have arrived and no whole answer came back.
    Lost(String),
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Idempotent-Replayed: true`.
    pub replayed: bool,
    /// `Stripe-Should-Retry`, where it is given.
    pub should_retry: Option<bool>,
    /// `Request-Id`.
    pub request_id: Option<String>,
    /// `Original-Request`.
    pub original_request_id: Option<String>,
    /// All headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

/// What is known of the request before the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Whether the request can change anything.
    pub is_write: bool,
    /// Whether an earlier attempt may have been executed.
    pub maybe: bool,
}

/// The `error` object of an answer (Stripe API reference, "Errors").
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct ApiError {
    /// `card_error`, `invalid_request_error`, `idempotency_error`, `api_error`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The code, for programs.
    pub code: Option<String>,
    /// Why a card was declined.
    pub decline_code: Option<String>,
    /// The parameter at fault.
    pub param: Option<String>,
    /// The message, for people.
    pub message: Option<String>,
    /// Where it is explained.
    pub doc_url: Option<String>,
}

/// What an attempt tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What it means for the caller, should it be the last attempt.
    pub outcome: Outcome,
    /// What it tells of the execution of the key.
    pub execution: Execution,
    /// Whether another attempt with the same key can help.
    pub retry: bool,
    /// The error of the answer, where it has one.
    pub error: Option<ApiError>,
    /// What happened, in a few words.
    pub detail: String,
}

/// Reads what came back of one attempt.
#[must_use]
pub fn read(reply: &Reply, situation: Situation) -> Reading {
    let answer = match reply {
        Reply::Answer(answer) => answer,
        Reply::NotSent(why) => return not_sent(why, situation),
        Reply::Lost(why) => return lost(why.clone()),
    };
    let error = api_error(&answer.body);
    let (outcome, execution, retry) = match answer.status {
        200..=299 if !is_whole(answer, situation) => {
            return lost(format!("{} with a body that is not whole JSON", answer.status));
        }
        200..=299 => (Outcome::Succeeded, Execution::Final, false),
        300..=399 if situation.maybe => (Outcome::Unknown, Execution::Maybe, false),
        300..=399 => (Outcome::Invalid, Execution::Maybe, false),
        402 => (Outcome::Declined, Execution::Final, false),
        409 => (Outcome::InProgress, Execution::Maybe, answer.should_retry != Some(false)),
        429 => unless_maybe(situation, Outcome::RateLimited, answer.should_retry != Some(false)),
        401 => unless_maybe(situation, Outcome::Unauthorized, false),
        424 | 500.. => server_error(answer, situation),
        status => refused(status, error.as_ref(), answer, situation),
    };
    let detail = match &error {
        Some(ApiError { code: Some(code), .. }) => format!("{} {code}", answer.status),
        _ => answer.status.to_string(),
    };
    Reading { outcome, execution, retry, error, detail }
}

fn not_sent(why: &str, situation: Situation) -> Reading {
    let outcome = if situation.maybe { Outcome::Unknown } else { Outcome::NotSent };
    Reading { outcome, execution: Execution::NotExecuted, retry: true, error: None, detail: why.to_owned() }
}

fn lost(why: String) -> Reading {
    Reading { outcome: Outcome::Unknown, execution: Execution::Maybe, retry: true, error: None, detail: why }
}

/// An answer that says of this attempt that it was not executed, and nothing of an earlier one.
fn unless_maybe(situation: Situation, outcome: Outcome, retry: bool) -> (Outcome, Execution, bool) {
    let outcome = if situation.maybe { Outcome::Unknown } else { outcome };
    (outcome, Execution::NotExecuted, retry)
}

/// A replayed server error is what the server keeps for this key: it never changes. So it is where the
/// server says that a retry does not help.
fn server_error(answer: &Answer, situation: Situation) -> (Outcome, Execution, bool) {
    let is_stored = answer.replayed || answer.should_retry == Some(false);
    match (is_stored, situation.is_write) {
        (true, _) => (Outcome::ServerError, Execution::Maybe, false),
        (false, true) => (Outcome::Unknown, Execution::Maybe, true),
        (false, false) => (Outcome::ServerError, Execution::Maybe, true),
    }
}

/// 400, 403, 404 and other refusals: final, unless an earlier attempt may have been executed and this is
/// not its replay.
fn refused(
    status: u16,
    error: Option<&ApiError>,
    answer: &Answer,
    situation: Situation,
) -> (Outcome, Execution, bool) {
    let is_other_request = error.is_some_and(|error| error.kind.as_deref() == Some("idempotency_error"));
    if situation.maybe && (is_other_request || !answer.replayed) {
        return (Outcome::Unknown, Execution::NotExecuted, false);
    }
    let outcome = match status {
        _ if is_other_request => Outcome::KeyMismatch,
        403 => Outcome::Forbidden,
        404 => Outcome::NotFound,
        _ => Outcome::Invalid,
    };
    (outcome, Execution::Final, false)
}

/// Whether a 2xx answer is all there. One that says that it is JSON must be; one to a write always.
fn is_whole(answer: &Answer, situation: Situation) -> bool {
    let says_json = answer
        .headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("content-type") && value.contains("json"));
    let is_bare = answer.body.is_empty() && answer.status == 204;
    is_bare || !(says_json || situation.is_write) || serde_json::from_slice::<&RawValue>(&answer.body).is_ok()
}

/// The `error` object of a body.
pub(super) fn api_error(body: &[u8]) -> Option<ApiError> {
    #[derive(Deserialize)]
    struct Body {
        error: ApiError,
    }
    serde_json::from_slice::<Body>(body).ok().map(|body| body.error)
}

/// The `livemode` of an answer's object, or of the first object of a list.
#[must_use]
pub fn livemode(body: &[u8]) -> Option<bool> {
    #[derive(Deserialize)]
    struct Object {
        livemode: Option<bool>,
        data: Option<Box<RawValue>>,
    }
    let object: Object = serde_json::from_slice(body).ok()?;
    let in_list = || {
        let items: Vec<Object> = serde_json::from_str(object.data.as_ref()?.get()).ok()?;
        items.first()?.livemode
    };
    object.livemode.or_else(in_list)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIRST: Situation = Situation { is_write: true, maybe: false };
    const LATER: Situation = Situation { is_write: true, maybe: true };
    const GET: Situation = Situation { is_write: false, maybe: false };

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.into(), ..Answer::default() }
    }

    fn reading(answer: Answer, situation: Situation) -> (Outcome, Execution, bool) {
        let reading = read(&Reply::Answer(answer), situation);
        (reading.outcome, reading.execution, reading.retry)
    }

    #[test]
    fn a_replay_is_authoritative_whatever_came_before() {
        for situation in [FIRST, LATER] {
            for (status, outcome) in [
                (200, Outcome::Succeeded),
                (402, Outcome::Declined),
                (400, Outcome::Invalid),
                (403, Outcome::Forbidden),
                (404, Outcome::NotFound),
            ] {
                let replay = Answer { replayed: true, ..answer(status, "{}") };
                assert_eq!(reading(replay, situation), (outcome, Execution::Final, false), "{status}");
            }
            let replay = Answer { replayed: true, ..answer(500, "{}") };
            assert_eq!(reading(replay, situation), (Outcome::ServerError, Execution::Maybe, false));
        }
    }

    #[test]
    fn success_and_decline_are_final() {
        for situation in [FIRST, LATER] {
            assert_eq!(reading(answer(200, "{}"), situation), (Outcome::Succeeded, Execution::Final, false));
            assert_eq!(reading(answer(402, "{}"), situation), (Outcome::Declined, Execution::Final, false));
        }
    }

    #[test]
    fn a_key_of_another_request_is_final_only_when_nothing_was_sent_before() {
        let body = r#"{"error": {"type": "idempotency_error"}}"#;
        assert_eq!(reading(answer(400, body), FIRST), (Outcome::KeyMismatch, Execution::Final, false));
        assert_eq!(reading(answer(400, body), LATER), (Outcome::Unknown, Execution::NotExecuted, false));
    }

    #[test]
    fn other_refusals_are_final_only_when_nothing_was_sent_before() {
        for (status, outcome) in [
            (400, Outcome::Invalid),
            (403, Outcome::Forbidden),
            (404, Outcome::NotFound),
            (413, Outcome::Invalid),
        ] {
            assert_eq!(reading(answer(status, "{}"), FIRST), (outcome, Execution::Final, false));
            assert_eq!(
                reading(answer(status, "{}"), LATER),
                (Outcome::Unknown, Execution::NotExecuted, false)
            );
        }
    }

    #[test]
    fn a_401_and_a_429_say_nothing_of_an_earlier_attempt() {
        let no = Execution::NotExecuted;
        assert_eq!(reading(answer(401, "{}"), FIRST), (Outcome::Unauthorized, no, false));
        assert_eq!(reading(answer(401, "{}"), LATER), (Outcome::Unknown, no, false));
        assert_eq!(reading(answer(429, "{}"), FIRST), (Outcome::RateLimited, no, true));
        assert_eq!(reading(answer(429, "{}"), LATER), (Outcome::Unknown, no, true));
    }

    #[test]
    fn a_key_in_use_is_tried_again() {
        for situation in [FIRST, LATER] {
            assert_eq!(reading(answer(409, "{}"), situation), (Outcome::InProgress, Execution::Maybe, true));
        }
    }

    #[test]
    fn server_errors_are_tried_again_unless_the_server_says_no() {
        for status in [424, 500, 502, 503, 504] {
            assert_eq!(reading(answer(status, "<html>"), FIRST), (Outcome::Unknown, Execution::Maybe, true));
            let no = Answer { should_retry: Some(false), ..answer(status, "{}") };
            assert_eq!(reading(no, FIRST), (Outcome::ServerError, Execution::Maybe, false));
        }
        assert_eq!(reading(answer(500, "{}"), GET), (Outcome::ServerError, Execution::Maybe, true));
    }

    #[test]
    fn nothing_sent_leaves_things_as_they_were() {
        let reply = Reply::NotSent("refused".into());
        let first = read(&reply, FIRST);
        assert_eq!(
            (first.outcome, first.execution, first.retry),
            (Outcome::NotSent, Execution::NotExecuted, true)
        );
        assert_eq!(read(&reply, LATER).outcome, Outcome::Unknown);
    }

    #[test]
    fn a_lost_or_broken_answer_may_have_been_executed() {
        for reply in [
            Reply::Lost("reset".into()),
            Reply::Answer(answer(200, "{\"id\": \"pi")),
            Reply::Answer(answer(200, "")),
            Reply::Answer(answer(200, "<html>")),
        ] {
            let reading = read(&reply, FIRST);
            assert_eq!(
                (reading.outcome, reading.execution, reading.retry),
                (Outcome::Unknown, Execution::Maybe, true)
            );
        }
    }

    #[test]
    fn a_read_may_return_what_is_not_json() {
        assert_eq!(reading(answer(200, "a,b\n"), GET).0, Outcome::Succeeded);
        let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        assert_eq!(reading(Answer { headers, ..answer(200, "{") }, GET).0, Outcome::Unknown);
    }

    #[test]
    fn a_redirect_is_not_followed_and_not_taken_for_a_result() {
        assert_eq!(reading(answer(307, ""), FIRST), (Outcome::Invalid, Execution::Maybe, false));
        assert_eq!(reading(answer(307, ""), LATER), (Outcome::Unknown, Execution::Maybe, false));
    }

    #[test]
    fn the_error_is_read_from_the_body() {
        let body = r#"{"error": {"type": "card_error", "code": "card_declined", "decline_code": "generic_decline", "message": "No."}}"#;
        let error = read(&Reply::Answer(answer(402, body)), FIRST).error.expect("an error");
        assert_eq!(error.decline_code.as_deref(), Some("generic_decline"));
        assert_eq!(error.param, None);
    }

    #[test]
    fn livemode_is_found_in_an_object_and_in_a_list() {
        assert_eq!(livemode(br#"{"livemode": true}"#), Some(true));
        assert_eq!(livemode(br#"{"object": "list", "data": [{"livemode": false}]}"#), Some(false));
        assert_eq!(livemode(br#"{"data": []}"#), None);
        assert_eq!(livemode(b"<html>"), None);
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic_or_forget(
            status in 100u16..=999, body in prop::collection::vec(any::<u8>(), 0..40),
            replayed in any::<bool>(), should_retry in any::<Option<bool>>(),
        ) {
            let answer = Answer { status, replayed, should_retry, body, ..Answer::default() };
            let reading = read(&Reply::Answer(answer.clone()), LATER);
            let is_told = replayed || (200..300).contains(&status) || status == 402;
            prop_assert!(reading.execution != Execution::Final || is_told, "{status}");
            prop_assert!(!(reading.retry && matches!(status, 400..=404)));
        }
    }
}
