//! Bad input: a clear message, the right exit code, and nothing sent.

use std::fs;
use std::time::Duration;

use crate::support::server::{Answer, nobody, paid};
use crate::support::{Home, Seen, Server, keys};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

/// Runs a command that is to be refused with this code and these words, and checks that nothing was sent.
fn refused(args: &[&str], exit: i32, words: &[&str]) {
    let home = Home::new();
    let server = Server::always(paid());
    let run = |extra: &[&str]| {
        let seen = home.at(&server, args).args(extra).stdin("").run().exits(exit);
        assert_eq!(server.connections(), 0, "nothing is sent: {seen}");
        seen
    };
    let human = run(&[]);
    let human = words.iter().fold(human, |seen, word| seen.says(word));
    assert!(human.stdout.is_empty(), "stdout is for data: {human}");
    let told = run(&["--json"]);
    assert_eq!(told.json()["exit_code"], exit, "{told}");
    assert!(told.json()["error"]["message"].is_string(), "{told}");
}

#[test]
fn an_unknown_method() {
    refused(&["request", "FETCH", "/v1/customers"], 2, &["FETCH"]);
    refused(&["request", "PUT", "/v1/customers"], 2, &["PUT"]);
}

#[test]
fn a_path_with_dots() {
    for path in
        ["/v1/../admin", "/v1/customers/..", "../x", "/v1/%2e%2e/admin", "/v1/%2E./admin", "/v1/..%2fadmin"]
    {
        refused(&["get", path], 2, &[".."]);
    }
}

#[test]
fn a_path_that_names_another_host() {
    for path in ["https://example.com/v1/customers", "//example.com/v1/customers", "@example.com/v1"] {
        let home = Home::new();
        let server = Server::always(paid());
        let seen = home.at(&server, ["get", path]).run();
        let elsewhere = server.requests().iter().any(|request| !request.target.starts_with("/v1/"));
        assert!(seen.code() == Some(2) || !elsewhere, "{seen}");
    }
}

#[test]
fn data_without_an_equals_sign() {
    refused(&["post", "customers", "-d", "name"], 2, &["name", "="]);
    refused(&["post", "customers", "-d", "=value"], 2, &["="]);
}

#[test]
fn a_body_and_data_together() {
    refused(&["post", "/v2/core/event_destinations", "--body", "{}", "-d", "a=b"], 2, &["--body"]);
}

#[test]
fn a_body_on_v1() {
    refused(&["post", "/v1/customers", "--body", "{}"], 2, &["--body"]);
}

#[test]
fn a_body_that_is_not_json() {
    for body in ["{", "{\"a\":}", "", "{} {}", "{'a': 1}", "@-x"] {
        refused(&["post", "/v2/core/event_destinations", "--body", body], 2, &[]);
    }
    refused(&["post", "/v2/core/event_destinations", "--body", "{\"a\":}"], 2, &["JSON"]);
}

#[test]
fn a_key_that_no_key_can_be() {
    let long = "k".repeat(256);
    let card = ["4242", "4242", "4242", "4242"].concat();
    let spaced = ["4242", "4242", "4242", "4242"].join(" ");
    for key in [
        "",
        &long,
        "a\tb",
        "a\nb",
        "a\u{7f}",
        "é",
        " a",
        "a ",
        "someone@example.com",
        &card,
        &spaced,
        "order-\u{1b}[0m",
    ] {
        refused(&["post", "customers", "-i", key], 2, &["key"]);
    }
    refused(&["post", "customers", "-i", &long], 2, &["255"]);
}

#[test]
fn a_key_on_get_or_on_a_v1_delete() {
    for verb in ["get", "delete"] {
        refused(&[verb, "/v1/customers/cus_1", "-i", "my-key"], 2, &["key"]);
    }
    refused(&["get", "/v2/core/event_destinations", "-i", "my-key"], 2, &["key"]);
}

#[test]
fn a_key_and_an_operation_together() {
    refused(&["post", "customers", "-i", "my-key", "--operation", "order-17"], 2, &["--operation"]);
}

