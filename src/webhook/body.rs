//! The body of a delivery, in the form that Stripe's have: it is part of what receivers get wrong. Pure.

use serde_json::{Map, Value};

/// Two-space pretty JSON with line feeds and raw UTF-8; in each object `id`, `object`, then the rest by name.
#[must_use]
pub fn stripe_body(event: &Value) -> Vec<u8> {
    // Writing JSON that was read before cannot fail.
    serde_json::to_vec_pretty(&ordered(event)).unwrap_or_default()
}

fn ordered(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let place = |name: &str| match name {
                "id" => 0,
                "object" => 1,
                _ => 2,
            };
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by_key(|(name, _)| (place(name), name.as_str()));
            let sorted = sorted.into_iter().map(|(name, value)| (name.clone(), ordered(value)));
            Value::Object(sorted.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(ordered).collect()),
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_form_is_stripes() {
        let event = json!({"type": "a.b", "object": "event", "data": {"object": {"z": "é/<", "a": [], "id": "x"}},
            "id": "evt_1"});
        let expected = "{\n  \"id\": \"evt_1\",\n  \"object\": \"event\",\n  \"data\": {\n    \"object\": {\n      \
                        \"id\": \"x\",\n      \"a\": [],\n      \"z\": \"é/<\"\n    }\n  },\n  \"type\": \"a.b\"\n}";
        assert_eq!(String::from_utf8(stripe_body(&event)).expect("UTF-8"), expected);
    }
}
