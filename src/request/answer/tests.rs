//! The table, row by row, and what holds of every answer.

use proptest::prelude::*;

use super::*;
use crate::certificate::CertificateFault;

const FIRST: Situation = Situation { is_write: true, maybe: false };
const LATER: Situation = Situation { is_write: true, maybe: true };
const GET: Situation = Situation { is_write: false, maybe: false };
const GET_LATER: Situation = Situation { is_write: false, maybe: true };

const ERROR: &str = r#"{"error": {"type": "invalid_request_error"}}"#;

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, body: body.into(), ..Answer::default() }
}

fn with_type(status: u16, body: &str, name: &str) -> Answer {
    Answer { headers: vec![("Content-Type".to_owned(), name.to_owned())], ..answer(status, body) }
}

fn row(answer: Answer, situation: Situation) -> Row {
    let reading = read(&Reply::Answer(answer), situation);
    (reading.outcome, reading.execution, reading.retry)
}

#[test]
fn a_replay_is_authoritative_whatever_came_before() {
    for situation in [FIRST, LATER] {
        for (status, body, outcome) in [
            (200, "{}", Outcome::Succeeded),
            (402, ERROR, Outcome::Declined),
            (400, ERROR, Outcome::Invalid),
            (403, ERROR, Outcome::Forbidden),
            (404, ERROR, Outcome::NotFound),
        ] {
            let replay = Answer { replayed: true, ..answer(status, body) };
            assert_eq!(row(replay, situation), (outcome, Execution::Final, Retry::No), "{status}");
        }
        let replay = Answer { replayed: true, ..answer(500, ERROR) };
        assert_eq!(row(replay, situation), (Outcome::ServerError, Execution::Maybe, Retry::No));
    }
}

#[test]
fn success_and_decline_are_final() {
    for situation in [FIRST, LATER] {
        let success = (Outcome::Succeeded, Execution::Final, Retry::No);
        assert_eq!(row(answer(200, "{}"), situation), success);
        assert_eq!(row(answer(299, "{}"), situation), success);
        let decline = (Outcome::Declined, Execution::Final, Retry::No);
        assert_eq!(row(answer(402, ERROR), situation), decline);
    }
}

#[test]
fn a_key_of_another_request_is_final_only_when_nothing_was_sent_before() {
    let body = r#"{"error": {"type": "idempotency_error"}}"#;
    assert_eq!(row(answer(400, body), FIRST), (Outcome::KeyMismatch, Execution::Final, Retry::No));
    let unknown = (Outcome::Unknown, Execution::NotExecuted, Retry::No);
    assert_eq!(row(answer(400, body), LATER), unknown);
    assert_eq!(row(Answer { replayed: true, ..answer(400, body) }, LATER), unknown);
}

#[test]
fn other_refusals_are_final_only_when_nothing_was_sent_before() {
    for (status, outcome) in [
        (400, Outcome::Invalid),
        (403, Outcome::Forbidden),
        (404, Outcome::NotFound),
        (408, Outcome::Invalid),
        (413, Outcome::Invalid),
    ] {
        assert_eq!(row(answer(status, ERROR), FIRST), (outcome, Execution::Final, Retry::No));
        let unknown = (Outcome::Unknown, Execution::NotExecuted, Retry::No);
        assert_eq!(row(answer(status, ERROR), LATER), unknown);
    }
}

#[test]
fn a_401_and_a_429_say_nothing_of_an_earlier_attempt() {
    let no = Execution::NotExecuted;
    assert_eq!(row(answer(401, ERROR), FIRST), (Outcome::Unauthorized, no, Retry::WithPreviousKey));
    assert_eq!(row(answer(401, ERROR), LATER), (Outcome::Unknown, no, Retry::WithPreviousKey));
    assert_eq!(row(answer(429, ERROR), FIRST), (Outcome::RateLimited, no, Retry::Later));
    assert_eq!(row(answer(429, ERROR), LATER), (Outcome::Unknown, no, Retry::Later));
}

#[test]
fn a_key_in_use_is_tried_again() {
    for situation in [FIRST, LATER] {
        assert_eq!(row(answer(409, ERROR), situation), (Outcome::InProgress, Execution::Maybe, Retry::Later));
    }
}

#[test]
fn the_server_is_believed_that_a_retry_does_not_help() {
    for (status, situation) in [(409, FIRST), (429, FIRST), (409, GET), (429, GET), (500, GET), (424, GET)] {
        let told = |should_retry| Answer { should_retry, ..answer(status, ERROR) };
        assert_eq!(row(told(Some(false)), situation).2, Retry::No, "{status}");
        assert_eq!(row(told(Some(true)), situation).2, Retry::Later, "{status}");
        assert_eq!(row(told(None), situation).2, Retry::Later, "{status}");
    }
}

