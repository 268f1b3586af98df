//! What most resources do alike: create, retrieve, update, delete; and the fields they share.

use serde_json::{Value, json};

use super::fields::Fields;
use super::{Answer, Call};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field};

/// Makes an object from the parameters.
pub(super) fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut object = call.new_object(call.resource);
    call.overlay(&mut object)?;
    if let Some(created) = call.resource.events.created {
        call.note(created, &object);
    }
    call.insert(object)
}

/// Answers with the object that the path names. One that was deleted is still told of.
pub(super) fn retrieve(call: &Call<'_>) -> Result<Answer, ApiError> {
    let object = call.resource.object;
    let found = call.store.find(object, call.id)?;
    found.map(Answer::ok).ok_or_else(|| ApiError::missing_object(404, object, call.id, "id"))
}

/// Changes the fields that are given.
pub(super) fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let old = call.load()?;
    let mut object = old.clone();
    call.overlay(&mut object)?;
    if let Some(updated) = call.resource.events.updated {
        call.note_update(updated, &old, &object);
    }
    call.save(object)
}

/// Deletes the object. The event shows it as it was.
pub(super) fn delete(call: &Call<'_>) -> Result<Answer, ApiError> {
    let object = call.load()?;
    if let Some(deleted) = call.resource.events.deleted {
        call.note(deleted, &object);
    }
    call.store.delete(call.resource.object, call.id).map(Answer::ok)
}

/// Gives a new object the id that its maker chose, if one was. It has to be free.
pub(super) fn unique(call: &Call<'_>, object: &mut Value) -> Result<(), ApiError> {
    let Some(id) = call.text("id") else { return Ok(()) };
    if id.contains('/') {
        return Err(ApiError::invalid("Invalid id: an id cannot have a slash in it.").param("id"));
    }
    if call.store.place(call.resource.object, id)?.is_some() {
        let kind = call.resource.object;
        let message = format!("{}{} already exists.", kind[..1].to_uppercase(), &kind[1..]);
        return Err(ApiError::conflict(message).code("resource_already_exists").param("id"));
    }
    object.set("id", json!(id));
    Ok(())
}

/// Text that names another object.
pub(super) const ID: Kind = Kind::Text(255);

/// Any text of the usual length.
pub(super) const TEXT: Kind = Kind::Text(5000);

/// Any timestamp, in Unix seconds.
pub(super) const TIME: Kind = Kind::Integer(0, 99_999_999_999);

/// A street address.
pub(super) const ADDRESS: &[Field] = &[
    field("city", TEXT),
    field("country", TEXT),
    field("line1", TEXT),
    field("line2", TEXT),
    field("postal_code", TEXT),
    field("state", TEXT),
];

/// Where a parcel goes.
pub(super) const SHIPPING: &[Field] = &[
    field("address", Kind::Object(ADDRESS)),
    field("carrier", TEXT),
    field("name", TEXT),
    field("phone", TEXT),
    field("tracking_number", TEXT),
];

/// Names and values of the user's own, alone.
pub(super) const METADATA: &[Field] = &[field("metadata", Kind::Metadata)];
