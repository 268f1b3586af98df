//! `paycli api`, and names that the API's map does not have.

use std::path::Path;

use serde_json::Value;

use super::peers::modules;
use crate::support::server::paid;
use crate::support::{Home, Seen, Server, keys};

fn api(args: &[&str]) -> Seen {
    Home::new().paycli([&["api"], args].concat()).without_key().run()
}

/// Posts with `-d` parameters at a server that answers 200.
fn post(args: &[&str]) -> (Home, Server, Seen) {
    let (home, server) = (Home::new(), Server::always(paid()));
    let seen = home.at(&server, [&["post"], args].concat()).run();
    (home, server, seen)
}

#[test]
fn resources_operations_and_parameters_are_shown_without_a_key_or_a_file() {
    let all = api(&[]).exits(0).out();
    for resource in ["customers", "payment_intents", "checkout/sessions", "v2/core/event_destinations"] {
        assert!(all.lines().any(|line| line.starts_with(&format!("{resource} "))), "{resource}: {all}");
    }
    let customers = api(&["customers"]).exits(0).out();
    assert!(
        customers.contains("POST    /v1/customers ") && customers.contains("/v1/customers/search"),
        "{customers}"
    );
    let destinations = api(&["v2/core/event_destinations"]).exits(0).out();
    assert!(destinations.contains("/v2/core/event_destinations/{id}/ping"), "{destinations}");
    let intents = api(&["/v1/payment_intents"]).exits(0).out();
    assert!(
        intents.starts_with("GET /v1/payment_intents\n") && intents.contains("\nPOST /v1/payment_intents\n"),
        "{intents}"
    );
    let amount = intents.lines().find(|line| line.starts_with("  amount ")).expect("a line");
    assert!(amount.ends_with("number, required"), "{amount}");
    assert!(intents.contains("automatic, automatic_async, manual"), "{intents}");
}

#[test]
fn every_spelling_of_a_path_is_understood() {
    let expected = api(&["post", "/v1/payment_intents"]).exits(0).out();
    assert!(!expected.contains("GET /v1"), "{expected}");
    for args in
        [&["POST", "payment_intents"][..], &["post", "v1/payment_intents"], &["POST /v1/payment_intents"]]
    {
        assert_eq!(api(args).exits(0).out(), expected, "{args:?}");
    }
    let by_id = api(&["pi_123/capture"]).exits(0).out();
    assert!(by_id.starts_with("POST /v1/payment_intents/{id}/capture\n"), "{by_id}");
    assert_eq!(api(&["/v1/payment_intents/{id}/capture"]).exits(0).out(), by_id);
    let issuing = api(&["issuing"]).exits(0).out();
    assert!(issuing.contains("issuing/cards") && !issuing.contains("customers"), "{issuing}");
    assert_eq!(api(&["/v1/issuing"]).exits(0).out(), issuing);
    let v2 = api(&["v2"]).exits(0).out();
    assert!(v2.contains("v2/core/") && !v2.contains("\ncustomers"), "{v2}");
}

#[test]
fn json_has_every_level_of_parameters() {
    let json = api(&["post", "/v1/checkout/sessions", "--json"]).exits(0).json();
    assert_eq!((&json["schema"], &json["operations"][0]["method"]), (&Value::from(1), &Value::from("POST")));
    assert!(json["api_version"].as_str().is_some_and(|version| version.starts_with("20")), "{json}");
    let parameters = json["operations"][0]["parameters"].as_array().expect("parameters");
    let named = |name: &str| parameters.iter().find(|parameter| parameter["name"] == name).expect(name);
    let currency = named("line_items[][price_data][currency]");
    assert_eq!((&currency["type"], &currency["required"]), (&"string".into(), &true.into()), "{currency}");
    assert!(named("mode")["values"].as_array().is_some_and(|values| values.contains(&"subscription".into())));
    let listed = api(&["--json"]).exits(0).json();
    assert!(listed["resources"].as_array().is_some_and(|resources| resources.len() > 80), "{listed}");
    let resource = api(&["customers", "--json"]).exits(0).json();
    assert_eq!(resource["operations"][0].get("parameters"), None, "{resource}");
}

#[test]
fn an_unknown_path_or_resource_is_told_with_the_nearest() {
    for (typed, meant) in [
        ("custmers", "customers"),
        ("event_destinations", "v2/core/event_destinations"),
        ("/v1/payment_intent", "/v1/payment_intents"),
        ("/v1/payment_intents/pi_1/captur", "/v1/payment_intents/pi_1/capture"),
    ] {
        let seen = api(&[typed]).exits(2);
        assert!(seen.err().contains(&format!("did you mean {meant}")), "{typed}: {seen}");
        assert!(seen.err().contains(&format!("paycli api {meant}")), "{typed}: {seen}");
    }
    assert_eq!(api(&["qqqqqqqqq", "--json"]).exits(2).json()["exit_code"], 2);
    assert!(api(&["delete", "/v1/refunds"]).exits(2).err().contains("it has GET and POST"));
    assert!(api(&["fetch", "/v1/refunds"]).exits(2).err().contains("fetch"));
}

