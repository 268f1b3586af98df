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
        assert_eq!(ids(&seen.ndjson()), ["cus_1"], "the error leaves stdout alone: {seen}");
    }
}

#[test]
fn an_error_is_json_on_stderr_where_json_was_asked_for() {
    let error = || Answer::error(404, "invalid_request_error", Some("resource_missing"));
    for script in [vec![page(&["cus_1"], true), error()], vec![error()]] {
        let lines = script.len() - 1;
        let server = Server::script(script);
        let seen = Home::new().at(&server, ["get", "customers", "--all", "--json", "-q"]).run().exits(4);
        assert_eq!(seen.ndjson().len(), lines, "{seen}");
        let told: Value =
            serde_json::from_slice(&seen.stderr).unwrap_or_else(|error| panic!("{error}: {seen}"));
        assert_eq!((&told["outcome"], &told["exit_code"]), (&"not_found".into(), &4.into()), "{seen}");
    }
    let server = Server::script([Answer::json(200, &json!({"id": "cus_1"}))]);
    let seen = Home::new().at(&server, ["get", "cus_1", "--all", "--json", "-q"]).run();
    let told: Value = serde_json::from_slice(&seen.stderr).unwrap_or_else(|error| panic!("{error}: {seen}"));
    assert!(seen.stdout.is_empty() && told["error"]["message"].is_string(), "{seen}");
}

#[test]
fn a_list_that_cannot_be_followed_is_not_said_to_be_unsent() {
    for (answer, exit) in [
        (Answer::json(200, &json!({"id": "cus_1", "object": "customer"})), 4),
        (page(&[], true), 5),
        (Answer::json(200, &json!({"data": [1], "has_more": true})), 5),
    ] {
        for form in ["human", "json"] {
            let server = Server::always(answer.clone());
            let args = ["get", "customers", "--all", "--output", form];
            let seen = Home::new().at(&server, args).run().exits(exit);
            assert_eq!(server.requests().len(), 1, "{seen}");
            for wrong in ["nothing was sent", "not_sent", "money"] {
                assert!(!seen.err().contains(wrong) && !seen.out().contains(wrong), "{wrong}: {seen}");
            }
        }
    }
}

/// A list whose pages follow each other in a circle.
fn circle(names: &'static [&'static str]) -> Server {
    Server::answering(move |request| {
        let query = request.query();
        let after = query.iter().find(|(name, _)| name == "starting_after").map(|(_, value)| value.as_str());
        let at = after.and_then(|after| names.iter().position(|name| *name == after));
        page(&[names[at.map_or(0, |at| (at + 1) % names.len())]], true).into()
    })
}

#[test]
fn a_cursor_that_was_seen_before_ends_the_list() {
    for names in [&["cus_a"][..], &["cus_a", "cus_b"], &["cus_a", "cus_b", "cus_c", "cus_d"]] {
        let server = circle(names);
        let seen = Home::new().at(&server, ["get", "customers", "--all"]).run().exits(5);
        // The first cursor is seen again after one round: no page is printed that was printed before it.
        assert!(server.requests().len() <= names.len() + 1, "{} requests: {seen}", server.requests().len());
        assert!(seen.ndjson().len() <= names.len() + 1, "{seen}");
    }
}

#[test]
fn a_v2_list_in_a_circle_ends() {
    let server = Server::answering(|request| {
        let is_first = request.target.ends_with("page=p1");
        let next = if is_first { "/v2/core/events?page=p2" } else { "/v2/core/events?page=p1" };
        Answer::json(200, &json!({"data": [{"id": "evt_1"}], "next_page_url": next})).into()
    });
    Home::new().at(&server, ["get", "/v2/core/events", "--all"]).run().exits(5);
    assert!(server.requests().len() <= 3, "{} requests", server.requests().len());
}

fn found(ids: &[&str], next: Option<&str>) -> Answer {
    let data: Vec<Value> = ids.iter().map(|id| json!({"id": id, "livemode": false})).collect();
    Answer::json(
        200,
        &json!({"object": "search_result", "data": data, "has_more": next.is_some(), "next_page": next}),
    )
}

#[test]
fn a_search_is_followed_by_its_next_page() {
    let server = Server::script([
        found(&["cus_1"], Some("t0/k+en==")),
        found(&["cus_2"], Some("t2")),
        found(&[], None),
    ]);
    let args = ["get", "/v1/customers/search", "-d", "query=name:'x'", "-l", "1", "--all"];
    let seen = Home::new().at(&server, args).run().exits(0);
    assert_eq!(ids(&seen.ndjson()), ["cus_1", "cus_2"], "{seen}");
    let requests = server.requests();
    let page = |number: usize| {
        let query = requests[number].query();
        assert!(query.contains(&("query".into(), "name:'x'".into())), "{query:?}");
        assert!(!query.iter().any(|(name, _)| name == "starting_after"), "{query:?}");
        query.into_iter().find(|(name, _)| name == "page").map(|(_, value)| value)
    };
    assert_eq!((page(0), page(1), page(2)), (None, Some("t0/k+en==".into()), Some("t2".into())));
}

#[test]
fn a_search_in_a_circle_or_without_a_next_page_ends() {
    let server = Server::always(found(&["cus_1"], Some("t1")));
    Home::new().at(&server, ["get", "/v1/customers/search", "--all"]).run().exits(5);
    assert_eq!(server.requests().len(), 2);
    let broken =
        json!({"object": "search_result", "data": [{"id": "cus_1"}], "has_more": true, "next_page": null});
    let server = Server::always(Answer::json(200, &broken));
    Home::new().at(&server, ["get", "/v1/customers/search", "--all"]).run().exits(5);
    assert_eq!(server.requests().len(), 1);
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
