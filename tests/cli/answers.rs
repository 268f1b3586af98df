//! Reading an answer: every row of the table, on a first attempt and after one that may have executed.

use std::time::Duration;

use serde_json::Value;

use crate::support::server::{Answer, Step, nobody, paid};
use crate::support::{Home, Server};

/// What is expected of a run: outcome, exit code, the journal's state, requests seen, replayed by whom.
#[derive(Debug, Clone, Copy)]
struct Expected {
    outcome: &'static str,
    exit: i32,
    state: &'static str,
    requests: usize,
    replayed: bool,
}

const fn ends(outcome: &'static str, exit: i32, state: &'static str, requests: usize) -> Expected {
    Expected { outcome, exit, state, requests, replayed: false }
}

const fn saved(outcome: &'static str, exit: i32, state: &'static str, requests: usize) -> Expected {
    Expected { outcome, exit, state, requests, replayed: true }
}

const PAY: [&str; 6] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000", "--json"];

/// Runs one payment against a script with as many attempts as the script has steps.
fn check(steps: Vec<Step>, expected: Expected) {
    let home = Home::new();
    let retries = steps.len() - 1;
    let seen = {
        let server = Server::script(steps);
        let run = home.at(&server, PAY).args(["--timeout", "2s", "--max-retries", &retries.to_string()]);
        let seen = run.run();
        let requests = server.requests();
        assert_eq!(requests.len(), expected.requests, "requests at the server, of {seen}");
        for request in &requests {
            assert!(request.key().is_some(), "an attempt without a key: {seen}");
            assert_eq!(request.key(), requests[0].key(), "every attempt has the same key: {seen}");
            assert_eq!(request.body, requests[0].body, "every attempt has the same bytes: {seen}");
        }
        seen
    };
    let seen = seen.exits(expected.exit);
    let envelope = seen.json();
    assert_eq!(envelope["outcome"], expected.outcome, "{seen}");
    assert_eq!(envelope["exit_code"], expected.exit, "{seen}");
    assert_eq!(envelope["replayed"], expected.replayed, "{seen}");
    let by = if expected.replayed { Value::from("server") } else { Value::Null };
    assert_eq!(envelope["replayed_by"], by, "{seen}");
    let entry = home.only_entry();
    assert_eq!(entry["state"], expected.state, "the journal's state after {seen}");
    assert_eq!(entry["key"], envelope["idempotency_key"], "{seen}");
    assert_eq!(entry["attempts"], envelope["attempts"], "{seen}");
}

fn error(status: u16) -> Answer {
    let kind = match status {
        402 => "card_error",
        424 | 500.. => "api_error",
        _ => "invalid_request_error",
    };
    Answer::error(status, kind, None)
}

fn mismatch() -> Answer {
    Answer::error(400, "idempotency_error", None)
}

fn in_use() -> Answer {
    Answer::error(409, "invalid_request_error", Some("idempotency_key_in_use"))
}

/// One test a row: the steps of the script, and what is expected.
macro_rules! rows {
    ($($name:ident: [$($step:expr),+] => $expected:expr;)+) => {
        $(#[test]
        fn $name() {
            check(vec![$(Step::from($step)),+], $expected);
        })+
    };
}

mod first_attempt {
    use super::*;

