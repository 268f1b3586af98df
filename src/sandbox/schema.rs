//! What parameters an operation takes: tables of fields, and the one reader that checks them. Pure.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::api_error::ApiError;
use super::params::Param;

/// The largest amount: eight digits.
const MAX_AMOUNT: i64 = 99_999_999;

const MAX_METADATA_PAIRS: usize = 50;
const MAX_METADATA_NAME: usize = 40;
const MAX_METADATA_VALUE: usize = 500;

/// Parameters that were checked, as JSON values. `null` stands for "unset this".
pub(super) type Values = Map<String, Value>;

/// One parameter.
pub(super) struct Field {
    /// As it is sent, and as the object's field is called.
    pub(super) name: &'static str,
    kind: Kind,
    required: bool,
}

/// What a parameter may be.
pub(super) enum Kind {
    /// Text of at most so many characters; empty text unsets.
    Text(usize),
    /// Text that looks like an e-mail address.
    Email,
    /// A whole number between two bounds, both included.
    Integer(i64, i64),
    /// A positive amount in the currency's smallest unit.
    Amount,
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
    /// A list of one kind.
    List(&'static Kind),
    /// A moment, or bounds of it: `created=5`, `created[gte]=5`.
    Window,
}

/// A parameter that may be left out.
pub(super) const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

/// A parameter that has to be there.
pub(super) const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

/// The bounds that a window of time may have, and the comparison that each stands for.
pub(super) const BOUNDS: &[(&str, &str)] = &[("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")];

/// Checks parameters against tables. What no table knows is reported first, as a misspelt name matters
/// more than what is missing because of it.
pub(super) fn read(tables: &[&[Field]], params: &BTreeMap<String, Param>) -> Result<Values, ApiError> {
    read_within(tables, params, "")
}

fn read_within(
    tables: &[&[Field]],
    params: &BTreeMap<String, Param>,
    parent: &str,
) -> Result<Values, ApiError> {
    let fields = || tables.iter().flat_map(|table| table.iter());
    if let Some(name) = params.keys().find(|name| fields().all(|field| field.name != *name)) {
        let path = path_of(parent, name);
        let message = format!("The sandbox knows no parameter {path} for this request.");
        return Err(ApiError::invalid(message).code("parameter_unknown").param(path));
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
            None if field.required => {
                let message = format!("The parameter {path} is required and was not given.");
                return Err(ApiError::invalid(message).code("parameter_missing").param(path));
            }
            None => {}
        }
    }
    Ok(values)
}

fn path_of(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}[{name}]") }
}

fn empty(path: &str) -> ApiError {
    let message = format!("The parameter {path} is empty; leave it out, or give it a value.");
    ApiError::invalid(message).code("parameter_invalid_empty").param(path)
}

fn wrong(path: &str, what: &str) -> ApiError {
    ApiError::invalid(format!("The parameter {path} has to be {what}.")).param(path)
}

impl Kind {
    fn read(&self, param: &Param, path: &str) -> Result<Value, ApiError> {
        match self {
            Self::Metadata => metadata(param, path),
            Self::Object(fields) => object(fields, param, path),
            Self::List(kind) => list(kind, param, path),
            Self::Window => window(param, path),
            plain => plain.plain(param.text().ok_or_else(|| wrong(path, "a plain value"))?, path),
        }
    }

    fn plain(&self, text: &str, path: &str) -> Result<Value, ApiError> {
        match self {
            Self::Text(_) | Self::Email if text.is_empty() => Ok(Value::Null),
            _ if text.is_empty() => Err(empty(path)),
            Self::Text(max) if text.chars().count() > *max => {
                Err(wrong(path, &format!("at most {max} characters long")))
            }
            Self::Email if !looks_like_email(text) => {
                Err(wrong(path, "an e-mail address").code("email_invalid"))
            }
            Self::Integer(min, max) => integer(text, *min, *max, path),
            Self::Amount if text.len() > 8 && text.parse::<i64>().is_ok_and(|amount| amount > MAX_AMOUNT) => {
                let what = format!("at most {MAX_AMOUNT}, which is eight digits");
                Err(wrong(path, &what).code("amount_too_large"))
            }
            Self::Amount => integer(text, 1, MAX_AMOUNT, path),
            Self::Boolean => match text {
                "true" => Ok(json!(true)),
                "false" => Ok(json!(false)),
                _ => Err(wrong(path, "true or false")),
            },
            Self::Currency if !CURRENCIES.split(' ').any(|known| known == text) => {
                Err(wrong(path, "a currency code that is in use, three letters in lower case"))
            }
            Self::Choice(words) if !words.contains(&text) => {
                Err(wrong(path, &format!("one of {}", words.join(", "))))
            }
            _ => Ok(json!(text)),
        }
    }
}

