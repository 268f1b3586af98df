//! What a request looks like on the wire: path, parameters, headers, body.

use crate::support::server::{Answer, Received, paid};
use crate::support::{Home, Seen, Server, keys};

/// Runs one command against a server that answers 200, and returns the request that came in.
fn sent(args: &[&str]) -> Received {
    sent_with_stdin(args, "").1
}

fn sent_with_stdin(args: &[&str], stdin: &str) -> (Seen, Received) {
    let server = Server::script([paid()]);
    let seen = Home::new().at(&server, args).stdin(stdin).run().exits(0);
    (seen, server.only_request())
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn uuid_v4(key: &str) -> bool {
    uuid::Uuid::parse_str(key).is_ok_and(|uuid| uuid.get_version_num() == 4)
}

#[test]
fn a_post_is_form_encoded_with_nesting_and_order_kept() {
    let received = sent(&[
        "request",
        "POST",
        "/v1/checkout/sessions",
        "-d",
        "z=last first",
        "-d",
        "line_items[0][price]=price_1",
        "-d",
        "line_items[0][quantity]=2",
        "-d",
        "a[]=x",
        "-d",
        "a[]=y",
        "-d",
        "metadata[k]=a=b&c+d%é",
    ]);
    assert_eq!(received.method, "POST");
    assert_eq!(received.target, "/v1/checkout/sessions");
    assert_eq!(received.header("Content-Type"), Some("application/x-www-form-urlencoded"));
    let expected = [
        ("z", "last first"),
        ("line_items[0][price]", "price_1"),
        ("line_items[0][quantity]", "2"),
        ("a[]", "x"),
        ("a[]", "y"),
    ];
    assert_eq!(received.form()[..5], pairs(&expected)[..], "{}", received.text());
    let (name, value) = received.form()[5].clone();
    assert_eq!(format!("{name}={value}"), "metadata[k]=a=b&c+d%é");
    assert!(received.text().starts_with("z=last+first&"), "a space is a plus: {}", received.text());
}

#[test]
fn the_headers_are_those_of_the_api() {
    let received = sent(&["request", "POST", "/v1/customers", "-d", "name=x"]);
    let bearer = format!("Bearer {}", keys::test_key());
    assert_eq!(received.header("Authorization"), Some(&*bearer));
    assert!(received.key().is_some_and(uuid_v4), "a generated key is a UUID v4: {received:?}");
    assert!(received.header("User-Agent").is_some_and(|agent| agent.contains("paycli/")), "{received:?}");
    assert_eq!(received.header("Stripe-Version"), None, "v1 carries no version unless one is given");
}

#[test]
fn no_header_gives_the_machine_away() {
    let received = sent(&["request", "POST", "/v1/customers"]);
    let hostname = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    for (name, value) in &received.headers {
        for secret in [hostname.trim(), kernel.trim()].iter().filter(|text| text.len() > 3) {
            assert!(!value.contains(secret), "{name}: {value}");
        }
    }
}

#[test]
fn get_and_delete_put_parameters_into_the_query_and_carry_no_key() {
    for verb in ["GET", "DELETE"] {
        let received = sent(&["request", verb, "/v1/customers/cus_1", "-d", "b[c]=1 2", "-d", "a=&"]);
        assert_eq!(received.method, verb);
        assert_eq!(received.path(), "/v1/customers/cus_1");
        assert_eq!(received.query(), pairs(&[("b[c]", "1 2"), ("a", "&")]));
        assert!(received.body.is_empty(), "{received:?}");
        assert_eq!(received.key(), None, "{received:?}");
    }
}

#[test]
fn a_query_in_the_path_is_kept() {
    let received = sent(&["get", "/v1/charges?limit=3&expand[]=data.customer"]);
    assert_eq!(received.query(), pairs(&[("limit", "3"), ("expand[]", "data.customer")]));
    let received = sent(&["get", "/v1/charges?limit=3", "-d", "customer=cus_1"]);
    assert_eq!(received.query(), pairs(&[("limit", "3"), ("customer", "cus_1")]));
}

#[test]
fn the_short_forms_send_the_same() {
    assert_eq!(sent(&["get", "customers"]).method, "GET");
    assert_eq!(sent(&["post", "customers"]).method, "POST");
    assert_eq!(sent(&["delete", "cus_1"]).method, "DELETE");
    assert_eq!(sent(&["request", "post", "customers"]).method, "POST");
    for path in ["/v1/customers", "v1/customers", "customers"] {
        assert_eq!(sent(&["get", path]).target, "/v1/customers", "{path}");
    }
}

#[test]
fn an_id_stands_for_its_path() {
    for (id, path) in [
        ("cus_1", "/v1/customers/cus_1"),
        ("pi_1", "/v1/payment_intents/pi_1"),
        ("ch_1", "/v1/charges/ch_1"),
        ("re_1", "/v1/refunds/re_1"),
        ("in_1", "/v1/invoices/in_1"),
        ("sub_1", "/v1/subscriptions/sub_1"),
        ("prod_1", "/v1/products/prod_1"),
        ("price_1", "/v1/prices/price_1"),
        ("pm_1", "/v1/payment_methods/pm_1"),
        ("seti_1", "/v1/setup_intents/seti_1"),
        ("evt_1", "/v1/events/evt_1"),
        ("we_1", "/v1/webhook_endpoints/we_1"),
        ("acct_1", "/v1/accounts/acct_1"),
        ("cs_test_1", "/v1/checkout/sessions/cs_test_1"),
    ] {
        assert_eq!(sent(&["get", id]).target, path);
    }
}

#[test]
fn a_path_prefix_of_the_base_is_kept() {
    let server = Server::script([paid()]);
    let base = server.url() + "/proxy/";
    Home::new().paycli(["--api-base", &base, "get", "customers"]).run().exits(0);
    assert_eq!(server.only_request().target, "/proxy/v1/customers");
}

#[test]
fn localhost_is_loopback() {
    let server = Server::script([paid()]);
    let base = server.url().replace("127.0.0.1", "localhost");
    Home::new().paycli(["--api-base", &base, "get", "customers"]).run().exits(0);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_value_comes_from_a_file_or_from_stdin() {
    let server = Server::script([paid(), paid()]);
    let home = Home::new();
    let file = home.file("text.txt", "two\nlines & more");
    home.at(&server, ["post", "customers", "-d", &format!("description@{file}")]).run().exits(0);
    home.at(&server, ["post", "customers", "-d", "description@-"]).stdin("from stdin").run().exits(0);
    let requests = server.requests();
    assert_eq!(requests[0].form(), pairs(&[("description", "two\nlines & more")]));
    assert_eq!(requests[1].form(), pairs(&[("description", "from stdin")]));
}

#[test]
fn an_at_sign_in_a_value_is_only_a_value() {
    let received = sent(&["post", "customers", "-d", "email=someone@example.com"]);
    assert_eq!(received.form(), pairs(&[("email", "someone@example.com")]));
}

#[test]
fn expand_limit_and_cursors_are_parameters() {
    let received = sent(&["get", "customers", "-e", "data.a", "-e", "data.b", "-l", "7", "-a", "cus_1"]);
    let query = received.query();
    for pair in
        pairs(&[("expand[]", "data.a"), ("expand[]", "data.b"), ("limit", "7"), ("starting_after", "cus_1")])
    {
        assert!(query.contains(&pair), "{pair:?} in {query:?}");
    }
    let before = sent(&["get", "customers", "--ending-before", "cus_9", "--limit", "2"]).query();
    assert!(before.contains(&("ending_before".into(), "cus_9".into())), "{before:?}");
    let posted = sent(&["post", "payment_intents", "-d", "amount=1", "--expand", "customer"]);
    assert_eq!(posted.form(), pairs(&[("amount", "1"), ("expand[]", "customer")]));
}

#[test]
fn headers_are_sent_as_given() {
    let received = sent(&[
        "get",
        "customers",
        "--stripe-account",
        "acct_9",
        "--stripe-version",
        "2025-09-30.clover",
        "--stripe-context",
        "acct_8/acct_9",
        "-H",
        "X-Trace: a:b",
        "-H",
        "X-Other:c",
    ]);
    for (name, value) in [
        ("Stripe-Account", "acct_9"),
        ("Stripe-Version", "2025-09-30.clover"),
        ("Stripe-Context", "acct_8/acct_9"),
        ("X-Trace", "a:b"),
        ("X-Other", "c"),
    ] {
        assert_eq!(received.header(name), Some(value), "{received:?}");
    }
}

#[test]
fn a_v2_body_is_sent_byte_for_byte() {
    let body = r#"{ "b": 12345678901234567890123, "a": 1.10, "e": 1E+2,
        "nested": {"x": [9007199254740993, -0.0]} }"#;
    let args = ["post", "/v2/core/event_destinations", "--stripe-version", "2025-09-30.clover", "--body"];
    let home = Home::new();
    let file = home.file("body.json", body);
    let server = Server::script([paid(), paid(), paid()]);
    home.at(&server, args).args([body, "--new-key"]).run().exits(0);
    home.at(&server, args).args([&format!("@{file}"), "--new-key"]).run().exits(0);
    home.at(&server, args).args(["-", "--new-key"]).stdin(body).run().exits(0);
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    for request in requests {
        assert_eq!(request.text(), body);
        assert_eq!(request.header("Content-Type"), Some("application/json"));
        assert!(request.key().is_some(), "a v2 POST carries a key");
    }
}

#[test]
fn a_v2_delete_carries_a_key() {
    let args = ["delete", "/v2/core/event_destinations/ed_1", "--stripe-version", "2025-09-30.clover"];
    assert!(sent(&args).key().is_some());
    let given = sent(&[&args[..], &["-i", "my-key"]].concat());
    assert_eq!(given.key(), Some("my-key"));
}

#[test]
fn a_given_key_is_sent_raw_under_both_spellings() {
    for flag in ["-i", "--idempotency-key", "--idempotency"] {
        let key = r#"order-17:"pay"~!"#;
        assert_eq!(sent(&["post", "customers", flag, key]).key(), Some(key), "{flag}");
    }
    let longest = "k".repeat(255);
    assert_eq!(sent(&["post", "customers", "-i", &longest]).key(), Some(&*longest));
}

#[test]
fn a_verb_of_the_library_is_not_retried_behind_our_back() {
    // A kept connection that is cut at the second request: some clients send again by themselves.
    let server = Server::script([
        Answer::error(500, "api_error", None).into(),
        crate::support::Step::DropAfterRead,
        paid().into(),
    ])
    .keep_alive();
    let home = Home::new();
    let run = home.at(&server, ["post", "payment_intents", "-d", "amount=1", "--json", "--max-retries", "1"]);
    let seen = run.run().exits(20);
    assert_eq!(server.requests().len(), 2, "{seen}");
    assert_eq!(seen.json()["attempts"], 2, "{seen}");
    assert_eq!(home.only_entry()["attempts"], 2, "{seen}");
}

#[test]
fn retries_stop_when_their_budget_is_spent() {
    let server = Server::always(crate::support::Step::DropAfterRead);
    let home = Home::new();
    let args = ["post", "payment_intents", "--max-retries", "1000", "--retry-budget", "2s"];
    let seen = home.at(&server, args).run().exits(20);
    assert!(seen.took.as_secs() < 20, "{seen}");
    assert!(server.requests().len() > 1, "{seen}");
}

#[test]
fn two_retries_are_made_by_default() {
    let server = Server::always(crate::support::Step::DropAfterRead);
    Home::new().at(&server, ["post", "payment_intents"]).run().exits(20);
    assert_eq!(server.requests().len(), 3);
}
