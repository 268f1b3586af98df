//! `--all`: pages are followed and streamed, one object a line.

use serde_json::{Value, json};

use crate::support::server::{Answer, Step};
use crate::support::{Home, Server};

fn page(ids: &[&str], has_more: bool) -> Answer {
    let data: Vec<Value> =
        ids.iter().map(|id| json!({"id": id, "object": "customer", "livemode": false})).collect();
    Answer::json(200, &json!({"object": "list", "data": data, "has_more": has_more, "url": "/v1/customers"}))
}

fn ids(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["id"].as_str().unwrap_or("no id")).collect()
}

#[test]
fn a_v1_list_is_followed_to_its_end() {
    let server = Server::script([
        page(&["cus_1", "cus_2"], true),
        page(&["cus_3", "cus_4"], true),
        page(&["cus_5"], false),
    ]);
    let args = ["get", "/v1/customers?email=a%40example.com", "-l", "2", "--all"];
    let seen = Home::new().at(&server, args).run().exits(0);
    assert_eq!(ids(&seen.ndjson()), ["cus_1", "cus_2", "cus_3", "cus_4", "cus_5"], "{seen}");
    let requests = server.requests();
    assert_eq!(requests.len(), 3, "{seen}");
    let after = |number: usize| {
        let query = requests[number].query();
        query.into_iter().find(|(name, _)| name == "starting_after").map(|(_, value)| value)
    };
    assert_eq!((after(0), after(1), after(2)), (None, Some("cus_2".into()), Some("cus_4".into())));
    for request in &requests {
        assert_eq!(request.path(), "/v1/customers");
        let query = request.query();
        assert!(query.contains(&("limit".into(), "2".into())), "{query:?}");
        assert!(query.contains(&("email".into(), "a@example.com".into())), "{query:?}");
        assert_eq!(
            query.iter().filter(|(name, _)| name == "starting_after").count(),
            usize::from(request.at > requests[0].at)
        );
    }
}

#[test]
fn a_list_is_followed_backwards_from_its_end() {
    let server = Server::script([page(&["cus_3", "cus_4"], true), page(&["cus_1", "cus_2"], false)]);
    let seen = Home::new().at(&server, ["get", "customers", "--all", "-b", "cus_5"]).run().exits(0);
    assert_eq!(seen.ndjson().len(), 4, "{seen}");
    let second = server.requests()[1].query();
    assert!(second.contains(&("ending_before".into(), "cus_3".into())), "{second:?}");
    assert!(!second.iter().any(|(name, _)| name == "starting_after"), "{second:?}");
}

#[test]
fn a_v2_list_is_followed_by_its_next_page_url() {
    let first = json!({"data": [{"id": "ed_1", "livemode": false}], "next_page_url": "/v2/core/event_destinations?limit=1&page=p2"});
    let last = json!({"data": [{"id": "ed_2", "livemode": false}], "next_page_url": null});
    let server = Server::script([Answer::json(200, &first), Answer::json(200, &last)]);
    let args =
        ["get", "/v2/core/event_destinations", "-l", "1", "--all", "--stripe-version", "2025-09-30.clover"];
    let seen = Home::new().at(&server, args).run().exits(0);
    assert_eq!(ids(&seen.ndjson()), ["ed_1", "ed_2"], "{seen}");
    let requests = server.requests();
    assert_eq!(requests[1].target, "/v2/core/event_destinations?limit=1&page=p2", "{seen}");
    assert_eq!(requests[1].header("Stripe-Version"), Some("2025-09-30.clover"), "{seen}");
}

#[test]
fn the_key_never_follows_a_next_page_to_another_host() {
    let other = Server::always(page(&["cus_9"], false));
    let next = other.url() + "/v2/core/event_destinations?page=p2";
    let first = json!({"data": [{"id": "ed_1"}], "next_page_url": next});
    let last = json!({"data": [{"id": "ed_2"}], "next_page_url": null});
    let server = Server::script([Answer::json(200, &first), Answer::json(200, &last)]);
    let seen = Home::new().at(&server, ["get", "/v2/core/event_destinations", "--all"]).run();
    assert_eq!(other.connections(), 0, "the key went to another host: {seen}");
    let asked_us = server.requests().len() == 2 && seen.code() == Some(0);
    assert!(
        asked_us || seen.code().is_some_and(|code| code != 0),
        "a list that ends early is no success: {seen}"
    );
}

#[test]
fn every_line_keeps_every_digit() {
    let body = "{\n  \"object\": \"list\",\n  \"data\": [\n    {\n      \"id\": \"x_1\",\n      \"big\": 12345678901234567890123,\n      \"price\": 1.10\n    }\n  ],\n  \"has_more\": false\n}";
    let server = Server::script([Answer::new(200, body)]);
    let seen = Home::new().at(&server, ["get", "customers", "--all"]).run().exits(0);
    assert_eq!(seen.ndjson().len(), 1, "{seen}");
    assert!(seen.out().contains("12345678901234567890123") && seen.out().contains("1.10"), "{seen}");
}

#[test]
fn a_page_is_printed_before_the_next_is_there() {
    let server =
        Server::script([page(&["cus_1"], true).into(), Step::Stall(std::time::Duration::from_secs(30))]);
    let home = Home::new();
    let mut running = home.at(&server, ["get", "customers", "--all"]).start();
    running.until("the second request", |_| server.requests().len() == 2);
    running.until("the first line", |running| running.stdout_so_far().contains("cus_1"));
    running.kill();
    running.wait();
}

#[test]
fn a_page_that_fails_is_an_error_after_what_was_there() {
    for (status, exit) in [(500, 5), (401, 13), (429, 15), (404, 4)] {
        let error = Answer::error(status, "invalid_request_error", None);
        let server = Server::script([page(&["cus_1"], true), error]);
        let args = ["get", "customers", "--all", "--max-retries", "0"];
        let seen = Home::new().at(&server, args).run().exits(exit);
        assert!(seen.out().contains("cus_1"), "{seen}");
    }
}

#[test]
fn an_empty_list_prints_nothing() {
    let server = Server::script([page(&[], false)]);
    let seen = Home::new().at(&server, ["get", "customers", "--all"]).run().exits(0);
    assert!(seen.stdout.is_empty(), "{seen}");
}

#[test]
fn a_list_that_says_more_and_gives_nothing_ends() {
    let server = Server::always(page(&[], true));
    let seen = Home::new().at(&server, ["get", "customers", "--all"]).run();
    assert!(server.requests().len() < 3, "an endless loop: {seen}");
}

#[test]
fn only_a_get_has_pages() {
    let server = Server::always(page(&[], false));
    Home::new().at(&server, ["post", "customers", "--all"]).run().exits(2);
    assert_eq!(server.connections(), 0);
}
