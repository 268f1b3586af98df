//! The journal as scripts see it: list, show, resume, one key for one request, one file a mode.

use std::time::Duration;

use serde_json::Value;

use crate::support::server::{Answer, Step, paid};
use crate::support::{Home, Running, Server, keys};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

fn in_flight(home: &Home, server: &Server, args: &[&str]) -> Running {
    let before = server.requests().len();
    let mut running = home.at(server, PAY).args(args).start();
    running.until("the request", |_| server.requests().len() > before);
    running
}

#[test]
fn an_empty_journal_lists_nothing() {
    assert!(Home::new().entries().is_empty());
}

#[test]
fn the_list_tells_each_operation_once() {
    let home = Home::new();
    let server = Server::script([
        paid().into(),
        Answer::error(402, "card_error", Some("card_declined")).into(),
        Step::DropAfterRead,
        Answer::error(429, "invalid_request_error", None).into(),
    ]);
    for (key, exit) in [("k-paid", 0), ("k-declined", 10), ("k-lost", 20), ("k-limited", 15)] {
        home.at(&server, PAY).args(["-i", key, "--max-retries", "0"]).run().exits(exit);
    }
    let entries = home.entries();
    assert_eq!(entries.len(), 4, "{entries:#?}");
    let state = |key: &str| {
        let entry = entries.iter().find(|entry| entry["key"] == key);
        entry.unwrap_or_else(|| panic!("{key} in {entries:#?}"))["state"].clone()
    };
    let states = ["k-paid", "k-declined", "k-lost", "k-limited"].map(state);
    assert_eq!(states, ["succeeded", "failed", "unknown", "retryable"].map(Value::from));
    for entry in &entries {
        assert_eq!((&entry["method"], &entry["path"]), (&"POST".into(), &"/v1/payment_intents".into()));
        assert_eq!(entry["attempts"], 1, "{entry:#}");
        let was_executed_maybe = entry["key"] != "k-limited";
        assert_eq!(
            entry["first_sent_at"].is_string(),
            was_executed_maybe,
            "a 429 starts no window: {entry:#}"
        );
        assert_eq!(entry["safe_until"].is_string(), was_executed_maybe, "{entry:#}");
    }
    let seen = home.paycli(["journal", "list", "--state", "unknown", "--json"]).run().exits(0);
    let listed = seen.json()["entries"].clone();
    assert_eq!((listed.as_array().map(Vec::len), &listed[0]["key"]), (Some(1), &"k-lost".into()), "{seen}");
    let seen = home.paycli(["journal", "list", "--limit", "2", "--json"]).run().exits(0);
    assert_eq!(seen.json()["entries"].as_array().map(Vec::len), Some(2), "{seen}");
    let seen = home.paycli(["journal", "list", "--since", "1h", "--json"]).run().exits(0);
    assert_eq!(seen.json()["entries"].as_array().map(Vec::len), Some(4), "{seen}");
}

#[test]
fn an_entry_is_shown_with_its_attempts() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, paid().replayed().into()]);
    home.at(&server, PAY).args(["-i", "k-1"]).run().exits(0);
    let entry = home.entry("k-1");
    assert_eq!((&entry["key"], &entry["state"]), (&"k-1".into(), &"succeeded".into()), "{entry:#}");
    assert_eq!(entry["attempts"], 2, "{entry:#}");
    let shown = home.paycli(["journal", "show", "k-1", "--json"]).run().exits(0);
    assert_eq!(shown.json()["attempts"].as_array().map(Vec::len), Some(2), "{shown}");
    let human = home.paycli(["journal", "show", "k-1"]).run().exits(0);
    assert!(human.out().contains("k-1") && human.out().contains("succeeded"), "{human}");
    let human = home.paycli(["journal", "list"]).run().exits(0);
    assert!(human.out().contains("k-1"), "{human}");
}

#[test]
fn a_key_that_the_journal_does_not_know_is_said_so() {
    let seen = Home::new().paycli(["journal", "show", "no-such-key"]).run();
    assert!(seen.code().is_some_and(|code| code != 0), "{seen}");
    assert!(seen.err().contains("no-such-key"), "{seen}");
}