    rows! {
        a_replayed_success_is_the_saved_result: [paid().replayed()] => saved("succeeded", 0, "succeeded", 1);
        a_replayed_decline_is_the_saved_result: [error(402).replayed()] => saved("declined", 10, "failed", 1);
        a_replayed_refusal_is_the_saved_result: [error(400).replayed()] => saved("invalid", 4, "failed", 1);
        a_2xx_has_succeeded: [paid()] => ends("succeeded", 0, "succeeded", 1);
        a_402_is_declined: [error(402), paid()] => ends("declined", 10, "failed", 1);
        an_idempotency_error_means_another_requests_key: [mismatch(), paid()] => ends("key_mismatch", 11, "failed", 1);
        a_400_is_final: [error(400), paid()] => ends("invalid", 4, "failed", 1);
        a_403_is_final: [error(403), paid()] => ends("forbidden", 4, "failed", 1);
        a_404_is_final: [error(404), paid()] => ends("not_found", 4, "failed", 1);
        a_401_has_not_executed: [error(401), paid()] => ends("unauthorized", 13, "retryable", 1);
        a_409_backs_off_with_the_same_key: [in_use(), in_use(), paid()] => ends("succeeded", 0, "succeeded", 3);
        a_429_has_not_executed: [error(429)] => ends("rate_limited", 15, "retryable", 1);
        a_429_that_should_be_retried_is_retried:
            [error(429).header("Stripe-Should-Retry", "true"), paid()] => ends("succeeded", 0, "succeeded", 2);
        a_lock_timeout_is_retried:
            [Answer::error(429, "invalid_request_error", Some("lock_timeout")), paid()] => ends("succeeded", 0, "succeeded", 2);
        a_424_is_retried: [error(424), paid()] => ends("succeeded", 0, "succeeded", 2);
        a_500_is_retried: [error(500), paid()] => ends("succeeded", 0, "succeeded", 2);
        a_503_is_retried: [error(503), paid()] => ends("succeeded", 0, "succeeded", 2);
        a_500_is_unknown_in_the_end: [error(500)] => ends("unknown", 20, "unknown", 1);
        a_424_is_unknown_in_the_end: [error(424)] => ends("unknown", 20, "unknown", 1);
        a_500_that_should_not_be_retried_stops:
            [error(500).header("Stripe-Should-Retry", "false"), paid()] => ends("server_error", 5, "unknown", 1);
        a_reset_is_retried: [Step::Reset, paid()] => ends("succeeded", 0, "succeeded", 2);
        a_reset_is_unknown_in_the_end: [Step::Reset] => ends("unknown", 20, "unknown", 1);
        a_timeout_is_retried: [Step::Stall(Duration::from_secs(20)), paid()] => ends("succeeded", 0, "succeeded", 2);
        a_timeout_is_unknown_in_the_end: [Step::Stall(Duration::from_secs(20))] => ends("unknown", 20, "unknown", 1);
        a_lost_answer_is_retried: [Step::DropAfterRead, paid()] => ends("succeeded", 0, "succeeded", 2);
        a_lost_answer_is_unknown_in_the_end: [Step::DropAfterRead] => ends("unknown", 20, "unknown", 1);
        an_answer_cut_in_its_headers_is_retried: [Step::DropMidHeaders, paid()] => ends("succeeded", 0, "succeeded", 2);
        a_truncated_answer_is_retried: [Step::TruncateBody, paid()] => ends("succeeded", 0, "succeeded", 2);
        a_truncated_answer_is_unknown_in_the_end: [Step::TruncateBody] => ends("unknown", 20, "unknown", 1);
        a_200_that_is_not_json_is_retried: [Step::NotJson, paid()] => ends("succeeded", 0, "succeeded", 2);
        a_200_that_is_not_json_is_unknown_in_the_end: [Step::NotJson] => ends("unknown", 20, "unknown", 1);
        a_connection_cut_before_the_request_was_read_may_have_executed:
            [Step::DropBeforeRead] => ends("unknown", 20, "unknown", 0);
        a_connection_cut_before_the_request_was_read_is_retried:
            [Step::DropBeforeRead, paid()] => ends("succeeded", 0, "succeeded", 1);
    }

    #[test]
    fn a_replayed_500_stops_and_stays_open() {
        // Indeterminate for good: not a failure, or the same command would pay again under a new key.
        check(vec![error(500).replayed().into(), paid().into()], saved("server_error", 5, "unknown", 1));
    }

    #[test]
    fn a_key_in_use_to_the_end_is_in_progress_elsewhere() {
        let home = Home::new();
        let server = Server::always(in_use());
        let seen = home.at(&server, PAY).args(["--max-retries", "1"]).run().exits(12);
        assert_eq!(seen.json()["outcome"], "in_progress", "{seen}");
        assert_eq!(server.requests().len(), 2, "{seen}");
        assert_eq!(server.keys()[0], server.keys()[1], "{seen}");
        assert_eq!(home.only_entry()["state"], "unknown", "another process may be executing it: {seen}");
    }
}

mod after_an_attempt_that_may_have_executed {
    use super::*;

    const CUT: Step = Step::DropAfterRead;

