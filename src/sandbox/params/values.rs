//! Plain values and metadata: what text has to look like to be one. Pure.

use serde_json::{Map, Value, json};

use super::api_error::ApiError;
use super::form::Param;

/// Parameters that were checked, as JSON values. `null` stands for "unset this".
pub(in crate::sandbox) type Values = Map<String, Value>;

/// The bounds that a window of time may have, and the comparison that each stands for.
pub(in crate::sandbox) const BOUNDS: &[(&str, &str)] =
    &[("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")];

/// The largest amount: eight digits.
const MAX_AMOUNT: i64 = 99_999_999;

const MAX_METADATA_PAIRS: usize = 50;
const MAX_METADATA_NAME: usize = 40;
const MAX_METADATA_VALUE: usize = 500;

/// The most digits that a decimal has on either side of its point.
const MAX_DIGITS: usize = 12;

/// How a nested parameter is called.
pub(in crate::sandbox) fn path_of(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}[{name}]") }
}

/// A value that is not what the parameter takes.
pub(in crate::sandbox) fn wrong(path: &str, message: impl Into<String>) -> ApiError {
    ApiError::invalid(message).param(path)
}

/// A positive amount.
pub(in crate::sandbox) fn amount(text: &str, path: &str) -> Result<Value, ApiError> {
    if text.len() > 8 && text.parse::<i64>().is_ok_and(|amount| amount > MAX_AMOUNT) {
        let message = format!("Amount must be no more than {MAX_AMOUNT}, which is eight digits");
        return Err(wrong(path, message).code("amount_too_large"));
    }
    integer(text, 1, MAX_AMOUNT, path)
}

/// A code that is in use.
pub(in crate::sandbox) fn currency(text: &str, path: &str) -> Result<Value, ApiError> {
    if CURRENCIES.split(' ').any(|known| known == text) {
        return Ok(json!(text));
    }
    let message =
        format!("Invalid currency: {text}. Three letters in lower case are one of these: {CURRENCIES}");
    Err(wrong(path, message))
}

/// A share of a hundred; a whole number where there is nothing behind the point.
pub(in crate::sandbox) fn percent(text: &str, path: &str) -> Result<Value, ApiError> {
    let share = plain_decimal(text).and_then(|plain| plain.parse::<f64>().ok());
    match share.filter(|share| (0.0..=100.0).contains(share) && *share > 0.0) {
        Some(_) if !text.contains('.') => integer(text, 1, 100, path),
        Some(share) => Ok(json!(share)),
        None => Err(wrong(path, format!("Invalid decimal: {text}; must be over 0 and up to 100"))),
    }
}

/// An amount in decimals, without the zeros that say nothing.
pub(in crate::sandbox) fn decimal(text: &str, path: &str) -> Result<Value, ApiError> {
    let plain = plain_decimal(text).ok_or_else(|| {
        wrong(path, format!("Invalid decimal: {text}; must have at most 12 decimal places"))
    })?;
    Ok(json!(if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.') } else { plain }))
}

/// The text, if it is digits with at most one point among them.
fn plain_decimal(text: &str) -> Option<&str> {
    let (whole, places) = text.split_once('.').unwrap_or((text, "0"));
    let is_number =
        |part: &str| (1..=MAX_DIGITS).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(whole) && is_number(places)).then_some(text)
}

/// A whole number between two bounds.
pub(in crate::sandbox) fn integer(text: &str, min: i64, max: i64, path: &str) -> Result<Value, ApiError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let number = text.parse::<i64>().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let message = match number {
        Some(number) if (min..=max).contains(&number) => return Ok(json!(number)),
        Some(number) if number < min => format!("This value must be greater than or equal to {min}."),
        Some(_) => format!("This value must be less than or equal to {max}."),
        None => format!("Invalid integer: {text}"),
    };
    Err(wrong(path, message).code("parameter_invalid_integer"))
}

/// Something on both sides of an at sign.
pub(in crate::sandbox) fn looks_like_email(text: &str) -> bool {
    let plain = text.len() <= 512 && !text.contains(|letter: char| letter.is_whitespace());
    plain && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

/// A scheme of the web and something behind it.
pub(in crate::sandbox) fn looks_like_url(text: &str) -> bool {
    let plain = text.len() <= 5000 && !text.contains(|letter: char| letter.is_whitespace());
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    plain && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

/// A timestamp, or bounds of it.
pub(in crate::sandbox) fn window(param: &Param, path: &str) -> Result<Value, ApiError> {
    match param {
        Param::Text(text) => integer(text, 0, i64::MAX, path),
        Param::Fields(bounds) => {
            let mut read = Values::new();
            for (name, bound) in bounds {
                let path = path_of(path, name);
                let text = bound.text().filter(|_| BOUNDS.iter().any(|(known, _)| known == name));
                let text = text.ok_or_else(|| {
                    wrong(&path, format!("Received unknown parameter: {path}")).code("parameter_unknown")
                })?;
                read.insert(name.clone(), integer(text, 0, i64::MAX, &path)?);
            }
            Ok(Value::Object(read))
        }
        Param::Items(_) => Err(wrong(path, "Invalid object")),
    }
}

/// The names with their texts; `null` for a name that is to be dropped, and for all of them together.
pub(in crate::sandbox) fn metadata(param: &Param, path: &str) -> Result<Value, ApiError> {
    let pairs = match param {
        Param::Text(text) if text.is_empty() => return Ok(Value::Null),
        Param::Fields(pairs) => pairs,
        Param::Text(_) | Param::Items(_) => {
            return Err(wrong(path, "Invalid object"));
        }
    };
    let mut read = Values::new();
    for (name, value) in pairs {
        let path = path_of(path, name);
        let too_long = |part: &str, max: usize, text: &str| {
            let count = text.chars().count();
            let message = format!(
                "Metadata {part}s can have up to {max} characters, but you passed in a {part} that is {count} \
                 characters. Invalid {part}: {text}"
            );
            if count > max { Err(wrong(&path, message)) } else { Ok(()) }
        };
        too_long("key", MAX_METADATA_NAME, name)?;
        let text = value.text().ok_or_else(|| wrong(&path, "Metadata values must be strings"))?;
        too_long("value", MAX_METADATA_VALUE, text)?;
        read.insert(name.clone(), if text.is_empty() { Value::Null } else { json!(text) });
    }
    Ok(Value::Object(read))
}

/// Puts new metadata over old. The limit is on what comes out.
pub(in crate::sandbox) fn merge_metadata(old: &Value, new: &Value) -> Result<Value, ApiError> {
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
        let message = format!("Metadata can have up to {MAX_METADATA_PAIRS} keys");
        return Err(wrong("metadata", message));
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