#[test]
fn resume_sends_the_stored_bytes_with_the_stored_key() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, paid().replayed().into()]);
    let file = home.file("text", "before");
    let value = format!("description@{file}");
    let headers = ["--stripe-account", "acct_9", "--stripe-version", "2025-09-30.clover", "-H", "X-Trace: t"];
    let seen = home
        .at(&server, PAY)
        .args(["-d", &value, "-e", "customer", "-i", "k-1", "--max-retries", "0"])
        .args(headers)
        .run();
    seen.exits(20);
    home.file("text", "after");
    let seen = home.paycli(["journal", "resume", "k-1", "--json"]).run().exits(0);
    let told = &seen.ndjson()[0];
    assert_eq!((&told["outcome"], &told["replayed"]), (&"succeeded".into(), &true.into()), "{seen}");
    let requests = server.requests();
    assert_eq!(requests.len(), 2, "{seen}");
    assert_eq!(requests[0].target, requests[1].target);
    assert_eq!(requests[0].text(), requests[1].text());
    for name in ["Idempotency-Key", "Authorization", "Content-Type", "Stripe-Account", "Stripe-Version"] {
        assert_eq!(requests[0].header(name), requests[1].header(name), "{name}");
    }
    assert_eq!(home.only_entry()["state"], "succeeded");
}

#[test]
fn resume_of_all_finishes_what_is_open_and_leaves_the_rest() {
    let home = Home::new();
    let cut = || Step::DropAfterRead;
    let server = Server::script([paid().into(), cut(), cut(), paid().replayed().into(), paid().into()]);
    for (key, exit) in [("k-paid", 0), ("k-1", 20), ("k-2", 20)] {
        home.at(&server, PAY).args(["-i", key, "--max-retries", "0"]).run().exits(exit);
    }
    let seen = home.paycli(["journal", "resume", "--all", "--json"]).run().exits(0);
    let told = seen.ndjson();
    assert_eq!(told.len(), 2, "{seen}");
    assert!(told.iter().all(|line| line["schema"] == 1 && line["outcome"] == "succeeded"), "{seen}");
    let keys: Vec<_> = server.keys().into_iter().flatten().collect();
    assert_eq!(keys.iter().filter(|key| *key == "k-paid").count(), 1, "{keys:?}");
    assert_eq!(keys.len(), 5, "{keys:?}");
    assert!(home.entries().iter().all(|entry| entry["state"] == "succeeded"));
    let seen = home.paycli(["journal", "resume", "--all", "--json"]).run().exits(0);
    assert!(seen.stdout.is_empty(), "nothing is left to resume: {seen}");
}

#[test]
fn resume_prints_one_line_an_operation_however_the_body_is_laid_out() {
    let home = Home::new();
    let body = "{\n  \"id\": \"pi_1\",\n  \"big\": 12345678901234567890123,\n  \"livemode\": false\n}\n";
    let server = Server::script([Step::DropAfterRead, Answer::new(200, body).into()]);
    home.at(&server, PAY).args(["-i", "k-1", "--max-retries", "0"]).run().exits(20);
    let seen = home.paycli(["journal", "resume", "--all", "--json"]).run().exits(0);
    assert_eq!(seen.ndjson().len(), 1, "{seen}");
    assert!(seen.out().contains("12345678901234567890123"), "{seen}");
}

#[test]
fn resume_that_leaves_something_unknown_is_20() {
    let home = Home::new();
    let server = Server::always(Step::DropAfterRead);
    home.at(&server, PAY).args(["-i", "k-1", "--max-retries", "0"]).run().exits(20);
    home.paycli(["journal", "resume", "--all", "--json", "--timeout", "2s"]).run().exits(20);
    assert!(server.requests().iter().all(|request| request.key() == Some("k-1")));
}

#[test]
fn an_operation_that_resume_must_leave_alone_is_no_success() {
    // Sent to another API: its key means nothing here. It is still open, and a script has to learn that.
    let home = Home::new();
    let server = Server::always(Step::DropAfterRead);
    home.at(&server, PAY).args(["-i", "k-1", "--max-retries", "0"]).run().exits(20);
    let other = Server::always(paid());
    let seen = home.at(&other, ["journal", "resume", "--all"]).run().says("k-1");
    assert_eq!(other.connections(), 0, "{seen}");
    assert!(seen.code().is_some_and(|code| code != 0), "one operation is still unknown: {seen}");
}

