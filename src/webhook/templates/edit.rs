//! Changes to an event before it is sent: `path=value` with the type of the old value kept. Pure.

use serde_json::Value;

use super::nearest;

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventEdit {
    kind: EventEditKind,
    path: String,
    value: String,
}

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventEditKind {
    /// Gives a field that is there another value of the same type, or null.
    Override,
    /// Adds a field that is not there.
    Add,
    /// Takes a field away.
    Remove,
}

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventEditError {
    /// No `=`, or nothing in front of it.
    #[error("{0:?} is not a change: write path=value, like data.object.amount=5000")]
    Form(String),
    /// The path leads nowhere.
    #[error("the event has no {path:?}; similar: {}", nearest.join(", "))]
    NoSuchPath {
        /// The path.
        path: String,
        /// The paths that are nearest, the best first.
        nearest: Vec<String>,
    },
    /// What is to be added is there already.
    #[error("the event has {0:?} already: use --override")]
    Exists(String),
    /// The value has another type than the one that it replaces.
    #[error("{path:?} is {expected}, and {value:?} is not")]
    OtherType {
        /// The path.
        path: String,
        /// The type of the old value, with an article.
        expected: &'static str,
        /// What was given.
        value: String,
    },
    /// An integer outside the 64 bits that the API's integers have.
    #[error("{value} does not fit {path:?}: integers go from {} to {}", i64::MIN, i64::MAX)]
    TooLarge {
        /// The path.
        path: String,
        /// What was given.
        value: String,
    },
    /// Only objects and lists have something below them.
    #[error("nothing can be added below {0:?}: it is neither an object nor a list")]
    NoContainer(String),
}

impl EventEdit {
    /// Reads a change: `path=value`, or for [`EventEditKind::Remove`] a path.
    ///
    /// # Errors
    /// When there is no path, or no value where one is needed.
    pub fn read(kind: EventEditKind, text: &str) -> Result<Self, EventEditError> {
        let (path, value) = match (kind, text.split_once('=')) {
            (EventEditKind::Remove, None) => (text, ""),
            (EventEditKind::Override | EventEditKind::Add, Some(parts)) => parts,
            _ => return Err(EventEditError::Form(text.to_owned())),
        };
        let is_good = !path.is_empty() && parts(path).all(|part| !part.is_empty());
        if !is_good {
            return Err(EventEditError::Form(text.to_owned()));
        }
        Ok(Self { kind, path: path.to_owned(), value: value.to_owned() })
    }
}

/// Makes changes in their order. A path is one of the event (`data.object.amount`), or else one of its object
/// (`amount`); items of lists go by their number (`lines.data.0` or `lines.data[0]`).
///
/// # Errors
/// When one cannot be made; those before it are.
pub fn apply(event: &mut Value, edits: &[EventEdit]) -> Result<(), EventEditError> {
    edits.iter().try_for_each(|edit| make(event, edit))
}

fn make(event: &mut Value, edit: &EventEdit) -> Result<(), EventEditError> {
    let path: Vec<&str> = parts(&edit.path).collect();
    let (last, parents) = path.split_last().expect("a path has a part");
    let of_object: Vec<&str> = ["data", "object"].into_iter().chain(parents.iter().copied()).collect();
    let is_adding = edit.kind == EventEditKind::Add;
    let fits = |parents: &[&str]| {
        at(event, parents).is_some_and(|parent| {
            if is_adding { is_container(parent) } else { child(parent, last).is_some() }
        })
    };
    // A new field of the event itself has to be written as one: without a parent it is the object's.
    let is_bare_addition = is_adding && parents.is_empty() && at(event, &of_object).is_some();
    let parents = if fits(parents) && !is_bare_addition {
        parents
    } else if fits(&of_object) {
        of_object.as_slice()
    } else {
        return Err(missing(event, edit, is_adding.then_some(parents)));
    };
    let is_metadata = parents.last() == Some(&"metadata");
    let parent = at_mut(event, parents).expect("it was found before");
    match edit.kind {
        EventEditKind::Override => {
            let old = child_mut(parent, last).expect("it was found before");
            *old = replacement(old, edit, is_metadata)?;
        }
        EventEditKind::Remove => remove(parent, last),
        EventEditKind::Add => add(parent, last, edit, is_metadata)?,
    }
    Ok(())
}

