//! What the tables of resources and cards say holds for each of their rows.

use std::collections::HashSet;

use serde_json::json;

use super::client::Running;
use crate::sandbox::cards::{self, Behaviour, When};
use crate::sandbox::resources::{Method, RESOURCES, Resource, Target, filtered_by};

/// Paths of a resource's operations, with an id that nothing has.
fn paths(resource: &'static Resource) -> impl Iterator<Item = (Method, Target, String)> {
    resource.operations.iter().map(|operation| {
        let path = match operation.target {
            Target::Collection | Target::Single => format!("/v1/{}", resource.path),
            Target::Item => format!("/v1/{}/none_1", resource.path),
            Target::Named(name) => format!("/v1/{}/{name}", resource.path),
            Target::Action(action) => format!("/v1/{}/none_1/{action}", resource.path),
            Target::Part(part) => format!("/v1/{}/none_1/{part}/none_2", resource.path),
        };
        (operation.method, operation.target, path)
    })
}

#[test]
fn no_operation_is_there_twice_and_no_field_hides() {
    let mut seen = HashSet::new();
    for resource in RESOURCES {
        for (method, _, path) in paths(resource) {
            assert!(seen.insert((method.as_str(), path.clone())), "{path} is there twice");
        }
        for operation in resource.operations {
            let names: Vec<_> =
                operation.fields.iter().flat_map(|table| table.iter()).map(|field| field.name).collect();
            let once: HashSet<_> = names.iter().collect();
            assert_eq!(once.len(), names.len(), "{}: a parameter is there twice in {names:?}", resource.path);
        }
    }
}

#[test]
fn objects_show_their_fields_in_order() {
    for resource in RESOURCES {
        let shape = (resource.shape)();
        let names: Vec<_> = shape.as_object().expect("an object").keys().cloned().collect();
        let mut sorted = names.clone();
        sorted.sort();
        assert_eq!(names, sorted, "{}", resource.object);
        assert!(!names.iter().any(|name| name == "id" || name == "object"), "{}", resource.object);
    }
}

#[test]
fn what_lists_are_filtered_by_is_a_field_of_what_is_listed() {
    for (object, path) in filtered_by() {
        let resource = RESOURCES.iter().find(|resource| resource.object == object).expect("a resource");
        assert!(resource.has_field(path), "a {object} has no field {path}");
    }
    let invoices = RESOURCES.iter().find(|resource| resource.object == "invoice").expect("invoices");
    for (path, is_there) in [("customer", true), ("colour", false), ("status_transitions.colour", false)] {
        assert_eq!(invoices.has_field(path), is_there, "{path}");
    }
}

#[tokio::test]
async fn every_operation_refuses_what_it_does_not_know() {
    let sandbox = Running::in_memory().await;
    let mut tried = 0;
    for resource in RESOURCES {
        for (method, target, path) in paths(resource) {
            tried += 1;
            let unknown = match method {
                Method::Get => sandbox.get(&format!("{path}?colour=red")).await,
                Method::Post => sandbox.post(&path, "colour=red").await,
                Method::Delete => sandbox.delete(&format!("{path}?colour=red")).await,
            };
            let seen = (unknown.status, unknown.code(), unknown.text("/error/param"));
            assert_eq!(seen, (400, "parameter_unknown".into(), "colour".into()), "{path}: {}", unknown.body);
            if method == Method::Get && matches!(target, Target::Item) && resource.path != "accounts" {
                let missing = sandbox.get(&path).await;
                let seen = (missing.status, missing.code(), missing.text("/error/param"));
                assert_eq!(seen, (404, "resource_missing".into(), "id".into()), "{path}: {}", missing.body);
            }
            let other = sandbox.send("PATCH", &path, &[&sandbox.bearer()], "").await;
            assert_eq!(
                (other.status, other.text("/error/type").as_str()),
                (405, "invalid_request_error"),
                "{path}"
            );
            assert!(other.header("allow").is_some_and(|allow| allow.contains(method.as_str())), "{path}");
            let nested = sandbox.get(&format!("{path}/more/and/more")).await;
            assert_eq!((nested.status, nested.text("/error/type").as_str()), (404, "invalid_request_error"));
        }
    }
    assert!(tried > 100, "{tried}");
}

