//! What parameters an operation takes: tables of fields, and the one reader that checks them. Pure.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::api_error::ApiError;
use super::form::Param;
use super::values::{self, path_of, wrong};

pub(in crate::sandbox) use super::values::{BOUNDS, Values, merge_metadata};

/// One parameter.
pub(in crate::sandbox) struct Field {
    /// As it is sent, and as the object's field is called.
    pub(in crate::sandbox) name: &'static str,
    /// Where the object has it, if lists are to be filtered by it and it is not where it is called.
    pub(in crate::sandbox) at: Option<&'static str>,
    kind: Kind,
    required: bool,
}

/// What a parameter may be.
pub(in crate::sandbox) enum Kind {
    /// Text of at most so many characters; empty text unsets.
    Text(usize),
    /// The id of an object of this kind, which has to exist. Only at the top; deeper, operations look.
    Id(&'static str),
    /// Text that looks like an e-mail address.
    Email,
    /// An address on the web.
    Url,
    /// A whole number between two bounds, both included.
    Integer(i64, i64),
    /// A positive amount in the currency's smallest unit.
    Amount,
    /// A share, over nothing and up to a hundred, in decimals.
    Percent,
    /// An amount with up to twelve decimal places, kept as text.
    Decimal,
    /// A time in Unix seconds, or one of a few words.
    Timestamp(&'static [&'static str]),
    /// `true` or `false`.
    Boolean,
    /// A currency code in lower case.
    Currency,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// Names and values of the user's own.
    Metadata,
    /// A nested object: what is not given of it becomes `null`.
    Object(&'static [Field]),
    /// A nested object: what is not given of it stays as it is.
    Part(&'static [Field]),
    /// A list of one kind.
    List(&'static Kind),
    /// A timestamp, or bounds of it: `created=5`, `created[gte]=5`.
    Window,
    /// Stripe has this parameter, and the sandbox does nothing with it: it is refused by name.
    NotOffered,
}

/// A parameter that may be left out.
pub(in crate::sandbox) const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, at: None, kind, required: false }
}

/// A parameter that has to be there.
pub(in crate::sandbox) const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, at: None, kind, required: true }
}

impl Field {
    /// Whether it is different in most objects: names and texts are, amounts and words are not.
    pub(in crate::sandbox) const fn is_varied(&self) -> bool {
        matches!(self.kind, Kind::Text(_) | Kind::Email | Kind::List(_))
    }

    /// The same, for a field that is nested in the object: `recurring.interval`.
    pub(in crate::sandbox) const fn at(mut self, path: &'static str) -> Self {
        self.at = Some(path);
        self
    }
}

/// Checks parameters against tables. What no table knows is reported first, as a misspelt name matters
/// more than what is missing because of it.
pub(in crate::sandbox) fn read(
    tables: &[&[Field]],
    params: &BTreeMap<String, Param>,
) -> Result<Values, ApiError> {
    read_within(tables, params, "")
}

fn read_within(
    tables: &[&[Field]],
    params: &BTreeMap<String, Param>,
    parent: &str,
) -> Result<Values, ApiError> {
    let fields = || tables.iter().flat_map(|table| table.iter());
    let unknown = params.keys().filter(|name| fields().all(|field| field.name != *name));
    let unknown: Vec<_> = unknown.map(|name| path_of(parent, name)).collect();
    if let Some(first) = unknown.first() {
        let plural = if unknown.len() > 1 { "s" } else { "" };
        let message = format!("Received unknown parameter{plural}: {}", unknown.join(", "));
        return Err(ApiError::invalid(message).code("parameter_unknown").param(first));
    }
    let mut values = Values::new();
    for field in fields() {
        let path = path_of(parent, field.name);
        match params.get(field.name) {
            Some(param) => {
                let value = field.kind.read(param, &path)?;
                if field.required && value.is_null() {
                    return Err(empty(&path));
                }
                values.insert(field.name.to_owned(), value);
            }
            None if field.required => return Err(ApiError::missing_param(path)),
            None => {}
        }
    }
    Ok(values)
}

/// Each id among the values that has to exist: the parameter, the kind of object and the id.
pub(in crate::sandbox) fn ids<'a>(
    tables: &'a [&'a [Field]],
    values: &'a Values,
) -> impl Iterator<Item = (&'static str, &'static str, &'a str)> {
    let fields = tables.iter().flat_map(|table| table.iter());
    fields.filter_map(|field| match field.kind {
        Kind::Id(object) => Some((field.name, object, values.get(field.name)?.as_str()?)),
        _ => None,
    })
}

fn empty(path: &str) -> ApiError {
    let message = format!(
        "You passed an empty string for '{path}'. It cannot be unset: leave it out, or give it a value."
    );
    ApiError::invalid(message).code("parameter_invalid_empty").param(path)
}

