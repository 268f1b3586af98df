//! Searches, and lists that were refused or took a name for an id.

use serde_json::json;

use super::client::Running;

fn encoded(query: &str) -> String {
    percent_encoding::utf8_percent_encode(query, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[tokio::test]
async fn objects_are_searched_by_their_fields() {
    let sandbox = Running::in_memory().await;
    let ann = sandbox.post("/v1/customers", "name=Ann+Lee&email=ann@a.b&metadata[order]=7").await.id();
    let bob = sandbox.post("/v1/customers", "name=Bob&email=bob@a.b&metadata[it's]=x").await.id();
    let none = sandbox.post("/v1/customers", "").await.id();
    let find = async |query: &str| {
        let seen = sandbox.get(&format!("/v1/customers/search?query={}", encoded(query))).await;
        assert_eq!(
            (seen.status, seen.text("/object").as_str()),
            (200, "search_result"),
            "{query}: {}",
            seen.body
        );
        assert_eq!(seen.text("/url"), "/v1/customers/search");
        seen.ids()
    };
    for (query, expected) in [
        ("email:'ANN@a.b'", vec![&ann]),
        ("name~'lee'", vec![&ann]),
        ("-name~'lee'", vec![&none, &bob]),
        ("metadata['order']:'7'", vec![&ann]),
        ("-metadata['order']:'7'", vec![&none, &bob]),
        ("metadata[\"it's\"]:\"x\"", vec![&bob]),
        ("metadata['order']:null AND name:'Bob'", vec![&bob]),
        ("-email:null", vec![&bob, &ann]),
        ("email:'ann@a.b' OR email:'bob@a.b'", vec![&bob, &ann]),
        ("email:'ann@a.b' email:'bob@a.b'", vec![]),
        ("created>1 AND created<99999999999", vec![&none, &bob, &ann]),
        ("created>'99999999999'", vec![]),
    ] {
        assert_eq!(find(query).await.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    for (query, start) in [
        ("colour:'red'", "Field `colour` is an unsupported search field for resource `customers`."),
        ("email", "We were unable to parse your search query."),
        ("name~'le'", "We were unable to parse your search query: `~` looks for at least 3 characters."),
        ("email>'a'", "We were unable to parse your search query: \"email\" does not support this operator."),
        ("created:'x'", "We were unable to parse your search query: \"x\" is not a number."),
    ] {
        let seen = sandbox.get(&format!("/v1/customers/search?query={}", encoded(query))).await;
        assert_eq!((seen.status, seen.text("/error/param").as_str()), (400, "query"), "{query}");
        assert!(seen.text("/error/message").starts_with(start), "{}", seen.body);
    }
    assert_eq!(sandbox.get("/v1/customers/search").await.code(), "parameter_missing");
}

#[tokio::test]
async fn a_search_is_read_page_by_page() {
    let sandbox = Running::in_memory().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.insert(0, sandbox.post("/v1/products", "name=Cup&metadata[a'b]=c").await.id());
    }
    let query = encoded("active:'true' AND metadata[\"a'b\"]:'c'");
    let (mut page, mut seen) = (String::new(), Vec::new());
    for turn in 0..3 {
        let found = sandbox.get(&format!("/v1/products/search?limit=2&query={query}{page}")).await;
        seen.extend(found.ids());
        assert_eq!(found.json()["has_more"], json!(turn < 2));
        match found.json()["next_page"].as_str() {
            Some(next) => page = format!("&page={next}"),
            None => assert_eq!(turn, 2),
        }
    }
    assert_eq!(seen, made);
    let wrong = sandbox.get(&format!("/v1/products/search?query={query}&page=none")).await;
    assert_eq!((wrong.status, wrong.text("/error/param").as_str()), (400, "page"));
}

#[tokio::test]
async fn money_is_searched_by_amount_and_state() {
    let sandbox = Running::in_memory().await;
    let customer = sandbox.post("/v1/customers", "").await.id();
    let pay = format!("amount=700&currency=usd&confirm=true&payment_method=pm_card_visa&customer={customer}");
    let paid = sandbox.post("/v1/payment_intents", &pay).await.id();
    sandbox.post("/v1/payment_intents", "amount=900&currency=eur").await;
    let find = async |resource: &str, query: &str| {
        let seen = sandbox
            .get(&format!("/v1/{resource}/search?expand[]=data.customer&query={}", encoded(query)))
            .await;
        assert_eq!(seen.status, 200, "{}", seen.body);
        seen
    };
    let found = find("payment_intents", "status:'succeeded' AND amount>=700").await;
    assert_eq!((found.ids(), found.text("/data/0/customer/id")), (vec![paid], customer));
    assert_eq!(find("payment_intents", "amount>700").await.ids().len(), 1);
    let charges = find("charges", "payment_method_details.card.last4:4242 AND refunded:'false'").await;
    assert_eq!(charges.ids().len(), 1);
    assert_eq!(find("charges", "disputed:'true'").await.ids().len(), 0);
}

#[tokio::test]
async fn an_invoice_items_text_can_be_changed_alone() {
    let sandbox = Running::in_memory().await;
    let customer = sandbox.post("/v1/customers", "").await.id();
    let item =
        sandbox.post("/v1/invoiceitems", &format!("customer={customer}&amount=500&currency=eur")).await;
    let path = format!("/v1/invoiceitems/{}", item.id());
    let seen = sandbox.post(&path, "description=Two+cups").await;
    assert_eq!((seen.status, seen.text("/description").as_str()), (200, "Two cups"), "{}", seen.body);
    assert_eq!(seen.json()["amount"], json!(500));
    assert_eq!(sandbox.post(&path, "amount=700").await.json()["amount"], json!(700));
    let body = format!("customer={customer}&unit_amount_decimal=2.5&quantity=4&currency=eur");
    let priced = sandbox.post("/v1/invoiceitems", &body).await;
    assert_eq!(priced.json()["amount"], json!(10));
    let path = format!("/v1/invoiceitems/{}", priced.id());
    assert_eq!(sandbox.post(&path, "quantity=6").await.json()["amount"], json!(15));
    let nothing = sandbox.post("/v1/invoiceitems", &format!("customer={customer}")).await;
    assert!(nothing.text("/error/message").starts_with("Missing required param: amount."));
}

#[tokio::test]
async fn balance_transactions_are_listed_by_any_type() {
    let sandbox = Running::in_memory().await;
    let pay = "amount=700&currency=usd&confirm=true&payment_method=pm_card_refundFail";
    let charge = sandbox.post("/v1/payment_intents", pay).await.text("/latest_charge");
    sandbox.post("/v1/refunds", &format!("charge={charge}")).await;
    let count = async |kind: &str| {
        let seen = sandbox.get(&format!("/v1/balance_transactions?type={kind}")).await;
        assert_eq!(seen.status, 200, "{}", seen.body);
        seen.ids().len()
    };
    assert_eq!((count("refund_failure").await, count("refund").await, count("transfer").await), (1, 1, 0));
}

/// What Stripe declares without `null` is left out where there is nothing to tell.
#[tokio::test]
async fn what_is_never_null_is_left_out() {
    let sandbox = Running::in_memory().await;
    let customer = sandbox.post("/v1/customers", "name=A").await;
    assert_eq!(customer.json().get("business_name"), None);
    let path = format!("/v1/customers/{}", customer.id());
    assert_eq!(sandbox.post(&path, "business_name=Cups+Ltd").await.text("/business_name"), "Cups Ltd");
    assert_eq!(sandbox.get(&path).await.text("/business_name"), "Cups Ltd");
    assert_eq!(sandbox.post(&path, "business_name=").await.json().get("business_name"), None);
    let pay = "amount=700&currency=usd&confirm=true&payment_method=pm_card_pendingRefund";
    let charge = sandbox.post("/v1/payment_intents", pay).await.text("/latest_charge");
    let refund = sandbox.post("/v1/refunds", &format!("charge={charge}")).await;
    assert_eq!(refund.text("/pending_reason"), "processing");
    let done = sandbox.get(&format!("/v1/refunds/{}", refund.id())).await;
    assert_eq!((done.text("/status").as_str(), done.json().get("pending_reason")), ("succeeded", None));
    assert!(done.text("/payment_method").starts_with("pm_"));
}
