//! Setting the fields of objects: only those that their shape has.

use serde_json::Value;

/// The fields of an object of the API.
pub(in crate::sandbox) trait Fields {
    /// Puts a value into a field that is there; a dot leads into an object in a field. A name that the
    /// object does not have is a mistake in this room's code: tests stop at it, and nothing is set.
    fn set(&mut self, field: &str, value: Value);

    /// Adds a field that the shape leaves out on purpose: one that is kept and not always shown.
    fn add(&mut self, field: &str, value: Value);
}

impl Fields for Value {
    fn set(&mut self, field: &str, value: Value) {
        let mut place = Some(&mut *self);
        for name in field.split('.') {
            place = place.and_then(|object| object.get_mut(name));
        }
        match place {
            Some(place) => *place = value,
            None => debug_assert!(false, "a {} has no field {field}", self["object"]),
        }
    }

    fn add(&mut self, field: &str, value: Value) {
        self[field] = value;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_that_are_there_are_set() {
        let mut object =
            json!({"object": "invoice", "status": null, "status_transitions": {"paid_at": null}});
        object.set("status", json!("paid"));
        object.set("status_transitions.paid_at", json!(7));
        object.add("secret", json!("shown once"));
        let expected = json!({"object": "invoice", "status": "paid", "status_transitions": {"paid_at": 7}, "secret": "shown once"});
        assert_eq!(object, expected);
    }

    #[test]
    fn a_name_that_the_object_does_not_have_is_refused() {
        for name in ["statuss", "status.x", "status_transitions.paid", "", "status_transitions.paid_at.x"] {
            let refused = std::panic::catch_unwind(|| {
                let mut object =
                    json!({"object": "invoice", "status": null, "status_transitions": {"paid_at": null}});
                object.set(name, json!(1));
            });
            assert!(refused.is_err(), "{name}");
        }
    }
}