#[test]
fn an_unknown_name_is_pointed_out_and_sent() {
    let (_, server, seen) = post(&["payment_intents", "-d", "ammount=5", "-d", "currency=usd"]);
    let seen = seen.exits(0);
    let told = "the API has no parameter `ammount` for POST /v1/payment_intents: did you mean `amount`?";
    assert_eq!(seen.err().matches(told).count(), 1, "{seen}");
    assert_eq!(server.only_request().text(), "ammount=5&currency=usd");
    assert!(!seen.out().contains("ammount"), "{seen}");

    let (_, _, seen) = post(&["payment_intents", "-d", "ammount=5", "--json"]);
    assert_eq!(seen.json()["outcome"], "succeeded", "{seen}");
    assert!(seen.err().contains(told), "{seen}");

    let (_, _, seen) = post(&["payment_intents", "-d", "amount=5", "-d", "metadata[x]=y", "-e", "customer"]);
    assert!(!seen.err().contains("the API has no"), "{seen}");
    let (_, _, seen) = post(&["payment_intents", "-d", "ammount=5", "--quiet"]);
    assert!(!seen.err().contains("the API has no"), "{seen}");
}

#[test]
fn strict_sends_nothing_and_keeps_nothing() {
    let typed = ["payment_intents", "--strict", "-d", "ammount=5", "-d", "shipping[adress][city]=x"];
    let (home, server, seen) = post(&typed);
    let seen = seen.exits(2).says("nothing was sent");
    for name in
        ["`ammount`", "`amount`", "`shipping[adress]`", "`shipping[address]`", "api POST /v1/payment_intents"]
    {
        assert!(seen.err().contains(name), "{name}: {seen}");
    }
    assert!(server.requests().is_empty() && home.entries().is_empty());

    let (home, server, seen) = post(&[&typed[..], &["--json"]].concat());
    let json = seen.exits(2).json();
    assert_eq!((&json["outcome"], &json["exit_code"]), (&"not_sent".into(), &2.into()), "{json}");
    assert!(json["error"]["message"].as_str().is_some_and(|text| text.contains("`ammount`")), "{json}");
    assert!(server.requests().is_empty() && home.entries().is_empty());

    let (_, server, seen) = post(&["payment_intents", "--strict", "-d", "amount=5", "-d", "currency=usd"]);
    seen.exits(0);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_path_outside_the_map_is_refused_by_strict_alone() {
    let (_, server, seen) = post(&["/v1/payment_intent", "-d", "amount=5"]);
    let seen = seen.exits(0);
    assert!(seen.err().contains("no path /v1/payment_intent: did you mean /v1/payment_intents?"), "{seen}");
    assert_eq!(server.requests().len(), 1);
    let (_, _, seen) = post(&["/v1/of_a_preview/things", "-d", "amount=5"]);
    assert!(!seen.err().contains("the API has no"), "{seen}");
    let (_, server, seen) = post(&["/v1/of_a_preview/things", "-d", "amount=5", "--strict"]);
    assert!(seen.exits(2).err().contains("the API has no path /v1/of_a_preview/things"));
    assert!(server.requests().is_empty());
}

#[test]
fn queries_and_json_bodies_are_held_against_the_map_too() {
    let (home, server) = (Home::new(), Server::always(paid()));
    let seen = home.at(&server, ["get", "/v1/charges?limt=3", "-d", "created[gt]=1"]).run().exits(0);
    assert!(seen.err().contains("no parameter `limt` for GET /v1/charges: did you mean `limit`?"), "{seen}");
    assert!(!seen.err().contains("created"), "{seen}");
    let body = r#"{"nmae":"x"}"#;
    let seen =
        home.at(&server, ["post", "/v2/core/event_destinations", "--body", body, "--strict"]).run().exits(2);
    assert!(seen.err().contains("`nmae`") && seen.err().contains("`name`"), "{seen}");
}

#[test]
fn a_name_that_looks_like_a_credential_is_not_repeated() {
    let key = keys::test_key();
    let (_, server, seen) = post(&["payment_intents", "-d", &format!("{key}=5"), "--strict"]);
    let seen = seen.exits(2);
    assert!(!seen.err().contains(keys::hidden_part(&key)), "{seen}");
    assert!(server.requests().is_empty());
}

#[test]
#[ignore = "needs the stripe package of npm: run by scripts/test.sh"]
fn the_map_is_what_the_script_makes_of_the_package() {
    let home = Home::new();
    let package = modules().join("node_modules/stripe");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/api-map.py");
    home.command(vec!["python3".into(), script.into(), "--check".into(), package.into()]).run().exits(0);
}
