//! The resources of the API: one declaration each, and what all of them share.

mod account;
mod balance;
mod balance_transactions;
mod billed_items;
mod billing;
mod call;
mod charges;
mod checkout_completion;
mod checkout_sessions;
mod collection;
mod common;
mod coupons;
mod customer_balance;
mod customers;
mod direct_charges;
mod discounts;
mod disputes;
pub(super) mod due;
mod events;
pub(super) mod fields;
mod intents;
mod invoice_items;
mod invoice_line_edits;
mod invoice_lines;
mod invoice_payments;
mod invoice_previews;
mod invoices;
mod list;
pub(super) mod moment;
mod notices;
pub(super) mod payment_intents;
mod payment_methods;
mod payouts;
mod periods;
mod prices;
mod products;
mod promotion_codes;
mod proration;
mod refunds;
mod refusals;
mod renewals;
mod route;
mod search;
mod setup_intents;
mod shapes;
mod sources;
mod subscription_changes;
mod subscription_item_paths;
mod subscription_items;
mod subscriptions;
mod tax_ids;
mod tax_rates;
mod test_clocks;
mod tokens;
mod webhook_endpoints;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::sandbox::events::event_types::EventType;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::Field;
use crate::sandbox::state::db::Kinds;
use crate::sandbox::state::store::Store;

pub(super) use crate::sandbox::params::method::Method;
pub(super) use call::{Answer, Call};
pub(super) use route::{Route, by_method, route};

/// Every resource. A new one is a file with its declaration, and its name here. Of two paths that begin
/// alike, the longer stands first.
pub(super) static RESOURCES: &[&Resource] = &[
    &account::ACCOUNT,
    &account::ACCOUNTS,
    &balance::BALANCE,
    &balance_transactions::BALANCE_TRANSACTIONS,
    &charges::CHARGES,
    &checkout_sessions::CHECKOUT_SESSIONS,
    &checkout_sessions::BUYER,
    &checkout_sessions::PAYMENT_PAGES,
    &coupons::COUPONS,
    &customers::CUSTOMERS,
    &disputes::DISPUTES,
    &events::EVENTS,
    &invoice_items::INVOICE_ITEMS,
    &invoice_payments::INVOICE_PAYMENTS,
    &invoices::INVOICES,
    &payment_intents::PAYMENT_INTENTS,
    &payment_intents::CARDHOLDER,
    &payment_methods::PAYMENT_METHODS,
    &payouts::PAYOUTS,
    &prices::PRICES,
    &products::PRODUCTS,
    &promotion_codes::PROMOTION_CODES,
    &refunds::REFUNDS,
    &setup_intents::SETUP_INTENTS,
    &setup_intents::CARDHOLDER,
    &setup_intents::SETUP_ATTEMPTS,
    &subscription_item_paths::SUBSCRIPTION_ITEMS,
    &subscriptions::SUBSCRIPTIONS,
    &tax_rates::TAX_RATES,
    &test_clocks::TEST_CLOCKS,
    &tokens::TOKENS,
    &webhook_endpoints::WEBHOOK_ENDPOINTS,
];

/// What the tables have to know of the objects that are kept in them.
pub(super) fn kinds() -> Kinds {
    Kinds { filters: filtered_by(), falls_due: due::when }
}

/// The fields that lists are filtered by and that are different in most objects: each with the kind of
/// object and where the object has it.
pub(super) fn filtered_by() -> BTreeSet<(&'static str, &'static str)> {
    let of = |resource: &'static Resource| {
        let lists = resource.operations.iter().filter(|operation| {
            !matches!(operation.lists, Lists::Nothing | Lists::OneOf(_))
                && !matches!(operation.target, Target::Named(_))
        });
        let fields = lists.flat_map(|operation| operation.fields.iter().flat_map(|table| table.iter()));
        let varied = fields.filter(|field| field.is_varied() && !list::is_cursor(field.name));
        varied.map(|field| (resource.object, field.at.unwrap_or(field.name)))
    };
    RESOURCES.iter().flat_map(|resource| of(resource)).collect()
}

/// A kind of object, and what can be done with it.
pub(super) struct Resource {
    /// Its name in the field `object`.
    pub(super) object: &'static str,
    /// Its path below `/v1/`.
    pub(super) path: &'static str,
    /// What its ids start with, and how many alphanumerics follow.
    id: (&'static str, usize),
    /// A new object: every field with its default, but for `id` and `object`.
    pub(super) shape: fn() -> Value,
    /// The events of the changes that are the same for all resources.
    events: Events,
    /// Fields that `expand[]` fills in, with dots where they are nested; `data` stands for each of a list.
    pub(super) expandable: &'static [(&'static str, Link)],
    /// What can be done, one row each.
    pub(super) operations: &'static [Operation],
}