#[test]
fn one_key_stands_for_one_request() {
    let home = Home::new();
    let server = Server::script([paid()]);
    home.at(&server, ["post", "payment_intents", "-d", "amount=2000", "-i", "k-1"]).run().exits(0);
    for (differs, args) in [
        ("amount", vec!["post", "payment_intents", "-d", "amount=2001"]),
        ("currency", vec!["post", "payment_intents", "-d", "amount=2000", "-d", "currency=usd"]),
        ("path", vec!["post", "customers", "-d", "amount=2000"]),
        (
            "version",
            vec!["post", "payment_intents", "-d", "amount=2000", "--stripe-version", "2025-09-30.clover"],
        ),
        ("account", vec!["post", "payment_intents", "-d", "amount=2000", "--stripe-account", "acct_9"]),
    ] {
        let seen = home.at(&server, &args).args(["-i", "k-1"]).run().exits(11).says(differs);
        assert_eq!(server.connections(), 1, "nothing is sent: {seen}");
        let seen = home.at(&server, &args).args(["-i", "k-1", "--json"]).run().exits(11);
        assert_eq!(seen.json()["outcome"], "key_mismatch", "{seen}");
    }
    assert_eq!(home.only_entry()["state"], "succeeded", "the known entry is untouched");
}

#[test]
fn values_that_differ_are_not_shown_where_they_could_be_private() {
    let home = Home::new();
    let server = Server::script([paid()]);
    home.at(&server, PAY).args(["-d", "metadata[note]=first-private", "-i", "k-1"]).run().exits(0);
    let seen = home.at(&server, PAY).args(["-d", "metadata[note]=second-private", "-i", "k-1"]).run();
    seen.exits(11).says("metadata[note]");
}

#[test]
fn the_order_of_parameters_does_not_matter_and_the_stored_bytes_are_sent() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, paid().into()]);
    let pay = ["post", "payment_intents", "-i", "k-1", "--max-retries", "0"];
    home.at(&server, pay).args(["-d", "amount=1", "-d", "currency=usd"]).run().exits(20);
    home.at(&server, pay).args(["-d", "currency=usd", "-d", "amount=1"]).run().exits(0);
    let requests = server.requests();
    assert_eq!(requests[0].text(), requests[1].text());
}

#[test]
fn the_same_key_and_request_is_sent_again_and_its_replay_reported() {
    let home = Home::new();
    let server = Server::script([paid(), paid().replayed()]);
    home.at(&server, PAY).args(["-i", "k-1"]).run().exits(0);
    let seen = home.at(&server, PAY).args(["-i", "k-1", "--json"]).run().exits(0);
    let told = seen.json();
    assert_eq!((&told["replayed"], &told["replayed_by"]), (&true.into(), &"server".into()), "{seen}");
    assert_eq!(told["key_source"], "flag", "{seen}");
    assert_eq!(told["original_request_id"], "req_original", "{seen}");
    assert_eq!(server.requests().len(), 2);
    assert_eq!(home.entries().len(), 1);
}

#[test]
fn a_result_that_is_known_is_not_lost_with_a_later_answer() {
    let home = Home::new();
    let server = Server::script([paid().into(), Step::DropAfterRead]);
    let pay = |home: &Home| home.at(&server, PAY).args(["-i", "k-1", "--max-retries", "0", "--json"]);
    pay(&home).run().exits(0);
    let seen = pay(&home).run().exits(0);
    assert_eq!(seen.json()["replayed_by"], "journal", "{seen}");
    assert_eq!(home.only_entry()["state"], "succeeded", "{seen}");
}

#[test]
fn a_rotated_key_of_the_same_account_still_matches() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, paid().into()]);
    home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
    let rotated = keys::rotated_test_key();
    let seen = home.at(&server, PAY).args(["--json"]).key(&rotated).run().exits(0);
    assert_eq!(seen.json()["key_source"], "journal", "{seen}");
    let requests = server.requests();
    assert_eq!(requests[0].key(), requests[1].key());
    assert_eq!(requests[1].header("Authorization"), Some(&*format!("Bearer {rotated}")));
}

#[test]
fn two_processes_with_one_key_are_never_both_in_flight() {
    let home = Home::new();
    let server = Server::always(paid().after(Duration::from_secs(4)));
    let first = in_flight(&home, &server, &["-i", "k-1"]);
    let seen = home.at(&server, PAY).args(["-i", "k-1", "--timeout", "1s", "--json"]).run().exits(12);
    assert_eq!(seen.json()["outcome"], "in_progress", "{seen}");
    assert!(seen.took >= Duration::from_millis(900), "it waits up to --timeout: {seen}");
    assert_eq!(server.requests().len(), 1, "nothing is sent meanwhile: {seen}");
    first.wait().exits(0);
}

