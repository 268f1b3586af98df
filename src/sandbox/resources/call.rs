//! An operation that is being done: its parameters, the objects it works on, and what it tells of.

use std::cell::RefCell;

use serde_json::{Map, Value, json};

use super::{Method, Operation, Resource, Target};
use crate::sandbox::events::event_types::EventType;
use crate::sandbox::events::record::Change;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Values, merge_metadata};
use crate::sandbox::state::ids::Ids;
use crate::sandbox::state::store::Store;

/// An operation that is being done: who asks, when, of what and with which parameters.
pub(in crate::sandbox) struct Call<'a> {
    /// The account's objects, inside this request's transaction.
    pub(in crate::sandbox) store: Store<'a>,
    /// Where new ids come from.
    pub(in crate::sandbox) ids: &'a Ids,
    /// Who asks.
    pub(in crate::sandbox) account: &'a str,
    /// When, in Unix seconds.
    pub(in crate::sandbox) now: i64,
    /// Of which kind of object.
    pub(in crate::sandbox) resource: &'static Resource,
    /// What is done.
    pub(in crate::sandbox) operation: &'static Operation,
    /// The id in the path, or nothing.
    pub(in crate::sandbox) id: &'a str,
    /// The id of the object below that in the path, or nothing.
    pub(in crate::sandbox) part: &'a str,
    /// The parameters, checked.
    pub(in crate::sandbox) values: Values,
    /// What has happened so far, in its order.
    pub(in crate::sandbox) changes: RefCell<Vec<Change>>,
}

/// An answer whose effects stay, be it a success or a decline.
#[derive(Debug, PartialEq)]
pub(in crate::sandbox) struct Answer {
    /// The HTTP status.
    pub(in crate::sandbox) status: u16,
    /// The object, the list or the error.
    pub(in crate::sandbox) body: Value,
    /// What happened, in its order. The runner of operations fills it in; a failure has none, as it is undone.
    pub(in crate::sandbox) changes: Vec<Change>,
}

impl Answer {
    /// 200.
    pub(in crate::sandbox) const fn ok(body: Value) -> Self {
        Self { status: 200, body, changes: Vec::new() }
    }

    pub(in crate::sandbox) fn error(error: &ApiError) -> Self {
        Self { status: error.status(), body: error.to_json(), changes: Vec::new() }
    }
}

impl<'a> Call<'a> {
    /// What time does: nobody asks for it, and no cardholder is there.
    pub(in crate::sandbox) fn by_time(store: Store<'a>, ids: &'a Ids, account: &'a str, now: i64) -> Self {
        let values = Values::from_iter([("off_session".to_owned(), Value::Bool(true))]);
        let (resource, operation) = (&super::TIME, &super::TIME.operations[0]);
        let changes = RefCell::default();
        Self { store, ids, account, now, resource, operation, id: "", part: "", values, changes }
    }
}