fn integer(text: &str, min: i64, max: i64, path: &str) -> Result<Value, ApiError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let number = text.parse::<i64>().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let what = match number {
        Some(number) if (min..=max).contains(&number) => return Ok(json!(number)),
        Some(_) if max == i64::MAX => format!("{min} or more"),
        Some(_) => format!("between {min} and {max}"),
        None => "a whole number".to_owned(),
    };
    Err(wrong(path, &what).code("parameter_invalid_integer"))
}

fn looks_like_email(text: &str) -> bool {
    let plain = text.len() <= 512 && !text.contains(|letter: char| letter.is_whitespace());
    plain && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

fn object(fields: &'static [Field], param: &Param, path: &str) -> Result<Value, ApiError> {
    match param {
        Param::Text(text) if text.is_empty() => Ok(Value::Null),
        Param::Fields(params) => {
            let mut given = read_within(&[fields], params, path)?;
            let whole = fields
                .iter()
                .map(|field| (field.name.to_owned(), given.remove(field.name).unwrap_or(Value::Null)));
            Ok(Value::Object(whole.collect()))
        }
        Param::Text(_) | Param::Items(_) => Err(wrong(path, "an object")),
    }
}

fn list(kind: &'static Kind, param: &Param, path: &str) -> Result<Value, ApiError> {
    if param.text().is_some_and(str::is_empty) {
        return Ok(json!([]));
    }
    let items = param.items().ok_or_else(|| wrong(path, "a list"))?;
    let read = |(index, item): (usize, &Param)| kind.read(item, &format!("{path}[{index}]"));
    Ok(Value::Array(items.into_iter().enumerate().map(read).collect::<Result<_, _>>()?))
}

fn window(param: &Param, path: &str) -> Result<Value, ApiError> {
    match param {
        Param::Text(text) => integer(text, 0, i64::MAX, path),
        Param::Fields(bounds) => {
            let mut read = Values::new();
            for (name, bound) in bounds {
                let path = path_of(path, name);
                let text = bound.text().filter(|_| BOUNDS.iter().any(|(known, _)| known == name));
                let text = text.ok_or_else(|| wrong(&path, "one of the bounds gt, gte, lt and lte"))?;
                read.insert(name.clone(), integer(text, 0, i64::MAX, &path)?);
            }
            Ok(Value::Object(read))
        }
        Param::Items(_) => Err(wrong(path, "a time or bounds of it")),
    }
}

/// The names with their texts; `null` for a name that is to be dropped, and for all of them together.
fn metadata(param: &Param, path: &str) -> Result<Value, ApiError> {
    let pairs = match param {
        Param::Text(text) if text.is_empty() => return Ok(Value::Null),
        Param::Fields(pairs) => pairs,
        Param::Text(_) | Param::Items(_) => {
            return Err(wrong(path, "names with values, as in metadata[order]=7"));
        }
    };
    let mut read = Values::new();
    for (name, value) in pairs {
        let path = path_of(path, name);
        if name.chars().count() > MAX_METADATA_NAME {
            return Err(wrong(&path, &format!("named with at most {MAX_METADATA_NAME} characters")));
        }
        let text = value.text().ok_or_else(|| wrong(&path, "plain text, under a name without brackets"))?;
        if text.chars().count() > MAX_METADATA_VALUE {
            return Err(wrong(&path, &format!("at most {MAX_METADATA_VALUE} characters long")));
        }
        read.insert(name.clone(), if text.is_empty() { Value::Null } else { json!(text) });
    }
    Ok(Value::Object(read))
}

/// Puts new metadata over old. The limit is on what comes out.
pub(super) fn merge_metadata(old: &Value, new: &Value) -> Result<Value, ApiError> {
    let Value::Object(new) = new else { return Ok(json!({})) };
    let mut merged = old.as_object().cloned().unwrap_or_default();
    for (name, value) in new {
        if value.is_null() {
            merged.shift_remove(name);
        } else {
            merged.insert(name.clone(), value.clone());
        }
    }
    if merged.len() > MAX_METADATA_PAIRS {
        return Err(wrong("metadata", &format!("at most {MAX_METADATA_PAIRS} pairs")));
    }
    Ok(Value::Object(merged))
}

/// The currencies in which a charge can be made.
const CURRENCIES: &str = "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd \
    bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq \
    gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl \
    mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron \
    rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs \
    vnd vuv wst xaf xcd xof xpf yer zar zmw";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::params::decode;

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
    ];

    fn read_text(text: &str) -> Result<Value, ApiError> {
        read(&[FIELDS], &decode(text)?).map(Value::Object)
    }

    #[test]
    fn values_are_typed() {
        let read = read_text(
            "amount=5&currency=eur&confirm=true&name=&email=a@b.c&metadata[k]=v&address[city]=X&types[]=card&created[gte]=7",
        );
        let expected = json!({"amount": 5, "currency": "eur", "confirm": true, "name": null, "email": "a@b.c",
            "metadata": {"k": "v"}, "address": {"city": "X", "line1": null}, "types": ["card"],
            "created": {"gte": 7}});
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
            ("amount=1&types[]=coin", "", "types[0]"),
            ("amount=1&created[from]=1", "", "created[from]"),
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