#[test]
fn the_second_process_goes_on_when_the_first_has_ended() {
    let home = Home::new();
    let server = Server::always(paid().after(Duration::from_millis(1500)));
    let first = in_flight(&home, &server, &["-i", "k-1"]);
    let second = home.at(&server, PAY).args(["-i", "k-1", "--timeout", "30s"]).start();
    second.wait().exits(0);
    first.wait().exits(0);
    assert_eq!(server.most_in_flight(), 1);
    assert_eq!(home.entries().len(), 1);
}

#[test]
fn the_lease_of_a_killed_process_is_free_at_once() {
    let home = Home::new();
    let server = Server::script([Step::Stall(Duration::from_secs(60)), paid().replayed().into()]);
    let mut first = in_flight(&home, &server, &["-i", "k-1"]);
    first.kill();
    first.wait();
    let seen = home.at(&server, PAY).args(["-i", "k-1", "--timeout", "20s"]).run().exits(0);
    assert!(seen.took < Duration::from_secs(10), "{seen}");
}

#[test]
fn many_processes_share_one_journal() {
    let home = Home::new();
    let server = Server::always(paid());
    let key = |number: usize| format!("k-{number}");
    let runs: Vec<_> =
        (0..8).map(|number| home.at(&server, PAY).args(["-i", &key(number)]).start()).collect();
    for run in runs {
        run.wait().exits(0);
    }
    assert_eq!(home.entries().len(), 8);
    assert_eq!(server.requests().len(), 8);
}

#[test]
fn test_and_live_have_a_journal_each() {
    let home = Home::new();
    let server = Server::script([
        paid(),
        Answer::new(200, r#"{"id":"pi_1","object":"payment_intent","livemode":true}"#),
    ]);
    home.at(&server, PAY).args(["-i", "k-1"]).run().exits(0);
    assert!(home.journal_file("test").is_file());
    assert!(!home.journal_file("live").exists());
    let live = ["--profile", "live", "--live", "--yes", "-i", "k-1"];
    home.at(&server, PAY).args(live).key(&keys::live_key()).run().exits(0);
    assert!(home.journal_file("live").is_file());
    assert_eq!(server.requests().len(), 2, "the same key in another mode is another key");
    let seen = home.paycli(["--profile", "live", "--live", "journal", "list", "--json"]).run().exits(0);
    assert_eq!(seen.json()["entries"].as_array().map(Vec::len), Some(1), "{seen}");
    assert_eq!(home.entries().len(), 1);
}

#[cfg(unix)]
#[test]
fn only_the_user_can_read_the_journal() {
    use std::os::unix::fs::PermissionsExt;

    let home = Home::new();
    let server = Server::script([paid().into(), Step::Stall(Duration::from_secs(60))]);
    home.at(&server, PAY).run().exits(0);
    let mut running = in_flight(&home, &server, &[]);
    let mode = |path: &std::path::Path| path.metadata().expect("metadata").permissions().mode() & 0o777;
    for (file, _) in home.files() {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    assert_eq!(mode(&home.root()), 0o700);
    assert_eq!(mode(&home.root().join("data")), 0o700);
    running.kill();
    running.wait();
}

#[test]
fn a_card_number_is_not_kept() {
    let home = Home::new();
    let server = Server::always(paid());
    // With the right check digit and, mistyped, with a wrong one.
    let numbers = ["9015", "9012"].map(|end| ["4929", "1234", "5678", end].concat());
    for number in &numbers {
        let card = format!("card[number]={number}");
        home.at(&server, ["post", "tokens", "-d", &card]).run().exits(2).says("card[number]");
    }
    assert_eq!(server.connections(), 0);
    let documented = ["card[number]=4242", "4242", "4242", "4242"].concat();
    home.at(&server, ["post", "tokens", "-d", &documented]).run().exits(0);
    for (file, bytes) in home.files() {
        for number in &numbers {
            let found = bytes.windows(number.len()).any(|window| window == number.as_bytes());
            assert!(!found, "the number is in {}", file.display());
        }
    }
}
