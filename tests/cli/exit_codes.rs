//! Every exit code of a request, by running the binary, in human and in JSON form.

use std::time::Duration;

use crate::support::server::{Answer, Step, nobody, paid};
use crate::support::{Home, Server};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

/// Runs a payment whose every attempt is answered so, in both forms, and compares the exit codes.
fn pay(step: impl Into<Step>, exit: i32) {
    let step = step.into();
    for form in ["human", "json"] {
        let server = Server::always(step.clone());
        let home = Home::new();
        let seen = home
            .at(&server, PAY)
            .args(["--max-retries", "0", "--timeout", "2s", "--output", form])
            .run()
            .exits(exit);
        if form == "json" {
            let envelope = seen.json();
            assert_eq!(envelope["schema"], 1, "{seen}");
            assert_eq!(envelope["exit_code"], exit, "{seen}");
        }
        assert!(!seen.stderr.is_empty(), "something is said on stderr: {seen}");
    }
}

fn error(status: u16) -> Answer {
    Answer::error(status, "invalid_request_error", None)
}

#[test]
fn a_success_is_0() {
    pay(paid(), 0);
}

#[test]
fn a_replayed_success_is_0() {
    pay(paid().replayed(), 0);
}

#[test]
fn other_4xx_are_4() {
    for status in [400, 403, 404, 405, 410, 422] {
        pay(error(status), 4);
    }
}

#[test]
fn a_redirect_is_not_followed_and_is_20_for_a_write_and_4_for_a_read() {
    for status in [301, 302, 303, 307, 308] {
        let target = Server::always(paid());
        let redirect = Answer::new(status, "{}").header("Location", target.url() + "/v1/payment_intents");
        pay(redirect.clone(), 20);
        let server = Server::always(redirect);
        Home::new().at(&server, ["get", "payment_intents"]).run().exits(4);
        assert_eq!(target.connections(), 0, "{status} was followed");
    }
}

#[test]
fn a_stored_server_error_is_5() {
    pay(error(500).replayed(), 5);
}

#[test]
fn a_decline_is_10() {
    pay(error(402), 10);
}

#[test]
fn a_key_of_another_request_is_11() {
    pay(Answer::error(400, "idempotency_error", None), 11);
}

#[test]
fn a_key_in_use_is_12() {
    pay(Answer::error(409, "invalid_request_error", Some("idempotency_key_in_use")), 12);
}

#[test]
fn a_refused_key_is_13() {
    pay(error(401), 13);
}

#[test]
fn no_key_is_13_and_names_the_ways_to_give_one() {
    let server = Server::always(paid());
    let seen = Home::new().at(&server, PAY).without_key().run().exits(13);
    let seen = seen.says("PAYCLI_API_KEY");
    let text = seen.err();
    for way in ["--api-key-file", "--api-key -"] {
        assert!(text.contains(way), "{way} is one of the three ways: {seen}");
    }
    assert_eq!(server.connections(), 0, "{seen}");
}

#[test]
fn a_replay_is_14_where_it_is_told_to_fail() {
    let server = Server::always(paid().replayed());
    let home = Home::new();
    let seen = home.at(&server, PAY).args(["--fail-on-replay", "--json"]).run().exits(14);
    let envelope = seen.json();
    assert_eq!(envelope["outcome"], "succeeded", "{seen}");
    assert_eq!(envelope["exit_code"], 14, "{seen}");
    assert_eq!(envelope["replayed"], true, "{seen}");
}

#[test]
fn a_new_answer_is_0_where_a_replay_would_fail() {
    let server = Server::always(paid());
    Home::new().at(&server, PAY).args(["--fail-on-replay"]).run().exits(0);
}

#[test]
fn a_rate_limit_is_15() {
    pay(error(429), 15);
}

#[test]
fn an_unknown_outcome_is_20_and_says_what_to_do() {
    pay(Step::DropAfterRead, 20);
    let server = Server::always(Step::DropAfterRead);
    let seen = Home::new().at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
    seen.says("may have been executed").says("next: paycli --api-base").says(" journal resume ");
}

#[test]
fn what_was_not_sent_is_22_and_says_so() {
    let home = Home::new();
    let run = home.paycli(["--api-base", &nobody()]).args(PAY).args(["--max-retries", "0"]);
    run.run().exits(22).says("sent");
}

