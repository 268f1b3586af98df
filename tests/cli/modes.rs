//! Test and live kept apart: profiles, keys of the other mode, `--live`, confirmation, `livemode`.

use crate::support::server::{Answer, paid};
use crate::support::{Home, Run, Server, keys};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];
const LIVE: [&str; 3] = ["--profile", "live", "--live"];

fn live_answer() -> Answer {
    Answer::new(200, r#"{"id":"pi_1","object":"payment_intent","livemode":true}"#)
}

/// Runs what `make` prepares and checks the exit code and that nothing was sent.
fn refused(exit: i32, word: &str, make: impl Fn(&Home, &Server) -> Run) {
    let home = Home::new();
    let server = Server::always(live_answer());
    let seen = make(&home, &server).run().exits(exit).says(word);
    assert_eq!(server.connections(), 0, "nothing is sent: {seen}");
}

#[test]
fn a_live_key_in_a_test_profile_is_78() {
    refused(78, "live", |home, server| home.at(server, PAY).key(&keys::live_key()));
    refused(78, "live", |home, server| {
        home.at(server, PAY).without_key().env("STRIPE_API_KEY", keys::live_key())
    });
    refused(78, "live", |home, server| {
        home.at(server, PAY).without_key().args(["--api-key", "-"]).stdin(keys::live_key())
    });
    refused(78, "live", |home, server| {
        let file = home.file("key", keys::live_key());
        home.at(server, PAY).args(["--api-key-file", &file])
    });
    refused(78, "live", |home, server| home.at(server, ["get", "customers"]).key(&keys::live_key()));
}

#[test]
fn a_test_key_in_a_live_profile_is_78() {
    refused(78, "test", |home, server| home.at(server, PAY).args(LIVE).args(["--yes"]));
    refused(78, "test", |home, server| home.at(server, ["get", "customers"]).args(LIVE));
}

#[test]
fn live_on_a_test_profile_is_78() {
    refused(78, "--live", |home, server| home.at(server, PAY).args(["--live", "--yes"]));
    refused(78, "--live", |home, server| {
        home.at(server, PAY).args(["--live", "--yes"]).key(&keys::live_key())
    });
    refused(78, "--live", |home, _| home.paycli(PAY).args(["--profile", "sandbox", "--live"]).without_key());
}

#[test]
fn a_live_profile_does_nothing_without_live() {
    for args in [&PAY[..], &["get", "customers"]] {
        let home = Home::new();
        let server = Server::always(live_answer());
        let run = home.at(&server, args).args(["--profile", "live", "--yes"]).key(&keys::live_key());
        let seen = run.run().says("--live");
        assert!(matches!(seen.code(), Some(2 | 78)), "{seen}");
        assert_eq!(server.connections(), 0, "{seen}");
    }
}

#[test]
fn a_live_write_without_a_terminal_is_2_and_names_yes() {
    for args in [&PAY[..], &["delete", "cus_1"]] {
        refused(2, "--yes", |home, server| home.at(server, args).args(LIVE).key(&keys::live_key()));
        refused(2, "--yes", |home, server| {
            home.at(server, args).args(LIVE).key(&keys::live_key()).stdin("yes\ny\n")
        });
    }
}

#[test]
fn yes_confirms_a_live_write_under_each_spelling() {
    for flag in ["--yes", "-y", "--confirm", "-c"] {
        let home = Home::new();
        let server = Server::always(live_answer());
        let run = home.at(&server, PAY).args(LIVE).args([flag, "--json"]).key(&keys::live_key());
        let seen = run.run().exits(0);
        let told = seen.json();
        assert_eq!((&told["mode"], &told["profile"]), (&"live".into(), &"live".into()), "{seen}");
        assert_eq!(server.requests().len(), 1, "{seen}");
    }
}

#[test]
fn a_live_read_needs_no_confirmation_and_is_marked() {
    let home = Home::new();
    let server = Server::always(live_answer());
    let seen = home.at(&server, ["get", "pi_1"]).args(LIVE).key(&keys::live_key()).run().exits(0);
    assert!(seen.err().contains("LIVE"), "{seen}");
    assert!(!seen.out().contains("LIVE"), "{seen}");
}

#[test]
fn test_mode_never_asks_and_has_no_banner() {
    let server = Server::always(paid());
    let seen = Home::new().at(&server, ["delete", "cus_1"]).run().exits(0);
    assert!(!seen.err().contains("LIVE"), "{seen}");
}

#[test]
fn an_answer_of_the_other_mode_is_78() {
    let home = Home::new();
    for args in [&PAY[..], &["get", "pi_1"]] {
        let server = Server::always(live_answer());
        home.at(&server, args).run().exits(78).says("livemode");
        let server = Server::always(paid());
        let run = home.at(&server, args).args(LIVE).args(["--yes"]).key(&keys::live_key());
        run.run().exits(78).says("livemode");
    }
}

#[test]
fn a_live_key_goes_to_stripe_to_loopback_or_to_a_stored_base_only() {
    let home = Home::new();
    let elsewhere = ["--api-base", "https://paycli-test.invalid"];
    let run = home.paycli(elsewhere).args(PAY).args(LIVE).args(["--yes"]).key(&keys::live_key());
    run.run().exits(78).says("paycli-test.invalid");
    let run = home.paycli(PAY).env("PAYCLI_API_BASE", elsewhere[1]).args(LIVE).args(["--yes"]);
    run.key(&keys::live_key()).run().exits(78);
    home.config("[profiles.shop]\nmode = \"live\"\napi_base = \"https://paycli-test.invalid\"\n");
    let stored = ["--profile", "shop", "--live", "--yes", "--max-retries", "0"];
    home.paycli(PAY).args(stored).key(&keys::live_key()).run().exits(22);
    home.paycli(elsewhere).args(PAY).args(["--max-retries", "0"]).run().exits(22);
}

#[test]
fn live_mode_can_be_locked() {
    let home = Home::new();
    let server = Server::always(live_answer());
    let live = |args: &[&str]| home.at(&server, args).args(LIVE).args(["--yes"]).key(&keys::live_key());
    home.paycli(["config", "set", "live", "read-only"]).run().exits(0);
    live(&PAY).run().exits(78).says("read-only");
    assert_eq!(server.connections(), 0);
    live(&["get", "pi_1"]).run().exits(0);
    home.paycli(["config", "set", "live", "deny"]).run().exits(0);
    live(&["get", "pi_1"]).run().exits(78);
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_profile_has_a_mode_a_base_and_a_version() {
    let home = Home::new();
    let server = Server::always(paid());
    let base = server.url();
    home.config(&format!(
        "[profiles.shop]\nmode = \"test\"\napi_base = \"{base}/shop\"\napi_version = \"2025-09-30.clover\"\n"
    ));
    let seen = home.paycli(["-p", "shop", "get", "customers", "--json"]).run().exits(0);
    assert_eq!((&seen.json()["profile"], &seen.json()["mode"]), (&"shop".into(), &"test".into()), "{seen}");
    let requests = server.requests();
    assert_eq!(requests[0].target, "/shop/v1/customers");
    assert_eq!(requests[0].header("Stripe-Version"), Some("2025-09-30.clover"));
}

#[test]
fn a_flag_beats_the_environment_and_that_beats_the_profile() {
    let home = Home::new();
    let [stored, in_environment, flag] = [0, 1, 2].map(|_| Server::always(paid()));
    home.config(&format!("[profiles.shop]\nmode = \"test\"\napi_base = \"{}\"\n", stored.url()));
    let get = ["get", "customers"];
    home.paycli(get).env("PAYCLI_PROFILE", "shop").run().exits(0);
    let run = || home.paycli(get).env("PAYCLI_PROFILE", "shop").env("PAYCLI_API_BASE", in_environment.url());
    run().run().exits(0);
    run().args(["--api-base", &flag.url()]).run().exits(0);
    assert_eq!([&stored, &in_environment, &flag].map(Server::connections), [1, 1, 1]);
    let seen = run().args(["--profile", "test", "--json"]).run().exits(0);
    assert_eq!(seen.json()["profile"], "test", "{seen}");
}

#[test]
fn a_flag_is_never_written_to_disk() {
    let home = Home::new();
    let server = Server::always(paid());
    home.at(&server, ["get", "customers", "--timeout", "7s"]).run().exits(0);
    assert!(!home.root().join("config.toml").exists());
}

#[test]
fn the_flag_for_a_key_comes_before_our_variable_and_that_before_stripes() {
    let home = Home::new();
    let server = Server::always(paid());
    let (ours, theirs, third) = (keys::test_key(), keys::rotated_test_key(), keys::legacy_key());
    let get = || home.at(&server, ["get", "customers"]).env("STRIPE_API_KEY", &theirs);
    let file = home.file("key", format!("{third}\n"));
    get().without_key().run().exits(0);
    get().run().exits(0);
    get().args(["--api-key-file", &file]).run().exits(0);
    get().args(["--api-key", &format!("file:{file}")]).run().exits(0);
    get().args(["--api-key", "env:OTHER"]).env("OTHER", &third).run().exits(0);
    get().args(["--api-key", "-"]).stdin(format!("{third}\n")).run().exits(0);
    let used: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("Authorization").unwrap_or_default().replace("Bearer ", ""))
        .collect();
    assert_eq!(used, [&theirs, &ours, &third, &third, &third, &third].map(String::as_str));
}

#[test]
fn a_literal_key_is_warned_of_in_test_mode_and_refused_in_live_mode() {
    let home = Home::new();
    let server = Server::always(paid());
    let key = keys::test_key();
    let seen = home.at(&server, ["get", "customers", "--api-key", &key]).without_key().run().exits(0);
    let seen = seen.says("process");
    assert!(!seen.err().contains(&key), "{seen}");
    refused(2, "env:", |home, server| {
        home.at(server, ["get", "customers", "--api-key", &keys::live_key()]).args(LIVE).without_key()
    });
}

#[test]
fn a_publishable_key_is_sent_only_where_stripe_takes_it() {
    let home = Home::new();
    let server = Server::always(paid());
    let pk = keys::publishable_key();
    for args in [["post", "customers"], ["get", "customers"], ["post", "payment_intents"]] {
        let seen = home.at(&server, args).key(&pk).run().says("pk_");
        assert!(seen.code().is_some_and(|code| code != 0), "{seen}");
    }
    assert_eq!(server.connections(), 0);
    for path in ["/v1/tokens", "/v1/sources"] {
        home.at(&server, ["post", path]).key(&pk).run().exits(0);
    }
    let confirm = ["post", "/v1/payment_intents/pi_1/confirm"];
    let secret = ["-d", "client_secret=pi_1_secret_2"];
    home.at(&server, confirm).args(secret).key(&pk).run().exits(0);
    assert_eq!(server.requests().len(), 3);
    let seen = home.at(&server, confirm).key(&pk).run();
    assert!(seen.code().is_some_and(|code| code != 0), "{seen}");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn the_sandbox_needs_no_key_and_is_never_chosen_silently() {
    let home = Home::new();
    let pay = ["-d", "currency=usd", "-d", "payment_method=pm_card_visa", "-d", "confirm=true"];
    let run = home.paycli(["--profile", "sandbox", "--json"]).args(PAY).args(pay).without_key();
    let seen = run.run().exits(0);
    let told = seen.json();
    assert_eq!((&told["mode"], &told["body"]["livemode"]), (&"test".into(), &false.into()), "{seen}");
    let id = told["body"]["id"].as_str().expect("an id").to_owned();
    let seen = home.paycli(["--profile", "sandbox", "get", &id]).without_key().run().exits(0);
    assert_eq!(seen.json()["status"], "succeeded", "{seen}");
    home.paycli(PAY).without_key().run().exits(13);
}
