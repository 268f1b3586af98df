//! What a proxy, a load balancer or a captive portal may have answered says nothing of the payment: the
//! outcome is unknown, and the next run sends the same key. A read has no such doubt.

use serde_json::json;

use crate::support::server::{Answer, Step, nobody, paid};
use crate::support::{Home, Seen, Server};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];
const ONCE: [&str; 3] = ["--json", "--max-retries", "0"];

fn html(status: u16) -> Answer {
    Answer::new(status, "<html><body>Gateway says no</body></html>").header("Content-Type", "text/html")
}

/// Pays at a server whose first answer is this; the same command then has to send the same key.
fn leaves_it_unknown(what: &str, answer: impl Into<Step>) {
    let home = Home::new();
    let server = Server::script([answer.into(), paid().replayed().into()]);
    let first = home.at(&server, PAY).args(ONCE).run();
    assert_eq!(first.code(), Some(20), "{what}: {first}");
    assert_eq!(first.json()["outcome"], "unknown", "{what}: {first}");
    assert_eq!(home.only_entry()["state"], "unknown", "{what}: {first}");
    let second = home.at(&server, PAY).args(ONCE).run().exits(0);
    assert_eq!(second.json()["key_source"], "journal", "{what}: {second}");
    assert_eq!(server.keys()[0], server.keys()[1], "{what}: {second}");
}

#[test]
fn a_page_of_a_proxy_is_no_answer_whatever_its_status() {
    for status in [
        101, 300, 302, 304, 307, 400, 401, 402, 403, 404, 405, 407, 408, 409, 413, 421, 425, 429, 431, 451,
        460, 499, 500, 502, 530,
    ] {
        leaves_it_unknown(&status.to_string(), html(status));
    }
}

#[test]
fn an_empty_answer_is_no_answer() {
    for status in [200, 204, 302, 401, 403, 404, 408, 421, 425, 499] {
        leaves_it_unknown(&status.to_string(), Answer::new(status, ""));
    }
}

#[test]
fn json_without_an_error_of_the_api_is_no_answer() {
    for body in [
        json!({}),
        json!([]),
        json!("no"),
        json!({"message": "Unauthorized"}),
        json!({"error": "forbidden"}),
        json!({"error": {}}),
        json!({"error": {"message": "no type, no code"}}),
        json!({"error": {"code": 408, "status": "of another API"}}),
        json!({"error": {"type": "", "code": ""}}),
        json!({"errors": [{"type": "invalid_request_error"}]}),
    ] {
        for status in [400, 402, 404, 408] {
            leaves_it_unknown(&format!("{status} {body}"), Answer::json(status, &body));
        }
    }
    leaves_it_unknown("a replay that is HTML", html(402).replayed());
    leaves_it_unknown("a stored 500 that is HTML", html(500).header("Stripe-Should-Retry", "false"));
}

#[test]
fn an_error_of_the_api_is_an_answer() {
    for (body, status, exit) in [
        (json!({"error": {"type": "card_error"}}), 402, 10),
        (json!({"error": {"code": "resource_missing"}}), 404, 4),
        (json!({"error": {"type": "invalid_request_error", "code": null}}), 400, 4),
    ] {
        let server = Server::always(Answer::json(status, &body));
        Home::new().at(&server, PAY).args(ONCE).run().exits(exit);
    }
}

#[test]
fn a_proxy_that_is_only_busy_is_tried_again_with_the_same_key() {
    for status in [408, 421, 425, 429, 460, 499, 502, 503] {
        let server = Server::script([html(status), paid().replayed()]);
        let seen = Home::new().at(&server, PAY).args(["--max-retries", "1"]).run().exits(0);
        assert_eq!(server.keys()[0], server.keys()[1], "{status}: {seen}");
    }
}

#[test]
fn a_page_that_will_be_the_same_again_is_not_tried_again() {
    for status in [302, 307, 400, 401, 403, 404, 407] {
        let server = Server::always(html(status));
        let seen = Home::new().at(&server, PAY).args(["--max-retries", "3"]).run().exits(20);
        assert_eq!(server.requests().len(), 1, "{status}: {seen}");
    }
}

mod redirect {
    use super::*;

    fn redirect(target: &str) -> Answer {
        Answer::new(307, "").header("Location", format!("{target}/v1/payment_intents"))
    }

