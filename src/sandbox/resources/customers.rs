//! Customers.

use serde_json::{Value, json};

use super::common::{ADDRESS, ID, retrieve};
use super::fields::Fields;
use super::list::{self, whole};
use super::test_clocks;
use super::{
    Answer, Call, Events, Link, Method, Operation, Resource, Target, collection, customer_balance,
    payment_methods, renewals, shapes, sources, subscriptions, tax_ids,
};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field};
use crate::sandbox::state::store::Store;

/// `/v1/customers`.
pub(super) static CUSTOMERS: Resource = Resource {
    object: "customer",
    path: "customers",
    id: ("cus", 14),
    shape: shapes::customers::shape,
    events: Events {
        created: Some(event_types::CUSTOMER_CREATED),
        updated: Some(event_types::CUSTOMER_UPDATED),
        deleted: Some(event_types::CUSTOMER_DELETED),
    },
    expandable: &[
        ("invoice_settings.default_payment_method", Link::One(&payment_methods::PAYMENT_METHODS)),
        ("subscriptions", Link::Made(subscriptions_of, &subscriptions::SUBSCRIPTIONS)),
    ],
    operations: &[
        Operation::post(Target::Collection, &[CREATE, WRITABLE], create_customer),
        Operation { run: list_customers, ..Operation::list(&[list::FIELDS, FILTERS]) },
        Operation::search(),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[WRITABLE], update_customer),
        Operation::delete(delete_customer),
        Operation::get(
            Target::Action("payment_methods"),
            &[list::CURSORS, payment_methods::OF_CUSTOMER],
            payment_methods::list_of_customer,
        )
        .of(&payment_methods::PAYMENT_METHODS),
        Operation::post(Target::Action(BALANCE), &[customer_balance::CREATE], customer_balance::create)
            .one_of(&customer_balance::BALANCE_TRANSACTIONS),
        Operation::get(Target::Action(BALANCE), &[list::FIELDS], customer_balance::list)
            .of(&customer_balance::BALANCE_TRANSACTIONS),
        Operation::get(Target::Part(BALANCE), &[], customer_balance::retrieve)
            .one_of(&customer_balance::BALANCE_TRANSACTIONS),
        Operation::post(Target::Part(BALANCE), customer_balance::UPDATE, customer_balance::update)
            .one_of(&customer_balance::BALANCE_TRANSACTIONS),
        Operation::get(Target::Part("payment_methods"), &[], payment_methods::retrieve_of_customer),
        Operation::post(Target::Action("sources"), &[sources::CREATE], sources::create),
        Operation::get(Target::Action("sources"), &[list::CURSORS, sources::LIST], sources::list)
            .of(&payment_methods::PAYMENT_METHODS),
        Operation::get(Target::Part("sources"), &[], sources::retrieve),
        Operation::new(Method::Delete, Target::Part("sources"), &[], sources::delete),
        Operation::post(Target::Action("tax_ids"), &[tax_ids::CREATE], tax_ids::create),
        Operation::get(Target::Action("tax_ids"), &[list::CURSORS], tax_ids::list).of(&tax_ids::TAX_IDS),
        Operation::get(Target::Part("tax_ids"), &[], tax_ids::retrieve),
        Operation::new(Method::Delete, Target::Part("tax_ids"), &[], tax_ids::delete),
        Operation::new(Method::Delete, Target::Action("discount"), &[], delete_discount),
    ],
};

const BALANCE: &str = "balance_transactions";

const FILTERS: &[Field] = &[field("email", Kind::Text(512)), field("test_clock", ID)];

const CREATE: &[Field] =
    &[field("payment_method", ID), field("source", ID), field("test_clock", Kind::Id(test_clocks::OBJECT))];

const WRITABLE: &[Field] = &[
    field("address", Kind::Object(ADDRESS)),
    field("balance", Kind::Integer(-customer_balance::MOST, customer_balance::MOST)),
    field("business_name", Kind::Text(150)),
    field("description", Kind::Text(5000)),
    field("email", Kind::Email),
    field("individual_name", Kind::Text(150)),
    field("invoice_prefix", Kind::Text(12)),
    field("invoice_settings", Kind::Part(INVOICE_SETTINGS)),
    field("metadata", Kind::Metadata),
    field("name", Kind::Text(256)),
    field("next_invoice_sequence", Kind::Integer(1, 1_000_000_000)),
    field("phone", Kind::Text(20)),
    field("preferred_locales", Kind::List(&Kind::Text(20))),
    field("shipping", Kind::Object(SHIPPING)),
    field("tax_exempt", Kind::Choice(&["none", "exempt", "reverse"])),
];