#[test]
fn server_errors_are_tried_again_unless_the_server_says_no() {
    for status in [424, 500, 502, 503, 504] {
        for situation in [FIRST, LATER] {
            let unknown = (Outcome::Unknown, Execution::Maybe, Retry::Later);
            assert_eq!(row(answer(status, ERROR), situation), unknown);
            assert_eq!(row(answer(status, "<html>"), situation), unknown);
            let no = |body| Answer { should_retry: Some(false), ..answer(status, body) };
            assert_eq!(row(no(ERROR), situation), (Outcome::ServerError, Execution::Maybe, Retry::No));
            assert_eq!(row(no("<html>"), situation), unknown, "a header of nobody's is not believed");
        }
    }
}

#[test]
fn nothing_sent_leaves_things_as_they_were() {
    let reply = Reply::NotSent(Unsent::Unreachable("refused".into()));
    let row = |situation| {
        let reading = read(&reply, situation);
        (reading.outcome, reading.execution, reading.retry)
    };
    let no = Execution::NotExecuted;
    assert_eq!(row(FIRST), (Outcome::NotSent, no, Retry::Later));
    assert_eq!(row(LATER), (Outcome::Unknown, no, Retry::Later));
    assert_eq!(row(GET), (Outcome::NotSent, no, Retry::Later));
    assert_eq!(row(GET_LATER), (Outcome::NotSent, no, Retry::Later));
    let untrusted = Reply::NotSent(Unsent::Untrusted(CertificateFault::UnknownIssuer));
    assert_eq!(read(&untrusted, FIRST).retry, Retry::No);
    assert_eq!(read(&untrusted, FIRST).outcome, Outcome::NotSent);
}

#[test]
fn a_lost_or_broken_answer_may_have_been_executed() {
    for reply in [
        Reply::Lost("reset".into()),
        Reply::Answer(answer(200, "{\"id\": \"pi")),
        Reply::Answer(answer(200, "")),
        Reply::Answer(answer(204, "")),
        Reply::Answer(answer(200, "<html>")),
        Reply::Answer(answer(200, "\"ok\"")),
    ] {
        for (situation, outcome) in [(FIRST, Outcome::Unknown), (LATER, Outcome::Unknown)] {
            let reading = read(&reply, situation);
            let row = (reading.outcome, reading.execution, reading.retry);
            assert_eq!(row, (outcome, Execution::Maybe, Retry::Later), "{reply:?}");
        }
    }
}

#[test]
fn whose_answer_it_is_comes_before_its_status() {
    for status in [101, 301, 302, 307, 400, 401, 402, 403, 404, 407, 408, 409, 421, 425, 429, 460, 499] {
        for body in ["", "<html>", "{}", r#"{"error": "no"}"#] {
            for situation in [FIRST, LATER] {
                let (outcome, execution, _) = row(answer(status, body), situation);
                assert_eq!((outcome, execution), (Outcome::Unknown, Execution::Maybe), "{status} {body}");
            }
        }
    }
    // No answer of the API redirects, whatever its body says.
    assert_eq!(row(answer(302, ERROR), FIRST), (Outcome::Unknown, Execution::Maybe, Retry::No));
}

#[test]
fn an_answer_of_somebody_else_is_tried_again_where_that_can_help() {
    for status in [101, 200, 299, 408, 409, 421, 424, 425, 429, 460, 499, 500, 502, 599] {
        assert_eq!(row(answer(status, "<html>"), FIRST).2, Retry::Later, "{status}");
    }
    for status in [300, 302, 399, 400, 401, 403, 404, 407, 410, 431] {
        assert_eq!(row(answer(status, "<html>"), FIRST).2, Retry::No, "{status}");
    }
}

#[test]
fn a_read_ends_with_its_last_answer() {
    for situation in [GET, GET_LATER] {
        for (status, outcome, retry) in [
            (101, Outcome::ServerError, Retry::Later),
            (302, Outcome::Invalid, Retry::No),
            (400, Outcome::Invalid, Retry::No),
            (402, Outcome::Declined, Retry::No),
            (403, Outcome::Forbidden, Retry::No),
            (404, Outcome::NotFound, Retry::No),
            (408, Outcome::Invalid, Retry::Later),
            (409, Outcome::InProgress, Retry::Later),
            (424, Outcome::ServerError, Retry::Later),
            (429, Outcome::RateLimited, Retry::Later),
            (500, Outcome::ServerError, Retry::Later),
        ] {
            for body in [ERROR, "<html>", ""] {
                let expected = (outcome, Execution::NotExecuted, retry);
                assert_eq!(row(answer(status, body), situation), expected, "{status} {body}");
            }
        }
        assert_eq!(row(answer(401, ERROR), situation).2, Retry::WithPreviousKey);
        assert_eq!(row(answer(401, "<html>"), situation).2, Retry::No);
        assert_eq!(row(answer(401, "<html>"), situation).0, Outcome::Unauthorized);
        let lost = read(&Reply::Lost("reset".into()), situation);
        assert_eq!((lost.outcome, lost.retry), (Outcome::ServerError, Retry::Later));
    }
}