#[test]
fn an_answer_of_the_other_mode_is_78() {
    pay(Answer::new(200, r#"{"id":"pi_1","object":"payment_intent","livemode":true}"#), 78);
}

#[test]
fn an_unknown_command_or_flag_is_2_and_leaves_stdout_alone() {
    let home = Home::new();
    for args in [vec!["reqest"], vec!["request", "POST", "/v1/customers", "--no-such-flag"], vec!["request"]]
    {
        let seen = home.paycli(&args).run().exits(2);
        assert!(seen.stdout.is_empty(), "{seen}");
        assert!(!seen.stderr.is_empty(), "{seen}");
    }
    home.paycli(["reqest"]).run().says("request");
}

#[test]
fn a_usage_error_is_json_on_stdout_where_json_was_asked_for() {
    let seen = Home::new().paycli(["request", "FETCH", "/v1/customers", "--json"]).run().exits(2);
    let told = seen.json();
    assert_eq!(told["schema"], 1, "{seen}");
    assert_eq!(told["exit_code"], 2, "{seen}");
    assert!(told["error"]["message"].as_str().is_some_and(|text| text.contains("FETCH")), "{seen}");
}

#[test]
fn the_table_of_exit_codes_is_printed() {
    let seen = Home::new().paycli(["help", "exit-codes"]).without_key().run().exits(0);
    let text = seen.out();
    for code in [
        "0", "1", "2", "4", "5", "10", "11", "12", "13", "14", "15", "20", "21", "22", "23", "30", "31",
        "32", "33", "34", "40", "41", "78", "130",
    ] {
        let listed =
            text.lines().any(|line| line.split(|c: char| !c.is_ascii_digit()).any(|word| word == code));
        assert!(listed, "{code} is missing: {seen}");
    }
}

#[test]
fn a_broken_pipe_ends_quietly() {
    let home = Home::new();
    let body = format!(r#"{{"livemode":false,"data":"{}"}}"#, "x".repeat(300_000));
    let server = Server::always(Answer::new(200, body));
    let shell = format!("'{}' \"$@\" | head -c 1; wait", crate::support::env::PAYCLI);
    let args = ["sh", "-c", &shell, "sh", "--api-base", &server.url(), "get", "customers"];
    let command = args.iter().map(|arg| (*arg).into()).collect();
    let key = crate::support::keys::test_key();
    let seen = home.command(command).env("PAYCLI_API_KEY", key).run();
    assert!(!seen.err().contains("panicked"), "{seen}");
    assert_eq!(seen.out(), "{", "{seen}");
}

#[cfg(target_os = "linux")]
mod interrupt {
    use std::os::unix::process::ExitStatusExt;

    use rustix::process::{Pid, Signal, kill_process};

    use super::*;
    use crate::support::{Running, Seen};

    fn press(running: &Running) {
        let pid = i32::try_from(running.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, Signal::INT).expect("a signal");
    }

    fn is_130(seen: &Seen) {
        // A shell shows a death by SIGINT as 130 too.
        assert!(seen.code() == Some(130) || seen.status.signal() == Some(2), "{seen}");
    }

    #[test]
    fn what_is_in_flight_is_recorded_and_nothing_more_is_started() {
        let home = Home::new();
        let server = Server::script([Step::Stall(Duration::from_secs(3)), paid().into()]);
        let mut running = home.at(&server, PAY).args(["--max-retries", "5"]).start();
        running.until("the request", |_| server.requests().len() == 1);
        press(&running);
        is_130(&running.wait());
        assert_eq!(server.requests().len(), 1, "no retry after Ctrl-C");
        let entry = home.only_entry();
        assert_eq!(entry["state"], "unknown", "{entry:#}");
        let again = home.at(&server, PAY).args(["--json"]).run().exits(0);
        assert_eq!(again.json()["idempotency_key"], entry["key"], "{again}");
    }

    #[test]
    fn an_answer_that_still_comes_is_recorded() {
        let home = Home::new();
        let server = Server::always(paid().after(Duration::from_secs(1)));
        let mut running = home.at(&server, PAY).start();
        running.until("the request", |_| server.requests().len() == 1);
        press(&running);
        is_130(&running.wait());
        assert_eq!(home.only_entry()["state"], "succeeded");
        // The caller saw an interrupt and no success, so the same command is the same payment; that
        // another request came under the key in between changes nothing of it.
        let key = home.only_entry()["key"].as_str().expect("a key").to_owned();
        home.at(&server, ["post", "payment_intents", "-d", "amount=1", "-i", &key]).run().exits(11);
        let again = home.at(&server, PAY).args(["--json"]).run().exits(0);
        assert_eq!(again.json()["idempotency_key"], key.as_str(), "{again}");
    }

    #[test]
    fn a_second_press_does_not_wait() {
        let home = Home::new();
        let server = Server::always(Step::Stall(Duration::from_secs(60)));
        let mut running = home.at(&server, PAY).start();
        running.until("the request", |_| server.requests().len() == 1);
        let before = running.stderr_so_far().len();
        press(&running);
        running.until("a word on the first press", |running| running.stderr_so_far().len() > before);
        press(&running);
        let seen = running.wait();
        is_130(&seen);
        assert!(seen.took < Duration::from_secs(30), "{seen}");
        let state = home.only_entry()["state"].clone();
        assert!(state == "unknown" || state == "sending", "{state}");
    }
}

#[test]
fn what_is_past_its_not_after_is_not_sent() {
    let server = Server::always(paid());
    let home = Home::new();
    let seen = home.at(&server, PAY).args(["--not-after", "2020-01-01T00:00:00Z"]).run();
    assert!(seen.code().is_some_and(|code| code != 0), "{seen}");
    assert_eq!(server.connections(), 0, "{seen}");
    home.at(&server, PAY).args(["--not-after", "2999-01-01T00:00:00Z"]).run().exits(0);
    assert_eq!(server.requests().len(), 1);
}