    rows! {
        a_replayed_success_is_authoritative: [CUT, paid().replayed()] => saved("succeeded", 0, "succeeded", 2);
        a_replayed_decline_is_authoritative: [CUT, error(402).replayed()] => saved("declined", 10, "failed", 2);
        a_replayed_refusal_is_authoritative: [CUT, error(400).replayed()] => saved("invalid", 4, "failed", 2);
        a_replayed_500_stops: [CUT, error(500).replayed(), paid()] => saved("server_error", 5, "unknown", 2);
        a_2xx_has_succeeded: [CUT, paid()] => ends("succeeded", 0, "succeeded", 2);
        a_402_is_declined: [CUT, error(402), paid()] => ends("declined", 10, "failed", 2);
        an_idempotency_error_resolves_nothing: [CUT, mismatch(), paid()] => ends("unknown", 20, "unknown", 2);
        a_400_without_replay_resolves_nothing: [CUT, error(400), paid()] => ends("unknown", 20, "unknown", 2);
        a_403_without_replay_resolves_nothing: [CUT, error(403), paid()] => ends("unknown", 20, "unknown", 2);
        a_404_without_replay_resolves_nothing: [CUT, error(404), paid()] => ends("unknown", 20, "unknown", 2);
        a_401_resolves_nothing: [CUT, error(401), paid()] => ends("unknown", 20, "unknown", 2);
        a_409_backs_off_with_the_same_key: [CUT, in_use(), paid().replayed()] => saved("succeeded", 0, "succeeded", 3);
        a_429_resolves_nothing: [CUT, error(429)] => ends("unknown", 20, "unknown", 2);
        a_500_resolves_nothing: [CUT, error(500)] => ends("unknown", 20, "unknown", 2);
        a_424_resolves_nothing: [CUT, error(424)] => ends("unknown", 20, "unknown", 2);
        a_refused_connection_resolves_nothing: [Step::Vanish, paid()] => ends("unknown", 20, "unknown", 1);
        a_reset_resolves_nothing: [CUT, Step::Reset] => ends("unknown", 20, "unknown", 2);
        a_timeout_resolves_nothing: [CUT, Step::Stall(Duration::from_secs(20))] => ends("unknown", 20, "unknown", 2);
        a_truncated_answer_resolves_nothing: [CUT, Step::TruncateBody] => ends("unknown", 20, "unknown", 2);
        a_200_that_is_not_json_resolves_nothing: [CUT, Step::NotJson] => ends("unknown", 20, "unknown", 2);
    }

    #[test]
    fn a_key_in_use_to_the_end_stays_unknown() {
        let home = Home::new();
        let server = Server::script([CUT, in_use().into()]);
        let seen = home.at(&server, PAY).args(["--max-retries", "1"]).run().exits(12);
        assert_eq!(seen.json()["outcome"], "in_progress", "{seen}");
        assert_eq!(home.only_entry()["state"], "unknown", "{seen}");
    }

    /// What an earlier process did not learn is not forgotten by the next.
    fn still_unknown_in_the_next_process(answer: impl Into<Step>) {
        let home = Home::new();
        let server = Server::script([CUT, answer.into()]);
        home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
        let seen = home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
        assert_eq!(seen.json()["outcome"], "unknown", "{seen}");
        assert_eq!(server.keys().len(), 2, "{seen}");
        assert_eq!(server.keys()[0], server.keys()[1], "{seen}");
        assert_eq!(home.only_entry()["state"], "unknown", "{seen}");
    }

    #[test]
    fn a_401_in_the_next_process_resolves_nothing() {
        still_unknown_in_the_next_process(error(401));
    }

    #[test]
    fn a_429_in_the_next_process_resolves_nothing() {
        still_unknown_in_the_next_process(error(429));
    }

    #[test]
    fn a_404_in_the_next_process_resolves_nothing() {
        still_unknown_in_the_next_process(error(404));
    }

    #[test]
    fn an_idempotency_error_in_the_next_process_resolves_nothing() {
        still_unknown_in_the_next_process(mismatch());
    }

    #[test]
    fn a_refused_connection_in_the_next_process_resolves_nothing() {
        let home = Home::new();
        let server = Server::script([Step::Vanish]);
        home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
        home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
        assert_eq!(server.requests().len(), 1);
        assert_eq!(home.only_entry()["state"], "unknown");
    }
}

mod before_any_byte {
    use super::*;

    fn not_sent(base: &str) {
        let home = Home::new();
        let run = home.paycli(["--api-base", base]).args(PAY).args(["--max-retries", "0"]);
        let seen = run.run().exits(22).says("not");
        let envelope = seen.json();
        assert_eq!(envelope["outcome"], "not_sent", "{seen}");
        assert_eq!(envelope["status"], Value::Null, "{seen}");
        assert_eq!(home.only_entry()["state"], "retryable", "{seen}");
    }

    #[test]
    fn a_refused_connection_has_not_executed() {
        not_sent(&nobody());
    }

    #[test]
    fn a_host_that_does_not_exist_has_not_executed() {
        not_sent("https://paycli-test.invalid");
    }

    #[test]
    fn a_failed_tls_handshake_has_not_executed() {
        let server = Server::script([Step::NotTls, Step::NotTls]);
        not_sent(&server.url().replace("http://", "https://"));
        assert!(server.requests().is_empty());
    }
}