fn add(parent: &mut Value, last: &str, edit: &EventEdit, is_metadata: bool) -> Result<(), EventEditError> {
    let value = if is_metadata { Value::String(edit.value.clone()) } else { literal(edit)? };
    match parent {
        Value::Object(fields) if !fields.contains_key(last) => {
            fields.insert(last.to_owned(), value);
            Ok(())
        }
        Value::Array(items) if last.parse() == Ok(items.len()) => {
            items.push(value);
            Ok(())
        }
        _ => Err(EventEditError::Exists(edit.path.clone())),
    }
}

fn remove(parent: &mut Value, last: &str) {
    match parent {
        Value::Object(fields) => {
            // The order of the other fields stays.
            fields.shift_remove(last);
        }
        Value::Array(items) => {
            items.remove(last.parse().expect("it was found before"));
        }
        _ => {}
    }
}

/// The new value, of the type of the old one. `null` fits everywhere; a string that looks like something else
/// is written in quotes.
fn replacement(old: &Value, edit: &EventEdit, is_metadata: bool) -> Result<Value, EventEditError> {
    let given = &edit.value;
    let other = |expected| {
        Err(EventEditError::OtherType {
            path: edit.path.clone(),
            expected,
            value: given.chars().take(80).collect(),
        })
    };
    if given == "null" {
        return Ok(Value::Null);
    }
    let read = serde_json::from_str::<Value>(given).ok();
    match (old, read) {
        (Value::String(_), Some(Value::String(text))) => Ok(Value::String(text)),
        (Value::String(_), _) => Ok(Value::String(given.clone())),
        (Value::Null, _) if is_metadata => Ok(Value::String(given.clone())),
        (Value::Null, _) => literal(edit),
        (Value::Bool(_), Some(value @ Value::Bool(_)))
        | (Value::Object(_), Some(value @ Value::Object(_)))
        | (Value::Array(_), Some(value @ Value::Array(_))) => Ok(value),
        (Value::Bool(_), _) => other("true or false"),
        (Value::Number(_), Some(Value::Number(_))) if is_integer(given) => literal(edit),
        (Value::Number(old), Some(Value::Number(new))) if old.is_f64() => Ok(Value::Number(new)),
        (Value::Number(old), _) => other(if old.is_f64() { "a number" } else { "an integer" }),
        (Value::Object(_), _) => other("an object"),
        (Value::Array(_), _) => other("a list"),
    }
}

/// JSON where it is JSON, else the text. An integer that does not fit is refused: it would lose its last digits.
fn literal(edit: &EventEdit) -> Result<Value, EventEditError> {
    let text = &edit.value;
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()));
    if value.is_number() && is_integer(text) && value.as_i64().is_none() {
        return Err(EventEditError::TooLarge {
            path: edit.path.clone(),
            value: text.chars().take(80).collect(),
        });
    }
    Ok(value)
}

/// Whether a number is written as an integer.
fn is_integer(text: &str) -> bool {
    let text = text.trim();
    text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit())
}

/// The parts of a path; `a[0].b` is `a.0.b`.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('.').flat_map(|part| {
        let (name, indexes) = part.split_once('[').unwrap_or((part, ""));
        let indexes = indexes.strip_suffix(']').unwrap_or(indexes);
        let has_indexes = !indexes.is_empty();
        std::iter::once(name)
            .chain(has_indexes.then_some(indexes).into_iter().flat_map(|all| all.split("][")))
    })
}

fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, part| child(value, part))
}

fn at_mut<'a>(value: &'a mut Value, path: &[&str]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, part| child_mut(value, part))
}

fn child<'a>(value: &'a Value, part: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => fields.get(part),
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        _ => None,
    }
}

fn child_mut<'a>(value: &'a mut Value, part: &str) -> Option<&'a mut Value> {
    match value {
        Value::Object(fields) => fields.get_mut(part),
        Value::Array(items) => items.get_mut(part.parse::<usize>().ok()?),
        _ => None,
    }
}

const fn is_container(value: &Value) -> bool {
    matches!(value, Value::Object(_) | Value::Array(_))
}

fn missing(event: &Value, edit: &EventEdit, parents: Option<&[&str]>) -> EventEditError {
    if let Some(parents) = parents {
        let of_object: Vec<_> = ["data", "object"].iter().chain(parents).copied().collect();
        if at(event, parents).is_some() || at(event, &of_object).is_some() {
            return EventEditError::NoContainer(parents.join("."));
        }
    }
    let (mut paths, wanted) =
        (Vec::new(), parents.map_or_else(|| edit.path.clone(), |parts| parts.join(".")));
    collect(event, String::new(), &mut paths);
    let object = paths.iter().filter_map(|path| path.strip_prefix("data.object."));
    // What was typed without `data.object.` is compared with what may be typed without it.
    let all: Vec<&str> = paths.iter().map(String::as_str).chain(object).collect();
    let nearest = nearest(&wanted, all.into_iter()).into_iter().map(str::to_owned).collect();
    EventEditError::NoSuchPath { path: wanted, nearest }
}