/// So much of a value is quoted from its start, and from its end.
const QUOTED: usize = 10;

/// A value as a message quotes it: a long one without its middle.
fn quoted(text: &str) -> String {
    let count = text.chars().count();
    if count <= 4 * QUOTED {
        return text.to_owned();
    }
    let start: String = text.chars().take(QUOTED).collect();
    let end: String = text.chars().skip(count - QUOTED).collect();
    format!("{start}...{end}")
}

/// The words of a choice, as a message lists them.
fn choices(words: &[&str]) -> String {
    match words {
        [only] => format!("must be {only}"),
        [one, other] => format!("must be one of {one} or {other}"),
        [most @ .., last] => format!("must be one of {}, or {last}", most.join(", ")),
        [] => "must be left out".to_owned(),
    }
}

impl Kind {
    fn read(&self, param: &Param, path: &str) -> Result<Value, ApiError> {
        match self {
            Self::Metadata => values::metadata(param, path),
            Self::NotOffered => {
                Err(wrong(path, format!("The parameter {path} is not offered by the sandbox.")))
            }
            Self::Object(fields) => object(fields, true, param, path),
            Self::Part(fields) => object(fields, false, param, path),
            Self::List(kind) => list(kind, param, path),
            Self::Window => values::window(param, path),
            plain => {
                plain.plain(param.text().ok_or_else(|| wrong(path, "Invalid string: not plain text"))?, path)
            }
        }
    }

    fn plain(&self, text: &str, path: &str) -> Result<Value, ApiError> {
        match self {
            Self::Text(_) | Self::Email | Self::Id(_) | Self::Url | Self::Timestamp(_) if text.is_empty() => {
                Ok(Value::Null)
            }
            _ if text.is_empty() => Err(empty(path)),
            Self::Text(max) if text.chars().count() > *max => {
                let message = format!("Invalid string: {}; must be at most {max} characters", quoted(text));
                Err(wrong(path, message))
            }
            Self::Email if !values::looks_like_email(text) => {
                Err(wrong(path, format!("Invalid email address: {}", quoted(text))).code("email_invalid"))
            }
            Self::Url if !values::looks_like_url(text) => {
                Err(wrong(path, "Not a valid URL: it begins with http:// or https://").code("url_invalid"))
            }
            Self::Integer(min, max) => values::integer(text, *min, *max, path),
            Self::Amount => values::amount(text, path),
            Self::Percent => values::percent(text, path),
            Self::Decimal => values::decimal(text, path),
            Self::Timestamp(words) if !words.contains(&text) => values::integer(text, 0, i64::MAX, path),
            Self::Boolean => match text {
                "true" => Ok(json!(true)),
                "false" => Ok(json!(false)),
                _ => Err(wrong(path, format!("Invalid boolean: {}", quoted(text)))),
            },
            Self::Currency => values::currency(text, path),
            Self::Choice(words) if !words.contains(&text) => {
                Err(wrong(path, format!("Invalid {path}: {}", choices(words))))
            }
            _ => Ok(json!(text)),
        }
    }
}

fn object(fields: &'static [Field], whole: bool, param: &Param, path: &str) -> Result<Value, ApiError> {
    match param {
        Param::Text(text) if text.is_empty() && whole => Ok(Value::Null),
        Param::Text(text) if text.is_empty() => Err(empty(path)),
        Param::Fields(params) => {
            let mut given = read_within(&[fields], params, path)?;
            if !whole {
                return Ok(Value::Object(given));
            }
            let whole = fields
                .iter()
                .map(|field| (field.name.to_owned(), given.remove(field.name).unwrap_or(Value::Null)));
            Ok(Value::Object(whole.collect()))
        }
        Param::Text(_) | Param::Items(_) => Err(wrong(path, "Invalid object")),
    }
}