#[tokio::test]
async fn every_list_has_the_same_cursors() {
    let sandbox = Running::in_memory().await;
    let lists = RESOURCES.iter().filter(|resource| {
        paths(resource).any(|(method, target, _)| method == Method::Get && target == Target::Collection)
    });
    let mut tried = 0;
    for resource in lists {
        tried += 1;
        // Its list is of one subscription, and is looked at in a test of its own.
        if resource.path == "subscription_items" {
            continue;
        }
        let required = if resource.path == "setup_attempts" { "&setup_intent=seti_1" } else { "" };
        let get = async |query: &str| sandbox.get(&format!("/v1/{}?{query}{required}", resource.path)).await;
        let empty = get("limit=100").await;
        assert_eq!((empty.status, empty.text("/object").as_str()), (200, "list"), "{}", empty.body);
        assert_eq!(empty.text("/url"), format!("/v1/{}", resource.path));
        for (query, param) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=-1", "limit"),
            ("limit=ten", "limit"),
            ("limit[]=1", "limit"),
            ("starting_after=none_1", "starting_after"),
            ("ending_before=none_1", "ending_before"),
            ("starting_after=a&ending_before=b", "ending_before"),
            ("expand[]=data.colour", "expand"),
            ("expand[]=colour", "expand"),
            ("expand=data.customer", "expand"),
            ("expand[1]=data.customer", "expand"),
            ("expand[]=data.a.b.c.d", "expand"),
        ] {
            let seen = get(query).await;
            assert_eq!(
                (seen.status, seen.text("/error/param").as_str()),
                (400, param),
                "{query}: {}",
                seen.body
            );
        }
        for query in ["limit=%", "limit=%zz", "%ff=1", "a[b=1", "a]=1", &format!("a{}=1", "[b]".repeat(9))] {
            let seen = get(query).await;
            assert_eq!(
                (seen.status, seen.text("/error/type").as_str()),
                (400, "invalid_request_error"),
                "{query}"
            );
        }
    }
    assert!(tried >= 20, "{tried}");
}

#[tokio::test]
async fn nesting_has_a_limit_that_is_told() {
    let sandbox = Running::in_memory().await;
    let deep = format!("metadata{}=x", "[a]".repeat(5000));
    let seen = sandbox.post("/v1/customers", &deep).await;
    assert_eq!(seen.status, 400);
    assert!(seen.text("/error/message").contains("nested 8 deep"), "{}", seen.body);
    for gap in ["preferred_locales[1]=de", "preferred_locales[0]=de&preferred_locales[2]=fr"] {
        let seen = sandbox.post("/v1/customers", gap).await;
        assert_eq!((seen.status, seen.text("/error/param").as_str()), (400, "preferred_locales"), "{gap}");
    }
    for broken in ["%", "%4", "%zz", "%ff"] {
        let seen = sandbox.get(&format!("/v1/customers/{broken}")).await;
        assert_eq!(
            (seen.status, seen.text("/error/type").as_str()),
            (400, "invalid_request_error"),
            "{broken}"
        );
    }
}

/// Each card, given by its number and by its name, does what its row says.
#[tokio::test]
async fn every_card_does_what_its_row_says() {
    let sandbox = Running::in_memory().await;
    for card in cards::all() {
        let number =
            format!("card[number]={}&card[exp_month]=2&card[exp_year]=2040&card[cvc]=1234", card.number);
        let token = sandbox.post("/v1/tokens", &number).await;
        let body = format!("type=card&card[token]={}", token.id());
        let method = sandbox.post("/v1/payment_methods", &body).await;
        let seen = method.json();
        assert_eq!(
            (
                &seen["card"]["last4"],
                &seen["card"]["brand"],
                &seen["card"]["country"],
                &seen["card"]["funding"]
            ),
            (&json!(card.last4()), &json!(card.brand), &json!(card.country), &json!(card.funding)),
        );
        assert!(
            !token.body.contains(card.number) && !method.body.contains(card.number),
            "the number is kept"
        );
        let (by_number, by_name) = (method.id(), format!("pm_card_{}", card.name()));
        for id in [by_number, by_name] {
            let pay = format!("amount=700&currency=usd&confirm=true&payment_method={id}");
            let paid = sandbox.post("/v1/payment_intents", &pay).await;
            let status = paid.text("/status");
            let decline = (paid.status, paid.code(), paid.text("/error/decline_code"));
            match card.behaviour {
                Behaviour::Declined(expected) | Behaviour::DeclinedLater(expected) => {
                    assert_eq!(decline, (402, expected.code.into(), expected.reason.into()), "{id}");
                }
                Behaviour::Blocked => assert_eq!(decline, (402, "card_declined".into(), "fraudulent".into())),
                Behaviour::Authenticates(_, then) => {
                    assert_eq!((paid.status, status.as_str()), (200, "requires_action"), "{id}");
                    let path = format!("/v1/test_helpers/payment_intents/{}/authenticate", paid.id());
                    let after = sandbox.post(&path, "outcome=succeeded").await.text("/status");
                    let expected = if then.is_some() { "requires_payment_method" } else { "succeeded" };
                    assert_eq!(after, expected, "{id}");
                }
                Behaviour::Approved
                | Behaviour::Disputed(_)
                | Behaviour::RefundFails
                | Behaviour::RefundPends
                | Behaviour::Available => {
                    assert_eq!((paid.status, status.as_str()), (200, "succeeded"), "{id}");
                }
            }
            let off = sandbox.post("/v1/payment_intents", &format!("{pay}&off_session=true")).await;
            match card.behaviour {
                Behaviour::Authenticates(When::Always | When::UnlessSetUp, _) => {
                    assert_eq!((off.status, off.code().as_str()), (402, "authentication_required"), "{id}");
                }
                Behaviour::Authenticates(When::OnSession, _) => assert_eq!(off.status, 200, "{id}"),
                _ => assert_eq!(off.status, paid.status, "{id}"),
            }
        }
    }
}
