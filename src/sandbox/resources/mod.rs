//! The resources of the API: one table each, and the one router that reads the tables.

mod account;
mod customers;
mod events;
pub(super) mod payment_intents;

use std::cell::RefCell;

use serde_json::{Map, Value};

use super::api_error::ApiError;
use super::ids::Ids;
use super::schema::{Field, Values, merge_metadata};
use super::store::Store;

/// Every resource. A new one is a file with its table, and its name here.
static RESOURCES: &[&Resource] =
    &[&account::ACCOUNT, &customers::CUSTOMERS, &events::EVENTS, &payment_intents::PAYMENT_INTENTS];

/// A kind of object, and what can be done with it.
pub(super) struct Resource {
    /// Its name in the field `object`.
    pub(super) object: &'static str,
    /// Its path below `/v1/`.
    pub(super) path: &'static str,
    /// What its ids start with, and how many alphanumerics follow.
    id: (&'static str, usize),
    /// Fields that hold the id of another object.
    pub(super) expandable: &'static [(&'static str, &'static Resource)],
    /// What can be done, one row each.
    operations: &'static [Operation],
}

/// One thing that can be done.
pub(super) struct Operation {
    /// How it is asked for.
    pub(super) method: Method,
    /// Of what.
    pub(super) target: Target,
    /// The tables of its parameters.
    pub(super) fields: &'static [&'static [Field]],
    /// Does it.
    pub(super) run: fn(&Call<'_>) -> Result<Answer, ApiError>,
}

/// The methods that the API has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Reads; takes its parameters from the query and no idempotency key.
    Get,
    /// Creates, changes or acts; takes its parameters from the body.
    Post,
    /// Deletes; takes no idempotency key.
    Delete,
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
    /// `/v1/payment_intents/pi_…/confirm`.
    Action(&'static str),
}

/// An operation that is being done: who asks, when, of what and with which parameters.
pub(super) struct Call<'a> {
    /// The account's objects, inside this request's transaction.
    pub(super) store: Store<'a>,
    /// Where new ids come from.
    pub(super) ids: &'a Ids,
    /// Who asks.
    pub(super) account: &'a str,
    /// When, in Unix seconds.
    pub(super) now: i64,
    /// Of which kind of object.
    pub(super) resource: &'static Resource,
    /// The id in the path, or nothing.
    pub(super) id: &'a str,
    /// The parameters, checked.
    pub(super) values: Values,
    /// What has happened so far, in its order.
    pub(super) changes: RefCell<Vec<Change>>,
}

/// Something that happened to an object: what an event is made from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    /// The event's type, as in `customer.created`.
    pub(super) kind: &'static str,
    /// The object as it was right after that.
    pub(super) object: Value,
    /// What the fields that changed held before. Only events of the form `….updated` tell it.
    pub(super) previous: Option<Value>,
}

/// An answer whose effects stay, be it a success or a decline.
#[derive(Debug, PartialEq)]
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// The object, the list or the error.
    pub(super) body: Value,
    /// What happened, in its order. The runner of operations fills it in; a failure has none, as it is undone.
    pub(super) changes: Vec<Change>,
}

impl Answer {
    /// 200.
    pub(super) const fn ok(body: Value) -> Self {
        Self { status: 200, body, changes: Vec::new() }
    }

    /// An error.
    pub(super) fn error(error: &ApiError) -> Self {
        Self { status: error.status(), body: error.to_json(), changes: Vec::new() }
    }
}

impl Call<'_> {
    /// A parameter's text, unless it is left out or unset.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str)
    }

    /// Whether a parameter is given and true.
    fn flag(&self, name: &str) -> bool {
        self.values.get(name) == Some(&Value::Bool(true))
    }

    fn new_id(&self) -> String {
        let (prefix, length) = self.resource.id;
        self.ids.object(prefix, length)
    }

    /// The object that the path names.
    fn load(&self) -> Result<Value, ApiError> {
        let object = self.resource.object;
        let found = self.store.find_alive(object, self.id)?;
        found.ok_or_else(|| ApiError::missing_object(404, object, self.id, "id"))
    }

    /// Puts the parameters into the object's fields of the same name. A parameter for which the object
    /// has no field steers the request only.
    fn overlay(&self, object: &mut Value) -> Result<(), ApiError> {
        for (name, value) in &self.values {
            match object.get_mut(name) {
                Some(old) if name == "metadata" => *old = merge_metadata(old, value)?,
                Some(old) => *old = value.clone(),
                None => {}
            }
        }
        Ok(())
    }

    /// Tells that something happened to an object.
    fn note(&self, kind: &'static str, object: &Value) {
        self.changes.borrow_mut().push(Change { kind, object: object.clone(), previous: None });
    }

    /// Tells that an object's fields changed, if any did.
    fn note_update(&self, kind: &'static str, old: &Value, new: &Value) {
        let previous = difference(old, new);
        if !previous.is_empty() {
            let previous = Some(Value::Object(previous));
            self.changes.borrow_mut().push(Change { kind, object: new.clone(), previous });
        }
    }

    fn insert(&self, object: Value) -> Result<Answer, ApiError> {
        self.store.insert(self.resource.object, &object)?;
        Ok(Answer::ok(object))
    }

    fn save(&self, object: Value) -> Result<Answer, ApiError> {
        self.store.update(&object)?;
        Ok(Answer::ok(object))
    }
}