    /// One run that is redirected; the key is what the journal goes on with.
    fn redirected(home: &Home, then: impl Into<Step>) -> (Server, String) {
        let target = Server::always(paid());
        let server = Server::script([redirect(&target.url()).into(), then.into()]);
        let seen = home.at(&server, PAY).args(["--max-retries", "3"]).run().exits(20);
        let seen = seen
            .says("redirect")
            .says("may have been executed")
            .says("journal resume")
            .says("journal resolve");
        assert_eq!(target.connections(), 0, "followed: {seen}");
        let key = server.keys()[0].clone().expect("a key");
        (server, key)
    }

    #[test]
    fn is_unknown_in_this_run_and_in_the_next() {
        let home = Home::new();
        let (server, _) = redirected(&home, redirect("http://127.0.0.1:1"));
        home.at(&server, PAY).args(ONCE).run().exits(20);
        assert_eq!(server.keys()[0], server.keys()[1]);
    }

    #[test]
    fn ends_with_resume_to_the_same_base() {
        let home = Home::new();
        let (server, key) = redirected(&home, paid());
        home.paycli(["journal", "resume", &key]).run().exits(0);
        assert_eq!(server.keys(), [Some(key.clone()), Some(key)]);
    }

    #[test]
    fn ends_with_what_a_person_found_out() {
        let home = Home::new();
        let (server, key) = redirected(&home, paid());
        home.paycli(["journal", "resolve", &key, "--as", "failed", "--why", "not there"]).run().exits(0);
        home.at(&server, PAY).args(ONCE).run().exits(0);
        assert_ne!(server.keys()[1], Some(key));
    }

    #[test]
    fn of_a_read_is_4() {
        let server = Server::always(redirect("http://127.0.0.1:1"));
        let seen = Home::new().at(&server, ["get", "customers", "--json"]).run().exits(4);
        assert_eq!(server.requests().len(), 1, "{seen}");
        assert_eq!(seen.json()["outcome"], "invalid", "{seen}");
    }
}

mod read {
    use super::*;

    fn get(steps: impl IntoIterator<Item = Step>) -> Seen {
        let server = Server::script(steps);
        Home::new().at(&server, ["get", "customers", "--json", "--max-retries", "1", "--timeout", "2s"]).run()
    }

    #[test]
    fn has_the_code_of_its_last_answer() {
        let error = |status| Answer::error(status, "invalid_request_error", None);
        for (status, exit, outcome) in [
            (401, 13, "unauthorized"),
            (403, 4, "forbidden"),
            (404, 4, "not_found"),
            (400, 4, "invalid"),
            (429, 15, "rate_limited"),
            (302, 4, "invalid"),
            (500, 5, "server_error"),
        ] {
            for first in [Step::from(error(500)), Step::DropAfterRead, Step::TruncateBody, html(502).into()] {
                for last in [error(status), html(status)] {
                    let seen = get([first.clone(), last.into()]).exits(exit);
                    assert_eq!(seen.json()["outcome"], outcome, "{seen}");
                }
            }
        }
    }

    #[test]
    fn without_any_whole_answer_is_5_and_unsent_22() {
        for lost in [Step::DropAfterRead, Step::TruncateBody, Step::DropMidHeaders, Step::Reset] {
            let seen = get([lost.clone(), lost]).exits(5);
            assert_eq!(seen.json()["outcome"], "server_error", "{seen}");
        }
        let home = Home::new();
        home.paycli(["--api-base", &nobody(), "get", "customers", "--max-retries", "0"]).run().exits(22);
        let seen = get([Step::Vanish]).exits(22);
        assert_eq!(seen.json()["next"], "resume", "{seen}");
    }

    #[test]
    fn of_a_proxys_page_is_never_a_success() {
        for page in [html(200), html(408), Answer::new(200, "{\"id\": \"pi")] {
            let server = Server::always(page);
            let seen = Home::new().at(&server, ["get", "customers", "--max-retries", "0"]).run();
            assert!(matches!(seen.code(), Some(4 | 5)), "{seen}");
        }
    }

    #[test]
    fn is_not_said_to_be_open_or_under_a_key() {
        let server = Server::always(Answer::error(500, "api_error", None));
        let seen = Home::new().at(&server, ["get", "customers", "--max-retries", "1"]).run().exits(5);
        for wrong in ["same key", "may have been executed", "journal"] {
            assert!(!seen.err().contains(wrong), "{wrong}: {seen}");
        }
    }
}