fn list(kind: &'static Kind, param: &Param, path: &str) -> Result<Value, ApiError> {
    if param.text().is_some_and(str::is_empty) {
        return Ok(json!([]));
    }
    let items = param.items().ok_or_else(|| {
        wrong(
            path,
            match param {
                Param::Text(_) => "Invalid array",
                _ => "Invalid array: its indices are sequential and start from 0",
            },
        )
    })?;
    let read = |(index, item): (usize, &Param)| kind.read(item, &format!("{path}[{index}]"));
    Ok(Value::Array(items.into_iter().enumerate().map(read).collect::<Result<_, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::params::form::decode;

    const FIELDS: &[Field] = &[
        required("amount", Kind::Amount),
        field("currency", Kind::Currency),
        field("confirm", Kind::Boolean),
        field("name", Kind::Text(5)),
        field("email", Kind::Email),
        field("metadata", Kind::Metadata),
        field("address", Kind::Object(&[field("city", Kind::Text(9)), field("line1", Kind::Text(9))])),
        field("types", Kind::List(&Kind::Choice(&["card", "cash"]))),
        field("created", Kind::Window),
        field("share", Kind::Percent),
        field("exact", Kind::Decimal),
        field("at", Kind::Timestamp(&["now"])),
        field("url", Kind::Url),
        field("part", Kind::Part(&[field("one", Kind::Text(9)), field("two", Kind::Text(9))])),
    ];

    fn read_text(text: &str) -> Result<Value, ApiError> {
        read(&[FIELDS], &decode(text)?).map(Value::Object)
    }

    #[test]
    fn values_are_typed() {
        let read = read_text(
            "amount=5&currency=eur&confirm=true&name=&email=a@b.c&metadata[k]=v&address[city]=X&types[]=card\
             &created[gte]=7&share=12.50&exact=1.50&at=now&url=https://a.b&part[two]=x",
        );
        let expected = json!({"amount": 5, "currency": "eur", "confirm": true, "name": null, "email": "a@b.c",
            "metadata": {"k": "v"}, "address": {"city": "X", "line1": null}, "types": ["card"],
            "created": {"gte": 7}, "share": 12.5, "exact": "1.5", "at": "now", "url": "https://a.b",
            "part": {"two": "x"}});
        assert_eq!(read.expect("valid"), expected);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let long = format!("amount=1&metadata[{}]=v", "k".repeat(41));
        let wide = format!("amount=1&metadata[k]={}", "v".repeat(501));
        let cases = [
            ("", "parameter_missing", "amount"),
            ("amount=1&colour=red", "parameter_unknown", "colour"),
            ("colour=red", "parameter_unknown", "colour"),
            ("amount=", "parameter_invalid_empty", "amount"),
            ("amount=0", "parameter_invalid_integer", "amount"),
            ("amount=-1", "parameter_invalid_integer", "amount"),
            ("amount=1.5", "parameter_invalid_integer", "amount"),
            ("amount=%2B5", "parameter_invalid_integer", "amount"),
            ("amount=100000000", "amount_too_large", "amount"),
            ("amount=1&email=nobody", "email_invalid", "email"),
            ("amount=1&address[town]=X", "parameter_unknown", "address[town]"),
            ("amount=1&currency=EUR", "", "currency"),
            ("amount=1&currency=zzz", "", "currency"),
            ("amount=1&confirm=yes", "", "confirm"),
            ("amount=1&name=abcdef", "", "name"),
            ("amount[x]=1", "", "amount"),
            ("amount=1&metadata=x", "", "metadata"),
            ("amount=1&metadata[a][b]=x", "", "metadata[a]"),
            ("amount=1&types=card", "", "types"),
            ("amount=1&types[0]=card&types[2]=cash", "", "types"),
            ("amount=1&types[1]=card", "", "types"),
            ("amount=1&share=0", "", "share"),
            ("amount=1&share=100.5", "", "share"),
            ("amount=1&share=1e1", "", "share"),
            ("amount=1&exact=1.1234567890123", "", "exact"),
            ("amount=1&exact=.5", "", "exact"),
            ("amount=1&at=soon", "parameter_invalid_integer", "at"),
            ("amount=1&url=ftp://a.b", "url_invalid", "url"),
            ("amount=1&part=", "parameter_invalid_empty", "part"),
            ("amount=1&types[]=coin", "", "types[0]"),
            ("amount=1&created[from]=1", "parameter_unknown", "created[from]"),
            (&long, "", &format!("metadata[{}]", "k".repeat(41))),
            (&wide, "", "metadata[k]"),
        ];
        for (input, code, param) in cases {
            let error = read_text(input).expect_err(input);
            let body = error.to_json();
            assert_eq!(body["error"]["param"], param, "{input}");
            assert_eq!(body["error"]["code"].as_str().unwrap_or_default(), code, "{input}");
            assert_eq!((error.status(), error.is_stored()), (400, false), "{input}");
        }
    }

    #[test]
    fn metadata_merges_by_name() {
        let old = json!({"a": "1", "b": "2"});
        let merged = merge_metadata(&old, &json!({"b": null, "c": "3"})).expect("few");
        assert_eq!(merged, json!({"a": "1", "c": "3"}));
        assert_eq!(merge_metadata(&old, &Value::Null).expect("none"), json!({}));
        let many: Values = (0..51).map(|n| (format!("k{n}"), json!("v"))).collect();
        assert!(merge_metadata(&json!({}), &Value::Object(many)).is_err());
    }
}