fn collect(value: &Value, path: String, paths: &mut Vec<String>) {
    let below = |part: &str| if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") };
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| collect(field, below(name), paths));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| collect(item, below(&index.to_string()), paths));
        }
        _ => {}
    }
    if !path.is_empty() {
        paths.push(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn event() -> Value {
        json!({"id": "evt_1", "livemode": false, "type": "a.b", "request": {"id": "req_1"}, "data": {"object": {
            "id": "ch_1", "amount": 2000, "rate": 1.5, "paid": true, "note": "x", "empty": null,
            "metadata": {"order": "17"}, "lines": {"data": [{"id": "li_1"}]}}}})
    }

    fn change(kind: EventEditKind, text: &str) -> Result<Value, EventEditError> {
        let mut event = event();
        apply(&mut event, &[EventEdit::read(kind, text)?])?;
        Ok(event)
    }

    #[test]
    fn the_type_of_the_old_value_is_kept() {
        for (text, pointer, expected) in [
            ("data.object.amount=5000", "/data/object/amount", json!(5000)),
            ("amount=5000", "/data/object/amount", json!(5000)),
            ("amount=null", "/data/object/amount", json!(null)),
            ("rate=2", "/data/object/rate", json!(2)),
            ("paid=false", "/data/object/paid", json!(false)),
            ("note=5000", "/data/object/note", json!("5000")),
            ("note=true", "/data/object/note", json!("true")),
            ("note=", "/data/object/note", json!("")),
            ("note=a=b", "/data/object/note", json!("a=b")),
            ("note=null", "/data/object/note", json!(null)),
            (r#"note="null""#, "/data/object/note", json!("null")),
            ("empty=5", "/data/object/empty", json!(5)),
            (r#"empty="5""#, "/data/object/empty", json!("5")),
            ("empty=text", "/data/object/empty", json!("text")),
            ("metadata.order=18", "/data/object/metadata/order", json!("18")),
            (r#"metadata={"a": "b"}"#, "/data/object/metadata", json!({"a": "b"})),
            ("lines.data[0].id=li_2", "/data/object/lines/data/0/id", json!("li_2")),
            ("data.object.lines.data.0.id=li_2", "/data/object/lines/data/0/id", json!("li_2")),
            ("id=evt_2", "/id", json!("evt_2")),
            ("data.object.id=ch_2", "/data/object/id", json!("ch_2")),
        ] {
            let changed = change(EventEditKind::Override, text).expect(text);
            assert_eq!(changed.pointer(pointer), Some(&expected), "{text}");
        }
        for (text, expected) in [
            ("amount=12.5", "an integer"),
            ("amount=many", "an integer"),
            ("amount=\"5\"", "an integer"),
            ("paid=yes", "true or false"),
            ("metadata=17", "an object"),
            ("lines.data={}", "a list"),
        ] {
            let error = change(EventEditKind::Override, text).expect_err(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_path_that_leads_nowhere_names_the_nearest() {
        for (kind, text, near) in [
            (EventEditKind::Override, "data.object.amout=1", "data.object.amount"),
            (EventEditKind::Override, "amout=1", "amount"),
            (EventEditKind::Remove, "data.object.lines.data.1", "data.object.lines.data.0"),
            (EventEditKind::Add, "data.object.metadat.a=1", "data.object.metadata"),
        ] {
            let error = change(kind, text).expect_err(text);
            let EventEditError::NoSuchPath { nearest, .. } = &error else { panic!("{text}: {error}") };
            assert_eq!(nearest[0], near, "{text}: {error}");
        }
    }

    #[test]
    fn fields_are_added_and_removed() {
        for (text, pointer, expected) in [
            ("data.object.extra=5", "/data/object/extra", json!(5)),
            ("extra=text", "/data/object/extra", json!("text")),
            ("metadata.new=5", "/data/object/metadata/new", json!("5")),
            (r#"lines.data[1]={"id": "li_2"}"#, "/data/object/lines/data/1/id", json!("li_2")),
            ("request.new=1", "/request/new", json!(1)),
        ] {
            let changed = change(EventEditKind::Add, text).expect(text);
            assert_eq!(changed.pointer(pointer), Some(&expected), "{text}");
        }
        assert!(matches!(change(EventEditKind::Add, "amount=1"), Err(EventEditError::Exists(_))));
        assert!(matches!(change(EventEditKind::Add, "note.more=1"), Err(EventEditError::NoContainer(_))));
        for (text, pointer) in [
            ("amount", "/data/object/amount"),
            ("data.object.metadata.order", "/data/object/metadata/order"),
            ("lines.data[0]", "/data/object/lines/data/0"),
            ("request", "/request"),
        ] {
            assert_eq!(change(EventEditKind::Remove, text).expect(text).pointer(pointer), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_change_is_refused() {
        for (kind, text) in [
            (EventEditKind::Override, "amount"),
            (EventEditKind::Override, "=5"),
            (EventEditKind::Add, "a..b=5"),
            (EventEditKind::Remove, ""),
            (EventEditKind::Remove, "a=b"),
        ] {
            assert!(matches!(EventEdit::read(kind, text), Err(EventEditError::Form(_))), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_override_changes_one_value_and_never_its_type(text in "(amount|rate|paid|note|metadata.order)=[0-9a-z\".{}]{0,6}") {
            let before = event();
            if let Ok(after) = change(EventEditKind::Override, &text) {
                let path = format!("/data/object/{}", text.split('=').next().unwrap_or_default().replace('.', "/"));
                let (old, new) = (before.pointer(&path).expect("old"), after.pointer(&path).expect("new"));
                let is_same = std::mem::discriminant(old) == std::mem::discriminant(new);
                prop_assert!(is_same || new.is_null());
                let mut undone = after.clone();
                *undone.pointer_mut(&path).expect("new") = old.clone();
                prop_assert_eq!(undone, before);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "[a-z.\\[\\]0-9=]{0,20}") {
            for kind in [EventEditKind::Override, EventEditKind::Add, EventEditKind::Remove] {
                let _ = change(kind, &text);
            }
        }
    }
}