#[test]
fn a_read_may_return_what_is_not_json_but_no_page_and_no_broken_json() {
    assert_eq!(row(answer(200, "a,b\n"), GET), (Outcome::Succeeded, Execution::Final, Retry::No));
    assert_eq!(row(answer(204, ""), GET).0, Outcome::Succeeded);
    assert_eq!(row(with_type(200, "a,b\n", "text/csv"), GET).0, Outcome::Succeeded);
    assert_eq!(row(with_type(200, "[1]", "application/json; charset=utf-8"), GET).0, Outcome::Succeeded);
    for broken in [with_type(200, "{", "application/json"), with_type(200, "<p>", "text/HTML; charset=utf-8")]
    {
        assert_eq!(row(broken, GET), (Outcome::ServerError, Execution::NotExecuted, Retry::Later));
    }
}

#[test]
fn what_an_answer_is_is_told_in_a_few_words() {
    let detail = |answer, situation| read(&Reply::Answer(answer), situation).detail;
    let code = r#"{"error": {"code": "card_declined"}}"#;
    assert_eq!(detail(answer(402, code), FIRST), "402 card_declined");
    assert_eq!(detail(answer(404, ERROR), FIRST), "404");
    assert_eq!(detail(answer(200, "{}"), FIRST), "200");
    assert_eq!(detail(answer(200, "a"), GET), "200");
    assert_eq!(detail(answer(302, ""), FIRST), "302, a redirect");
    assert_eq!(detail(answer(300, "{}"), GET), "300, a redirect");
    let others = "which is not an answer of the API";
    assert_eq!(detail(answer(408, ""), FIRST), format!("408 with an empty body, {others}"));
    let page = with_type(403, "<p>", "text/html; charset=utf-8");
    assert_eq!(detail(page.clone(), FIRST), format!("403 with a body of the type text/html, {others}"));
    assert_eq!(detail(page, GET), format!("403 with a body of the type text/html, {others}"));
    let no_error = format!("404 with JSON that has no error of the API in it, {others}");
    assert_eq!(detail(answer(404, "{}"), GET), no_error);
    let long = with_type(403, "<p>", &"x".repeat(41));
    assert_eq!(detail(long, FIRST), format!("403 with a body that is not whole JSON, {others}"));
    let edge = with_type(403, "<p>", &"x".repeat(40));
    assert_eq!(detail(edge, FIRST), format!("403 with a body of the type {}, {others}", "x".repeat(40)));
    let broken = with_type(200, "{", "application/json");
    assert_eq!(detail(broken, FIRST), format!("200 with a body that is not whole JSON, {others}"));
}

/// Bodies that nobody takes for the API's, with many that come near it.
fn others_bodies() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        Just(b"<html>".to_vec()),
        Just(Vec::new()),
        Just(b"{}".to_vec()),
        Just(br#"{"error": {}}"#.to_vec()),
        Just(br#"{"error": {"code": 500}}"#.to_vec()),
        Just(br#"{"error": "type"}"#.to_vec()),
        Just(br#"[{"error": {"type": "card_error"}}]"#.to_vec()),
    ]
}

proptest! {
    /// The promise of this table: what is not recognisably the API's never ends the doubt about a write, so
    /// that no later run makes a new key.
    #[test]
    fn no_answer_of_somebody_else_ends_the_doubt(
        status in 100u16..=999, body in others_bodies(), replayed in any::<bool>(),
        should_retry in any::<Option<bool>>(), maybe in any::<bool>(),
    ) {
        let answer = Answer { status, replayed, should_retry, body, ..Answer::default() };
        let is_the_apis = status >= 400 && answer.api_error().is_some()
            || (200..300).contains(&status) && answer.is_object();
        prop_assume!(!is_the_apis);
        let reading = read(&Reply::Answer(answer), Situation { is_write: true, maybe });
        prop_assert_eq!(reading.outcome, Outcome::Unknown);
        prop_assert_eq!(reading.execution, Execution::Maybe);
        prop_assert_eq!(reading.error, None);
    }

    #[test]
    fn a_read_is_never_unknown(
        status in 100u16..=999, body in others_bodies(), replayed in any::<bool>(), maybe in any::<bool>(),
        is_html in any::<bool>(),
    ) {
        let headers = vec![("content-type".to_owned(), if is_html { "text/html" } else { "application/json" }.to_owned())];
        let answer = Answer { status, replayed, headers, body, ..Answer::default() };
        let reading = read(&Reply::Answer(answer), Situation { is_write: false, maybe });
        prop_assert!(!matches!(reading.outcome, Outcome::Unknown | Outcome::ExpiredUnknown));
        prop_assert!(reading.outcome != Outcome::Succeeded || (200..300).contains(&status));
    }

    #[test]
    fn an_earlier_attempt_is_not_forgotten(status in 100u16..=999, replayed in any::<bool>(), body in prop_oneof![Just(ERROR), Just("{}")]) {
        let reading = read(&Reply::Answer(Answer { replayed, ..answer(status, body) }), LATER);
        let is_told = replayed || (200..300).contains(&status) || status == 402;
        prop_assert!(reading.execution != Execution::Final || is_told, "{status}");
        prop_assert!(!(reading.retry == Retry::Later && matches!(status, 400..=404)));
    }
}