impl Resource {
    /// Whether its objects have a field; a dot leads into an object in a field. What is below a field that
    /// is null in the shape is not known, nor are the fields of a kind without one.
    pub(super) fn has_field(&self, path: &str) -> bool {
        if path == "id" || path == "object" {
            return true;
        }
        let shape = (self.shape)();
        let mut place = &shape;
        for name in path.split('.') {
            match place {
                Value::Object(fields) if !fields.is_empty() => match fields.get(name) {
                    Some(field) => place = field,
                    None => return false,
                },
                _ => return true,
            }
        }
        true
    }
}

/// What stands behind an expandable field.
#[derive(Clone, Copy)]
pub(super) enum Link {
    /// The object of this kind whose id the field holds; or one that is there whole.
    One(&'static Resource),
    /// One object of any of these kinds.
    Any(&'static [&'static Resource]),
    /// What is left out unless it is asked for: it is made from the object.
    Made(fn(&Store<'_>, &Value) -> Result<Value, ApiError>, &'static Resource),
}

/// The events for creation, update and deletion; none where Stripe makes none.
struct Events {
    created: Option<EventType>,
    updated: Option<EventType>,
    deleted: Option<EventType>,
}

impl Events {
    const NONE: Self = Self { created: None, updated: None, deleted: None };
}

/// What stands for the resource of a call that nobody made: time passes.
static TIME: Resource = Resource {
    object: "",
    path: "",
    id: ("", 0),
    shape: || Value::Null,
    events: Events::NONE,
    expandable: &[],
    operations: &[Operation::post(Target::Single, &[], |_| Ok(Answer::ok(Value::Null)))],
};

/// One thing that can be done.
pub(super) struct Operation {
    /// How it is asked for.
    pub(super) method: Method,
    /// Of what.
    pub(super) target: Target,
    /// The tables of its parameters.
    pub(super) fields: &'static [&'static [Field]],
    /// The states in which an object allows it; none stands for all.
    states: &'static [&'static str],
    /// Whether the answer is a list.
    lists: Lists,
    /// Does it.
    pub(super) run: Run,
}

/// What an answer lists.
#[derive(Clone, Copy)]
enum Lists {
    Nothing,
    Itself,
    Other(&'static Resource),
    /// Nothing: the answer is one object of another kind.
    OneOf(&'static Resource),
}

type Run = fn(&Call<'_>) -> Result<Answer, ApiError>;
type Tables = &'static [&'static [Field]];

impl Operation {
    const fn new(method: Method, target: Target, fields: Tables, run: Run) -> Self {
        Self { method, target, fields, states: &[], lists: Lists::Nothing, run }
    }

    const fn get(target: Target, fields: Tables, run: Run) -> Self {
        Self::new(Method::Get, target, fields, run)
    }

    const fn post(target: Target, fields: Tables, run: Run) -> Self {
        Self::new(Method::Post, target, fields, run)
    }

    const fn delete(run: Run) -> Self {
        Self::new(Method::Delete, Target::Item, &[], run)
    }

    /// `GET` of the collection: pages, cursors and these filters.
    const fn list(fields: Tables) -> Self {
        Self { lists: Lists::Itself, ..Self::get(Target::Collection, fields, list::list) }
    }

    /// `GET` of what fits a query.
    const fn search() -> Self {
        let target = Target::Named("search");
        Self { lists: Lists::Itself, ..Self::get(target, &[search::PARAMS], search::search) }
    }

    /// The answer is a list of something else.
    const fn of(mut self, resource: &'static Resource) -> Self {
        self.lists = Lists::Other(resource);
        self
    }

    /// The answer is one object of something else.
    const fn one_of(mut self, resource: &'static Resource) -> Self {
        self.lists = Lists::OneOf(resource);
        self
    }

    /// Only in these states.
    const fn when(mut self, states: &'static [&'static str]) -> Self {
        self.states = states;
        self
    }
}

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// `/v1/customers`.
    Collection,
    /// `/v1/account`: there is only one.
    Single,
    /// `/v1/customers/cus_…`.
    Item,
    /// `/v1/customers/search`: no id. Its row stands before those of [`Target::Item`].
    Named(&'static str),
    /// `/v1/payment_intents/pi_…/confirm`.
    Action(&'static str),
    /// `/v1/invoices/in_…/lines/il_…`: something below an object, whose id is the part.
    Part(&'static str),
}

/// Whether there are such objects, by the name in their field `object`.
pub(super) fn is_known(object: &str) -> bool {
    RESOURCES.iter().any(|resource| resource.object == object)
}