/// What the fields of an object that are now different held before, nested objects field by field.
fn difference(old: &Value, new: &Value) -> Map<String, Value> {
    let (Value::Object(old), Value::Object(new)) = (old, new) else { return Map::new() };
    let mut previous = Map::new();
    for (name, value) in new {
        match old.get(name).unwrap_or(&Value::Null) {
            before if before == value => {}
            before @ Value::Object(_) if value.is_object() => {
                previous.insert(name.clone(), Value::Object(difference(before, value)));
            }
            before => {
                previous.insert(name.clone(), before.clone());
            }
        }
    }
    for (name, before) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
        previous.insert(name.clone(), before.clone());
    }
    previous
}

/// Answers with the object that the path names. One that was deleted is still told of.
fn retrieve(call: &Call<'_>) -> Result<Answer, ApiError> {
    let object = call.resource.object;
    let found = call.store.find(object, call.id)?;
    found.map(Answer::ok).ok_or_else(|| ApiError::missing_object(404, object, call.id, "id"))
}

/// Changes the fields that are given.
fn update(call: &Call<'_>, kind: &'static str) -> Result<Answer, ApiError> {
    let old = call.load()?;
    let mut object = old.clone();
    call.overlay(&mut object)?;
    call.note_update(kind, &old, &object);
    call.save(object)
}

/// Deletes the object. The event shows it as it was.
fn delete(call: &Call<'_>, kind: &'static str) -> Result<Answer, ApiError> {
    let object = call.load()?;
    call.note(kind, &object);
    call.store.delete(call.resource.object, call.id).map(Answer::ok)
}

/// A street address.
const ADDRESS: &[Field] = {
    use super::schema::{Kind, field};
    &[
        field("city", Kind::Text(5000)),
        field("country", Kind::Text(5000)),
        field("line1", Kind::Text(5000)),
        field("line2", Kind::Text(5000)),
        field("postal_code", Kind::Text(5000)),
        field("state", Kind::Text(5000)),
    ]
};

/// Whether there are such objects, by the name in their field `object`.
pub(super) fn is_known(object: &str) -> bool {
    RESOURCES.iter().any(|resource| resource.object == object)
}

/// What a request asks for.
pub(super) struct Route {
    /// The kind of object.
    pub(super) resource: &'static Resource,
    /// What is done with it.
    pub(super) operation: &'static Operation,
    /// The id in the path, or nothing.
    pub(super) id: String,
}

impl Route {
    /// Whether the answer is a list.
    pub(super) fn is_list(&self) -> bool {
        self.operation.method == Method::Get && self.operation.target == Target::Collection
    }
}

/// Finds what a method and a path ask for: 404 where nothing is, 405 where something else is.
pub(super) fn route(method: &str, path: &str) -> Result<Route, ApiError> {
    let unknown = || {
        let message = format!("The sandbox has nothing at {path:?}. Its paths look like /v1/customers.");
        ApiError::refused(404, message)
    };
    let rest = path.strip_prefix("/v1/").ok_or_else(unknown)?;
    let below = |resource: &&'static Resource| {
        let after = rest.strip_prefix(resource.path)?;
        (after.is_empty() || after.starts_with('/')).then_some((*resource, after))
    };
    let (resource, after) = RESOURCES.iter().find_map(below).ok_or_else(unknown)?;
    let mut parts = after.split('/').skip(1);
    let (id, action) = (parts.next(), parts.next());
    let is_malformed = parts.next().is_some() || id == Some("") || action == Some("");
    let fits = |operation: &&Operation| match operation.target {
        Target::Collection | Target::Single => id.is_none(),
        Target::Item => id.is_some() && action.is_none(),
        Target::Action(name) => action == Some(name),
    };
    let operations: Vec<&'static Operation> = resource.operations.iter().filter(fits).collect();
    if is_malformed || operations.is_empty() {
        return Err(unknown());
    }
    let operation = operations.iter().find(|operation| operation.method.as_str() == method);
    let operation = *operation.ok_or_else(|| {
        let known: Vec<&str> = operations.iter().map(|operation| operation.method.as_str()).collect();
        let known = known.join(", ");
        let message = format!("{method} is not something that {path} does; it does {known}.");
        ApiError::method(message, known)
    })?;
    Ok(Route { resource, operation, id: id.unwrap_or_default().to_owned() })
}

impl Method {
    /// As it stands in a request.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_find_their_operations() {
        let found = route("POST", "/v1/payment_intents/pi_1/confirm").unwrap_or_else(|_| panic!("404"));
        assert_eq!((found.resource.object, found.id.as_str()), ("payment_intent", "pi_1"));
        assert_eq!(found.operation.target, Target::Action("confirm"));
        assert!(route("GET", "/v1/customers").is_ok_and(|route| route.is_list()));
        assert!(route("GET", "/v1/account").is_ok_and(|route| !route.is_list()));
    }

    #[test]
    fn what_is_not_there_is_404_and_what_is_not_done_405() {
        let status = |method, path| route(method, path).map_or_else(|error| error.status(), |_| 200);
        for path in [
            "/",
            "/v1",
            "/v1/",
            "/v2/core/events",
            "/v1/customersx",
            "/v1/customers/",
            "/v1/customers/cus_1/",
            "/v1/customers/cus_1/confirm",
            "/v1/payment_intents/pi_1/confirm/now",
            "/v1/account/acct_1",
        ] {
            assert_eq!(status("GET", path), 404, "{path}");
        }
        assert_eq!(status("PUT", "/v1/customers"), 405);
        assert_eq!(status("DELETE", "/v1/payment_intents/pi_1"), 405);
        assert_eq!(status("GET", "/v1/payment_intents/pi_1/confirm"), 405);
    }
}