impl<'a> Call<'a> {
    /// The same of another object, with other parameters. What happens is told to itself.
    pub(super) fn of(&self, id: &'a str, values: Values) -> Call<'a>
    where
        Self: 'a,
    {
        let Self { ids, account, now, resource, operation, .. } = *self;
        let store = self.store.again();
        let changes = RefCell::default();
        Call { store, ids, account, now, resource, operation, id, part: "", values, changes }
    }
}

impl Call<'_> {
    /// A parameter's text, unless it is left out or unset.
    pub(in crate::sandbox) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str)
    }

    /// A parameter's number, unless it is left out.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.values.get(name).and_then(Value::as_i64)
    }

    /// Whether a parameter is given and true.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.values.get(name) == Some(&Value::Bool(true))
    }

    /// A new object of a kind, with a new id and the time in it.
    pub(super) fn new_object(&self, resource: &Resource) -> Value {
        let id = match resource.id {
            ("", length) => self.ids.alphanumeric(length),
            (prefix, length) => self.ids.object(prefix, length),
        };
        let mut object = Map::new();
        object.insert("id".to_owned(), json!(id));
        object.insert("object".to_owned(), json!(resource.object));
        if let Value::Object(fields) = (resource.shape)() {
            object.extend(fields);
        }
        if let Some(created) = object.get_mut("created") {
            *created = json!(self.now);
        }
        Value::Object(object)
    }

    /// The object that the path names, in a state that allows the operation.
    pub(super) fn load(&self) -> Result<Value, ApiError> {
        let kind = self.resource.object;
        let found = self.store.find_alive(kind, self.id)?;
        let object = found.ok_or_else(|| ApiError::missing_object(404, kind, self.id, "id"))?;
        let states = self.operation.states;
        let is_in = |status: &str| states.is_empty() || states.contains(&status);
        if !is_in(object["status"].as_str().unwrap_or_default()) {
            let Operation { method, target, .. } = *self.operation;
            let message = super::refusals::by_state(&object, method, target, states);
            return Err(ApiError::unexpected_state(message, &object));
        }
        Ok(object)
    }

    /// An object that a parameter names, deleted ones left out.
    pub(super) fn named(&self, resource: &Resource, id: &str, param: &str) -> Result<Value, ApiError> {
        let found = self.store.find_alive(resource.object, id)?;
        found.ok_or_else(|| ApiError::missing_object(400, resource.object, id, param))
    }

    /// Puts the parameters into the object's fields of the same name. A parameter for which the object
    /// has no field steers the request only.
    pub(super) fn overlay(&self, object: &mut Value) -> Result<(), ApiError> {
        overlay(object, &self.values)
    }

    /// Keeps a new object.
    pub(super) fn keep(&self, object: &Value) -> Result<(), ApiError> {
        self.store.insert(object["object"].as_str().unwrap_or_default(), object)
    }

    /// Keeps a new object and answers with it.
    pub(super) fn insert(&self, object: Value) -> Result<Answer, ApiError> {
        self.keep(&object)?;
        Ok(Answer::ok(object))
    }

    /// Keeps a changed object and answers with it.
    pub(super) fn save(&self, object: Value) -> Result<Answer, ApiError> {
        self.store.update(&object)?;
        Ok(Answer::ok(object))
    }

    /// Does another operation as a part of this one, with parameters that are in the form of checked ones.
    /// What it changes and tells is changed and told by this request.
    pub(super) fn run(
        &self,
        resource: &'static Resource,
        (method, target): (Method, Target),
        id: &str,
        values: Values,
    ) -> Result<Answer, ApiError> {
        let mut operations = resource.operations.iter();
        let operation = operations
            .find(|operation| (operation.method, operation.target) == (method, target))
            .ok_or_else(|| ApiError::internal("An operation that is part of another is not declared."))?;
        let store = Store::new(self.store.connection(), self.account);
        let Self { ids, account, now, .. } = *self;
        let changes = RefCell::default();
        let call = Call { store, ids, account, now, resource, operation, id, part: "", values, changes };
        let answer = (operation.run)(&call)?;
        self.changes.borrow_mut().extend(call.changes.take());
        Ok(answer)
    }

    /// Tells that something happened to an object.
    pub(super) fn note(&self, kind: EventType, object: &Value) {
        self.changes.borrow_mut().push(Change { kind, object: object.clone(), previous: None });
    }

    /// Tells that an object's fields changed, if any did.
    pub(super) fn note_update(&self, kind: EventType, old: &Value, new: &Value) {
        let previous = difference(old, new);
        if !previous.is_empty() {
            let previous = Some(Value::Object(previous));
            self.changes.borrow_mut().push(Change { kind, object: new.clone(), previous });
        }
    }
}

/// Puts values into an object's fields of the same name.
pub(super) fn overlay(object: &mut Value, values: &Values) -> Result<(), ApiError> {
    let left_out = super::shapes::left_out(object["object"].as_str().unwrap_or_default());
    for (name, value) in values {
        if left_out.contains(&name.as_str()) {
            let Some(fields) = object.as_object_mut() else { continue };
            match value {
                Value::Null => drop(fields.shift_remove(name)),
                given => drop(fields.insert(name.clone(), given.clone())),
            }
            continue;
        }
        match (object.get_mut(name), value) {
            (Some(old), _) if name == "metadata" => *old = merge_metadata(old, value)?,
            (Some(old), _) => merge(old, value),
            (None, _) => {}
        }
    }
    Ok(())
}

/// Puts a value in the place of another; of an object, field by field.
fn merge(old: &mut Value, new: &Value) {
    let (Value::Object(old), Value::Object(new)) = (&mut *old, new) else {
        *old = new.clone();
        return;
    };
    for (name, value) in new {
        merge(old.entry(name).or_insert(Value::Null), value);
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