const INVOICE_SETTINGS: &[Field] = &[
    field("custom_fields", Kind::List(&Kind::Object(CUSTOM_FIELD))),
    field("default_payment_method", ID),
    field("footer", Kind::Text(5000)),
    field("rendering_options", Kind::Object(RENDERING)),
];

const RENDERING: &[Field] = &[
    field("amount_tax_display", Kind::Choice(&["exclude_tax", "include_inclusive_tax"])),
    field("template", ID),
];

const CUSTOM_FIELD: &[Field] = &[field("name", Kind::Text(40)), field("value", Kind::Text(140))];

const SHIPPING: &[Field] = &[
    field("address", Kind::Object(ADDRESS)),
    field("name", Kind::Text(5000)),
    field("phone", Kind::Text(5000)),
];

fn list_customers(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut conditions = list::filters(call, &CUSTOMERS, &[]);
    conditions.extend(test_clocks::left_out(call, &CUSTOMERS));
    list::page(call, &CUSTOMERS, "/v1/customers", conditions)
}

fn create_customer(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut customer = call.new_object(&CUSTOMERS);
    customer.set("invoice_prefix", json!(call.ids.alphanumeric(8).to_uppercase()));
    write(call, &mut customer)?;
    customer_balance::set(call, &mut customer, "initial", call.number("balance"))?;
    call.keep(&customer)?;
    if let Some(named) = call.text("payment_method") {
        let id = customer["id"].as_str().unwrap_or_default();
        let method = payment_methods::attach_to(call, named, id)?;
        // A test card's name stands for the payment method that was made from it.
        let default = &mut customer["invoice_settings"]["default_payment_method"];
        if *default == *named {
            *default = method["id"].clone();
            call.store.update(&customer)?;
        }
    }
    if let Some(token) = call.text("source") {
        let method = sources::of_customer(call, &customer, token, "source")?;
        customer.set("default_source", method["id"].clone());
        call.store.update(&customer)?;
    }
    check_default(call, &customer)?;
    call.note(event_types::CUSTOMER_CREATED, &customer);
    Ok(Answer::ok(customer))
}

fn update_customer(call: &Call<'_>) -> Result<Answer, ApiError> {
    let old = call.load()?;
    let mut customer = old.clone();
    write(call, &mut customer)?;
    customer_balance::set(call, &mut customer, "adjustment", call.number("balance"))?;
    if customer["invoice_settings"] != old["invoice_settings"] {
        check_default(call, &customer)?;
    }
    call.note_update(event_types::CUSTOMER_UPDATED, &old, &customer);
    call.save(customer)
}

/// The plain fields. The balance is none of them: only its transactions change it.
fn write(call: &Call<'_>, customer: &mut Value) -> Result<(), ApiError> {
    let plain = call.values.iter().filter(|(name, _)| *name != "balance");
    super::call::overlay(customer, &plain.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// The default payment method has to be one of the customer's own.
fn check_default(call: &Call<'_>, customer: &Value) -> Result<(), ApiError> {
    let Some(id) = customer["invoice_settings"]["default_payment_method"].as_str() else { return Ok(()) };
    let param = "invoice_settings[default_payment_method]";
    let method = call.named(&payment_methods::PAYMENT_METHODS, id, param)?;
    if method["customer"] == customer["id"] {
        return Ok(());
    }
    let message = format!(
        "The customer does not have a payment method with the ID {id}. The payment method must be attached to the \
         customer."
    );
    Err(ApiError::conflict(message).code("resource_missing").param(param))
}

/// Deletes a customer, and ends what they subscribed to.
fn delete_customer(call: &Call<'_>) -> Result<Answer, ApiError> {
    for subscription in list::all_with(&call.store, &subscriptions::SUBSCRIPTIONS, "customer", call.id)? {
        if subscription["status"].as_str().is_some_and(|status| subscriptions::ALIVE.contains(&status)) {
            collection::stop(call, &subscription)?;
            renewals::end(call, subscription, "cancellation_requested")?;
        }
    }
    super::common::delete(call)
}

/// In this version of the API nothing gives a customer a discount of their own, so there is none to delete.
fn delete_discount(call: &Call<'_>) -> Result<Answer, ApiError> {
    call.load()?;
    let message = format!("No active discount for customer: {}", call.id);
    Err(ApiError::not_found(message))
}

fn subscriptions_of(store: &Store<'_>, customer: &Value) -> Result<Value, ApiError> {
    let id = customer["id"].as_str().unwrap_or_default();
    let mut found = list::all_with(store, &subscriptions::SUBSCRIPTIONS, "customer", id)?;
    found.retain(|subscription| subscription["status"] != "canceled");
    Ok(whole(&found, &format!("/v1/customers/{id}/subscriptions")))
}