#[test]
fn a_file_that_is_missing() {
    refused(&["post", "customers", "-d", "name@no-such-file"], 2, &["no-such-file"]);
    refused(&["post", "/v2/core/event_destinations", "--body", "@no-such-file"], 2, &["no-such-file"]);
}

#[test]
fn stdin_has_one_reader() {
    refused(&["post", "customers", "-d", "a@-", "-d", "b@-"], 2, &["stdin"]);
    let home = Home::new();
    let server = Server::always(paid());
    let run = home.at(&server, ["post", "customers", "-d", "a@-", "--api-key", "-"]);
    run.stdin(keys::test_key()).without_key().run().exits(2);
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_header_without_a_colon_or_with_a_line_break() {
    refused(&["get", "customers", "-H", "nocolon"], 2, &["nocolon"]);
    refused(&["get", "customers", "-H", "X-A: b\r\nX-B: c"], 2, &[]);
}

#[test]
fn a_header_that_paycli_sets_itself() {
    for name in ["Idempotency-Key", "idempotency-key", "Authorization", "Content-Length", "Host"] {
        refused(&["post", "customers", "-H", &format!("{name}: x")], 2, &[name]);
    }
}

#[test]
fn an_api_base_that_would_show_the_key() {
    let home = Home::new();
    for base in [
        "http://example.com",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "api.stripe.com",
        "http://10.0.0.1",
    ] {
        let seen = home.paycli(["--api-base", base]).args(PAY).run();
        assert!(matches!(seen.code(), Some(2 | 78)), "{seen}");
        assert!(!seen.stderr.is_empty(), "{seen}");
    }
    home.paycli(["--api-base", "http://example.com"]).args(PAY).run().says("https");
    assert!(!home.journal_file("test").exists() || home.entries().is_empty());
}

#[test]
fn a_duration_that_is_none() {
    refused(&["get", "customers", "--timeout", "soon"], 2, &["soon"]);
    refused(&["get", "customers", "--timeout", "0s"], 2, &[]);
}

/// Runs a payment in this home, expects this code, and that nothing was sent.
fn pay(home: &Home, exit: i32) -> Seen {
    let server = Server::always(paid());
    let seen = home.at(&server, PAY).time_limit(Duration::from_secs(120)).run().exits(exit);
    assert_eq!(server.connections(), 0, "nothing is sent: {seen}");
    seen
}

#[test]
fn a_broken_config_file_is_78_and_names_the_line() {
    // A wrong value is named by its own line or by that of its table.
    for (text, lines) in [
        ("# one\n[profiles.test\nmode = \"test\"\n", &["line 2"][..]),
        ("[profiles.shop]\napi_version = \"x\"\nmode = \"sometimes\"\n", &["line 1", "line 3"]),
        ("\n\n\nnonsense\n", &["line 4"]),
        ("[profiles.shop]\nmode = \"test\"\n\nmod = \"test\"\n", &["line 4"]),
    ] {
        let home = Home::new();
        home.config(text);
        let seen = pay(&home, 78).says("config.toml");
        assert!(lines.iter().any(|line| seen.err().contains(line)), "{lines:?}: {seen}");
        let kept = fs::read_to_string(home.root().join("config.toml")).expect("the file");
        assert_eq!(kept, text, "the user's file is left alone");
    }
}

#[test]
fn a_config_file_that_is_not_text_is_78() {
    let home = Home::new();
    fs::create_dir_all(home.root()).expect("PAYCLI_HOME");
    fs::write(home.root().join("config.toml"), [0xff, 0xfe, 0x00]).expect("a file");
    pay(&home, 78).says("config.toml");
}

#[test]
fn a_profile_that_does_not_exist_is_78() {
    let home = Home::new();
    let server = Server::always(paid());
    home.at(&server, PAY).args(["--profile", "shop"]).run().exits(78).says("shop");
    home.at(&server, PAY).env("PAYCLI_PROFILE", "shop").run().exits(78).says("shop");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_key_of_the_wrong_kind() {
    let secret = format!("pi_1_secret_{}", "x".repeat(20));
    for (key, word) in [
        (keys::webhook_secret(), "webhook"),
        (keys::publishable_key(), "pk_"),
        (secret, "client secret"),
        ("hunter2".to_owned(), "key"),
        ("we_1".to_owned(), "webhook endpoint"),
    ] {
        let home = Home::new();
        let server = Server::always(paid());
        let seen = home.at(&server, PAY).key(&key).run().says(word);
        assert!(matches!(seen.code(), Some(2 | 13 | 78)), "{seen}");
        assert_eq!(server.connections(), 0, "{seen}");
        assert!(key.len() < 10 || !seen.err().contains(&key), "{seen}");
    }
}

fn journal_with_an_entry() -> Home {
    let home = Home::new();
    let server = Server::always(Answer::error(402, "card_error", None));
    home.at(&server, PAY).run().exits(10);
    home
}

#[test]
fn a_journal_that_is_locked_is_23() {
    let home = journal_with_an_entry();
    let other = rusqlite::Connection::open(home.journal_file("test")).expect("the journal");
    other.execute_batch("BEGIN EXCLUSIVE").expect("a lock");
    let server = Server::always(paid());
    let seen = home.at(&server, PAY).args(["--timeout", "2s"]).run().exits(23).says("locked");
    assert_eq!(server.connections(), 0, "nothing is sent: {seen}");
    other.execute_batch("ROLLBACK").expect("an end of the lock");
    home.at(&server, PAY).run().exits(0);
}

#[test]
fn a_journal_from_a_newer_version_is_23_and_untouched() {
    let home = journal_with_an_entry();
    let file = home.journal_file("test");
    {
        let other = rusqlite::Connection::open(&file).expect("the journal");
        other.pragma_update(None, "user_version", 9999).expect("a newer version");
    }
    let seen = pay(&home, 23).says("newer");
    let other = rusqlite::Connection::open(&file).expect("the journal");
    let version: i64 = other.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a version");
    assert_eq!(version, 9999, "{seen}");
}

#[test]
fn a_journal_that_is_no_journal_is_23_and_untouched() {
    for content in ["", "this is not a database, though it is long enough to be read as one"] {
        let home = Home::new();
        let file = home.journal_file("test");
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        if content.is_empty() {
            fs::create_dir(&file).expect("a folder in the journal's place");
            pay(&home, 23).says("journal");
        } else {
            fs::write(&file, content.repeat(100)).expect("a file");
            pay(&home, 23).says("journal");
            assert_eq!(fs::read_to_string(&file).expect("the file"), content.repeat(100));
        }
    }
}

#[test]
fn a_home_that_is_a_file_is_23() {
    let home = Home::new();
    fs::write(home.root(), "x").expect("a file");
    let server = Server::always(paid());
    let seen = home.at(&server, PAY).run();
    assert!(matches!(seen.code(), Some(23 | 78)), "{seen}");
    assert_eq!(server.connections(), 0, "{seen}");
}

#[test]
fn a_read_needs_no_journal() {
    let home = Home::new();
    fs::create_dir_all(home.journal_file("test")).expect("a folder in the journal's place");
    let server = Server::always(paid());
    home.at(&server, ["get", "customers"]).run().exits(0);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn strange_bytes_never_make_it_panic() {
    let base = nobody();
    for args in [
        vec!["get", "\u{1}"],
        vec!["post", "customers", "-d", "\u{202e}=\u{1}"],
        vec!["post", "customers", "-d", "[[[]]]=]["],
        vec!["post", "/v2/x", "--body", "[[[[[[[["],
        vec!["get", ""],
        vec!["get", "/"],
        vec!["get", "?"],
        vec!["get", "cus_"],
        vec!["get", "_"],
        vec!["get", "customers", "-l", "-1"],
        vec!["get", "customers", "-l", "99999999999999999999"],
    ] {
        let home = Home::new();
        let seen = home.paycli(["--api-base", &base]).args(&args).args(["--max-retries", "0"]).run();
        assert!(seen.code().is_some_and(|code| code != 101 && code != 1), "{seen}");
        assert!(!seen.err().contains("panicked"), "{seen}");
    }
}
