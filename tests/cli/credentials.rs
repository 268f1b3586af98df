//! Credentials in answers are shown and not kept; in every place where none belongs they are refused.

use serde_json::{Value, json};

use crate::support::server::{Answer, Step, paid};
use crate::support::{Home, Seen, Server, keys};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

/// A run of letters that is in every credential below, and in nothing that may be shown of one.
const HIDDEN: &str = "QwErTyUiOp";

fn body() -> String {
    format!("a1{HIDDEN}B2c3D4e5F6wxyz")
}

fn secret(prefix: &str) -> String {
    format!("{prefix}{}", body())
}

fn api_key() -> String {
    secret(&["sk", "test", ""].join("_"))
}

fn is_in(bytes: &[u8]) -> bool {
    bytes.windows(HIDDEN.len()).any(|window| window == HIDDEN.as_bytes())
}

fn is_kept_nowhere(home: &Home) {
    for (file, bytes) in home.files() {
        assert!(!is_in(&bytes), "a credential is in {}", file.display());
    }
}

fn is_not_shown(seen: &Seen) {
    assert!(!is_in(&seen.stdout) && !is_in(&seen.stderr), "a credential is shown: {seen}");
}

/// Answers of the API that hold a credential, in the forms in which JSON can have one.
fn telling_answers() -> Vec<String> {
    let escaped = api_key().replace('_', "\\u005f");
    let slashed = secret("whsec_").replace("a1", "a1\\/");
    let event = json!({"data": {"object": {"client_secret": secret("pi_1A_secret_")}}}).to_string();
    vec![
        json!({"id": "we_1", "object": "webhook_endpoint", "secret": secret("whsec_")}).to_string(),
        json!({"id": "mk_1", "object": "v2.iam.api_key", "secret_key": {"token": api_key()}}).to_string(),
        json!({"id": "ephkey_1", "secret": secret(&["ek", "live", ""].join("_"))}).to_string(),
        json!({"id": "pi_1", "client_secret": secret("pi_1A_secret_")}).to_string(),
        json!({"id": "seti_1", "client_secret": secret("seti_1A_secret_")}).to_string(),
        json!({"id": "cs_test_1", "client_secret": secret("cs_test_a1_secret_")}).to_string(),
        json!({"id": "x", "client_secret": body()}).to_string(),
        json!({"id": "evt_1", "payload": event, "list": [[{"deep": event}]]}).to_string(),
        format!("{{\n \"id\": \"x\", \"a\": [\"{escaped}\"], \"n\": 12345678901234567890.50}}"),
        format!("{{\"id\": \"x\", \"secret\": \"{slashed}\"}}"),
        format!("{{\"half\": \"{}", api_key()),
        format!("<html>{}</html>", api_key()),
    ]
}

#[test]
fn an_answers_credential_is_shown_to_the_caller_and_kept_nowhere() {
    for answer in telling_answers() {
        let home = Home::new();
        let server = Server::always(Answer::new(200, &answer));
        let seen = home.at(&server, PAY).args(["-i", "k-1", "--max-retries", "0", "-v"]).run();
        assert!(seen.code() == Some(20) || seen.stdout == answer.as_bytes(), "{seen}");
        is_kept_nowhere(&home);
        for form in ["human", "json"] {
            let shown = home.paycli(["journal", "show", "k-1", "--output", form]).run().exits(0);
            is_not_shown(&shown);
        }
        let shown = home.paycli(["journal", "show", "k-1", "--json"]).run().exits(0).json();
        assert_eq!(shown["entry"]["redacted"], true, "{shown:#}");
        assert!(shown["entry"]["body"].to_string().contains("****"), "{shown:#}");
    }
}

