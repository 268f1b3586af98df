//! The committed map fits its reader, and no look-up panics.

use proptest::prelude::*;

use super::*;

fn post_intent() -> &'static Operation {
    operation("POST", "/v1/payment_intents").expect("an operation")
}

#[test]
fn every_line_of_the_map_is_read() {
    assert!(api_version().starts_with("2026-"), "{}", api_version());
    assert!(package().starts_with("stripe "), "{}", package());
    assert!(operations().len() > 600, "{}", operations().len());
    let parameters: usize = operations().iter().map(|operation| operation.all_parameters().len()).sum();
    assert!(parameters > 10_000, "{parameters}");
    let mut fields = 0;
    for object in objects() {
        fields += read_within(object.shape(), 0);
    }
    assert!(fields > 5_000, "{fields}");
}

/// Reads every type within a shape, and returns how many there are.
fn read_within(shape: Shape, depth: usize) -> usize {
    assert!(depth < 20, "a shape holds itself");
    shape
        .fields()
        .map(|field| {
            1 + shapes(&field.kind).into_iter().map(|inner| read_within(inner, depth + 1)).sum::<usize>()
        })
        .sum()
}

fn shapes(kind: &Type) -> Vec<Shape> {
    match kind {
        Type::Shape(shape) => vec![*shape],
        Type::Nullable(inner) | Type::Array(inner) | Type::Map(inner) | Type::List(_, inner) => shapes(inner),
        Type::Union(choices) => choices.iter().flat_map(shapes).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn parameters_have_types_values_and_what_is_required() {
    let amount = post_intent().parameters().field("amount").expect("a parameter");
    assert!(amount.is_required && amount.kind == Type::Number, "{amount:?}");
    let Some(Type::Enum(words)) = post_intent().parameters().field("capture_method").map(|field| field.kind)
    else {
        panic!("capture_method is no enum")
    };
    assert_eq!(words.values().collect::<Vec<_>>(), ["automatic", "automatic_async", "manual"]);
    assert!(
        operation("POST", "/v1/customers").is_some_and(|one| !one
            .parameters()
            .field("name")
            .expect("a name")
            .is_required)
    );
}

#[test]
fn fields_tell_null_from_absent_and_what_can_be_expanded() {
    let refund = object_of("refund", false).expect("an object").shape();
    let reason = refund.field("reason").expect("a field");
    assert!(reason.is_required && reason.kind.without_null().1, "{reason:?}");
    let pending = refund.field("pending_reason").expect("a field");
    assert!(!pending.is_required && !pending.kind.without_null().1, "{pending:?}");
    let charge = refund.field("charge").expect("a field").kind;
    let charge_object = Type::Object(object("Charge").expect("an object"));
    assert_eq!(charge.without_null().0, &Type::Union(vec![Type::Text, charge_object]));
    assert_eq!(object_of("customer", true).map(Object::name), Some("DeletedCustomer"));
    assert_eq!(object_of("customer", false).map(Object::name), Some("Customer"));
    assert_eq!(
        object_of("v2.core.event_destination", false).map(Object::name),
        Some("v2.core.EventDestination")
    );
}

#[test]
fn names_are_found_through_objects_arrays_maps_and_unions() {
    let session = operation("POST", "/v1/checkout/sessions").expect("an operation");
    for name in [
        "mode",
        "line_items",
        "line_items[0][price_data][currency]",
        "line_items[][quantity]",
        "metadata[any thing]",
        "expand[]",
        "expand[0]",
        "discounts",
    ] {
        assert!(session.parameter(name).is_ok(), "{name}: {:?}", session.parameter(name));
    }
    let list = operation("GET", "/v1/charges").expect("an operation");
    assert!(list.parameter("created").is_ok() && list.parameter("created[gte]").is_ok());
    let options = operation("POST", "/v1/coupons").expect("an operation");
    assert!(options.parameter("currency_options[usd][amount_off]").is_ok());
}

#[test]
fn an_unknown_name_is_told_with_the_nearest() {
    let told = |operation: &Operation, name: &str| {
        let unknown = operation.parameter(name).expect_err(name);
        (unknown.name, unknown.nearest.unwrap_or_default())
    };
    let pair = |name: &str, nearest: &str| (name.to_owned(), nearest.to_owned());
    assert_eq!(told(post_intent(), "ammount"), pair("ammount", "amount"));
    assert_eq!(told(post_intent(), "paymentMethod"), pair("paymentMethod", "payment_method"));
    assert_eq!(told(post_intent(), "zzz"), pair("zzz", ""));
    assert_eq!(told(post_intent(), "amount[x]"), pair("amount[x]", ""));
    let shipping = told(post_intent(), "shipping[adress][city]");
    assert_eq!(shipping, pair("shipping[adress]", "shipping[address]"));
    let session = operation("POST", "/v1/checkout/sessions").expect("an operation");
    assert_eq!(told(session, "line_items[price]"), pair("line_items[price]", "line_items[0][price]"));
    assert_eq!(told(session, "line_items[0][prise]"), pair("line_items[0][prise]", "line_items[0][price]"));
    let list = operation("GET", "/v1/charges").expect("an operation");
    assert_eq!(told(list, "created[gtee]"), pair("created[gtee]", "created[gte]"));
}

#[test]
fn paths_lead_to_templates_and_fixed_names_come_before_ids() {
    let path = |method: &str, path: &str| operation(method, path).map(|operation| operation.path);
    assert_eq!(path("GET", "/v1/customers/cus_1"), Some("/v1/customers/{id}"));
    assert_eq!(path("GET", "/v1/customers/search"), Some("/v1/customers/search"));
    assert_eq!(
        path("POST", "/v2/core/event_destinations/ed_1/ping"),
        Some("/v2/core/event_destinations/{id}/ping")
    );
    assert_eq!(path("DELETE", "/v1/payment_intents"), None);
    assert_eq!(path("GET", "/v1/customers/"), None);
    let methods: Vec<_> =
        operations_at("/v1/customers/cus_1").iter().map(|operation| operation.method).collect();
    assert_eq!(methods, ["DELETE", "GET", "POST"]);
    let preview: Vec<_> = operations_at("/v1/invoices/create_preview").iter().map(|one| one.method).collect();
    assert_eq!(preview, ["POST"]);
    assert_eq!(nearest_path("/v1/payment_intent").as_deref(), Some("/v1/payment_intents"));
    assert_eq!(nearest_path("/v1/customer/cus_1").as_deref(), Some("/v1/customers/cus_1"));
    assert_eq!(
        nearest_path("/v1/payment_intents/pi_1/captur").as_deref(),
        Some("/v1/payment_intents/pi_1/capture")
    );
    assert_eq!(nearest_path("/v2/iam/api_keys"), None);
}

#[test]
fn every_operation_is_in_one_resource() {
    let resources = resources();
    let of = |name: &str| resources.iter().find(|resource| resource.name == name).expect(name);
    assert_eq!(resources.iter().map(|resource| resource.operations.len()).sum::<usize>(), operations().len());
    assert!(of("customers").operations.iter().any(|operation| operation.path == "/v1/customers/search"));
    assert!(of("v2/core/event_destinations").operations.len() > 5);
    assert!(
        of("credit_notes")
            .operations
            .iter()
            .any(|operation| operation.path == "/v1/credit_notes/preview/lines")
    );
    assert!(of("tax/transactions").operations.len() > 3);
    assert!(of("test_helpers/test_clocks").operations.len() > 2);
    assert_eq!(nearest_resources("customer"), ["customers"]);
    assert_eq!(nearest_resources("event_destinations"), ["v2/core/event_destinations"]);
    assert!(nearest_resources("qqqqqqqq").is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_path_and_no_name_makes_it_panic(path in "(/v1)?(/[a-z{}_é]{0,12}){0,4}|.{0,40}", name in "[a-z_é\\[\\]0-9]{0,24}|.{0,40}") {
        let _ = (operation("GET", &path), operations_at(&path), nearest_path(&path), nearest_resources(&path));
        for operation in [post_intent(), operation("POST", "/v1/checkout/sessions").expect("an operation")] {
            let _ = operation.parameter(&name);
            let _ = operation.parameter(&format!("line_items{name}"));
        }
    }
}