#[test]
fn credentials_of_errors_and_headers_are_not_kept_either() {
    let home = Home::new();
    let message = format!("Invalid API Key provided: {}", api_key());
    let answer = Answer::json(401, &json!({"error": {"type": "invalid_request_error", "message": message}}))
        .header("Request-Id", api_key())
        .header("Location", format!("https://x.example/?k={}", api_key()))
        .header("Authorization", format!("Bearer {}", api_key()));
    let server = Server::always(answer);
    let human = home.at(&server, PAY).args(["-i", "k-1", "-s", "-v"]).run().exits(13);
    assert!(!is_in(&human.stderr), "{human}");
    assert!(human.err().contains("sk_test_****wxyz"), "{human}");
    let json = home.at(&server, PAY).args(["-i", "k-2", "--json"]).run().exits(13);
    let envelope = json.json();
    let without_body = Value::Object(
        envelope
            .as_object()
            .expect("an object")
            .clone()
            .into_iter()
            .filter(|(name, _)| name != "body")
            .collect(),
    );
    assert!(!is_in(without_body.to_string().as_bytes()), "{json}");
    is_kept_nowhere(&home);
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn an_answer_of_the_journal_says_that_it_is_redacted() {
    let home = Home::new();
    let telling = json!({"id": "we_1", "secret": secret("whsec_"), "livemode": false}).to_string();
    let server = Server::script([Answer::new(200, &telling)]);
    home.at(&server, PAY).args(["-i", "k-1"]).run().exits(0);
    let seen = home.at(&server, PAY).args(["-i", "k-1", "--json"]).at_clock("+25h").run().exits(0);
    let told = seen.json();
    assert_eq!((&told["replayed_by"], &told["redacted"]), (&"journal".into(), &true.into()), "{seen}");
    assert_eq!(told["body"]["secret"], "whsec_****wxyz", "{seen}");
    let human = home.at(&server, PAY).args(["-i", "k-1"]).at_clock("+25h").run().exits(0);
    assert!(human.err().contains("keeps no credentials"), "{human}");
    is_not_shown(&human);
    assert_eq!(server.connections(), 1);
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn an_answer_without_credentials_is_kept_whole() {
    let home = Home::new();
    let server = Server::script([paid()]);
    home.at(&server, PAY).args(["-i", "k-1"]).run().exits(0);
    let seen = home.at(&server, PAY).args(["-i", "k-1", "--json"]).at_clock("+25h").run().exits(0);
    let told = seen.json();
    assert_eq!((&told["redacted"], &told["body"]["id"]), (&Value::Null, &"pi_1".into()), "{seen}");
}

#[test]
fn no_bodies_of_answers_are_kept_where_the_configuration_says_so() {
    let home = Home::new();
    home.paycli(["config", "set", "journal.bodies", "none"]).run().exits(0);
    let got = home.paycli(["config", "get", "journal.bodies"]).run().exits(0);
    assert_eq!(got.out().trim(), "none");
    let body = json!({"id": "pi_1", "note": "keep-me-out", "livemode": false}).to_string();
    let server = Server::script([Answer::new(200, &body)]);
    let seen = home.at(&server, PAY).args(["-i", "k-1"]).run().exits(0);
    assert!(seen.out().contains("keep-me-out"), "{seen}");
    for (file, bytes) in home.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains("keep-me-out"), "{}", file.display());
    }
    let shown = home.paycli(["journal", "show", "k-1", "--json"]).run().exits(0).json();
    assert_eq!(
        (&shown["entry"]["status"], &shown["entry"]["redacted"]),
        (&200.into(), &true.into()),
        "{shown:#}"
    );
    assert_eq!(shown["entry"]["body"], Value::Null, "{shown:#}");
    home.paycli(["config", "set", "journal.bodies", "some"]).run().exits(78);
    home.paycli(["config", "unset", "journal.bodies"]).run().exits(0);
    let got = home.paycli(["config", "get", "journal.bodies"]).run().exits(0);
    assert_eq!(got.out().trim(), "redacted");
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn an_answer_whose_body_was_not_kept_has_its_status_and_exit_code() {
    let home = Home::new();
    home.paycli(["config", "set", "journal.bodies", "none"]).run().exits(0);
    let server = Server::script([Answer::error(402, "card_error", Some("card_declined"))]);
    home.at(&server, PAY).args(["-i", "k-1"]).run().exits(10);
    let seen = home.at(&server, PAY).args(["-i", "k-1", "--json"]).at_clock("+25h").run().exits(10);
    let told = seen.json();
    assert_eq!(
        (&told["status"], &told["redacted"], &told["body"]),
        (&402.into(), &true.into(), &Value::Null)
    );
}

/// Command lines with a credential where none belongs.
fn misplaced() -> Vec<Vec<String>> {
    let key = api_key();
    let encoded = key.replace('_', "%5F");
    let file = format!("description@{}", "secret-file");
    let with = |args: &[&str]| args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>();
    let json = format!("{{\"name\":\"\\u0073{}\"}}", &key[1..]);
    vec![
        with(&["post", &key]),
        with(&["get", &key]),
        with(&["get", &format!("customers/{encoded}")]),
        with(&["get", &format!("customers?email={key}")]),
        with(&["post", "customers", "-d", &format!("name={key}")]),
        with(&["post", "customers", "-d", &format!("metadata[{key}]=1")]),
        with(&["post", "customers", "-d", &format!("name={}", secret("whsec_"))]),
        with(&["post", "customers", "-d", &format!("client_secret={}", secret("pi_1A_secret_"))]),
        with(&["post", "customers", "-d", &key]),
        with(&["post", "customers", "-d", &file]),
        with(&["post", "/v2/core/accounts", "--body", &json]),
        with(&["post", "customers", "-i", &key]),
        with(&["post", "customers", "--operation", &format!("order {key}")]),
        with(&["post", "customers", "--stripe-account", &key]),
        with(&["post", "customers", "--stripe-context", &key]),
        with(&["post", "customers", "--stripe-version", &key]),
        with(&["post", "customers", "-e", &key]),
        with(&["get", "customers", "-a", &key]),
        with(&["post", "customers", "-H", &format!("X-Key: {key}")]),
        with(&["post", "customers", "-H", &format!("{key}: x")]),
        with(&["post", "customers", "-H", &format!("Authorization: Bearer {key}")]),
        with(&["post", "customers", "--not-after", &key]),
        with(&["post", "customers", "--dry-run", "-d", &format!("name={key}")]),
        with(&["-p", &key, "get", "customers"]),
        with(&["profile", "create", &key, "--mode", "test"]),
        with(&["profile", "create", "shop", "--mode", "test", "--account", &key]),
        with(&["profile", "use", &key]),
        with(&["config", "set", "profiles.test.api_version", &key]),
        with(&["keys", "add", "--name", &key, "--from", "env:PAYCLI_API_KEY", "--keystore", "file"]),
        with(&["journal", "show", &key]),
        with(&["journal", "resolve", "k-1", "--as", "failed", "--why", &key]),
    ]
}

#[test]
fn a_credential_where_none_belongs_is_refused_and_not_repeated() {
    let server = Server::always(paid());
    for args in misplaced() {
        for form in ["human", "json"] {
            let home = Home::new();
            home.file("secret-file", api_key());
            let seen = home.at(&server, &args).args(["--output", form]).run().exits(2);
            is_not_shown(&seen);
            for (file, bytes) in home.files() {
                assert!(file.ends_with("secret-file") || !is_in(&bytes), "{}: {seen}", file.display());
            }
        }
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn headers_that_paycli_sets_are_refused() {
    let home = Home::new();
    let server = Server::always(paid());
    for header in ["Authorization: Bearer x", "idempotency-key: k-9", "AUTHORIZATION:x"] {
        home.at(&server, PAY).args(["-H", header]).run().exits(2);
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_is_no_secret_is_not_refused() {
    let home = Home::new();
    let server = Server::always(paid());
    for value in [
        keys::publishable_key(),
        "pi_3AbCdEfGh".into(),
        "oak_table_large".into(),
        "task_test_environment_2".into(),
        "sk_test_****7890".into(),
        "my_secret_identifier_of_something".into(),
    ] {
        let param = format!("metadata[a]={value}");
        home.at(&server, PAY).args(["--new-key", "-d", &param]).run().exits(0);
    }
}

#[test]
fn a_confirmation_carries_its_client_secret_and_the_journal_does_not() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, paid().replayed().into()]);
    let typed = format!("client_secret={}", secret("pi_1A_secret_"));
    let confirm =
        ["post", "payment_intents/pi_1A/confirm", "-d", &typed, "-d", "return_url=x", "--max-retries", "0"];
    let with = |home: &Home| home.at(&server, confirm).key(&keys::publishable_key());
    with(&home).run().exits(20);
    is_kept_nowhere(&home);
    let left = home.at(&server, ["journal", "resume", "--all"]).key(&keys::publishable_key()).run().exits(20);
    assert!(left.err().contains("client secret"), "{left}");
    is_not_shown(&left);
    let again = with(&home).args(["--json"]).run().exits(0);
    assert_eq!(again.json()["key_source"], "journal", "{again}");
    let requests = server.requests();
    assert_eq!(requests.len(), 2, "{again}");
    assert_eq!((requests[0].key(), requests[0].text()), (requests[1].key(), requests[1].text()));
    assert!(requests[1].text().contains(HIDDEN), "the very bytes are sent again");
    is_kept_nowhere(&home);
}

#[test]
fn a_profile_that_was_named_like_a_key_is_shown_without_it() {
    let home = Home::new();
    let name = api_key();
    home.config(&format!("default_profile = \"{name}\"\n[profiles.{name}]\nmode = \"test\"\n"));
    let server = Server::always(paid());
    let seen = home.at(&server, ["get", "customers", "--json"]).run().exits(2);
    is_not_shown(&seen);
    assert_eq!(server.connections(), 0);
}
