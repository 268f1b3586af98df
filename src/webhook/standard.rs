//! The Standard Webhooks scheme: signed and verified as its own libraries do.
//!
//! The message is the id, the timestamp and the raw body with dots between; the key is what the secret's
//! base64 after `whsec_` decodes to; signatures are `v1,` and base64, separated by spaces; the timestamp
//! must be within the tolerance both ways. Source: the Standard Webhooks specification, and the answers of
//! `standardwebhooks` on npm and the Python Package Index.

use subtle::ConstantTimeEq;

use crate::keys::SigningSecret;

use super::lenient_base64;
use super::number;
use super::signing_key::SigningKey;
use super::verdict::{Library, Reason, Verdict, Window};

const PREFIX: &str = "whsec_";

/// The three headers of a delivery, as they came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StandardHeaders<'a> {
    /// `webhook-id`, or `svix-id`.
    pub id: Option<&'a [u8]>,
    /// `webhook-timestamp`, or `svix-timestamp`.
    pub timestamp: Option<&'a [u8]>,
    /// `webhook-signature`, or `svix-signature`.
    pub signature: Option<&'a [u8]>,
}

impl<'a> StandardHeaders<'a> {
    /// Picks the headers by name, in any case. Names that start `svix-` count where all three are there and
    /// the specification's own are not.
    pub fn find(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Self {
        let (mut own, mut svix) = (Self::default(), Self::default());
        for (name, value) in headers {
            let name = name.to_ascii_lowercase();
            let (set, name) = match (name.strip_prefix("webhook-"), name.strip_prefix("svix-")) {
                (Some(name), _) => (&mut own, name),
                (_, Some(name)) => (&mut svix, name),
                _ => continue,
            };
            match name {
                "id" => set.id = Some(value),
                "timestamp" => set.timestamp = Some(value),
                "signature" => set.signature = Some(value),
                _ => {}
            }
        }
        let is_whole = |set: &Self| set.id.is_some() && set.timestamp.is_some() && set.signature.is_some();
        if !is_whole(&own) && is_whole(&svix) { svix } else { own }
    }
}

/// The key of a secret, as each library decodes it. Nothing where one refuses the secret.
#[derive(Clone)]
pub struct StandardKey {
    by_python: Option<SigningKey>,
    by_node: Option<SigningKey>,
    is_same: bool,
}

impl StandardKey {
    /// Decodes a secret.
    #[must_use]
    pub fn new(secret: &SigningSecret) -> Self {
        let text = secret.expose();
        let text = text.strip_prefix(PREFIX).unwrap_or(text);
        // python adds padding before it decodes, which passes over what is too much.
        let by_python = lenient_base64::python(format!("{text}==").as_bytes()).filter(|key| !key.is_empty());
        let by_node = lenient_base64::stablelib(text.as_bytes()).filter(|key| !key.is_empty());
        let is_same = by_python == by_node;
        let key = |bytes: Option<Vec<u8>>| bytes.map(|bytes| SigningKey::from_bytes(&bytes));
        Self { by_python: key(by_python), by_node: key(by_node), is_same }
    }

    /// The key, where every library makes the same of the secret: what may be signed with.
    #[must_use]
    pub fn agreed(&self) -> Option<&SigningKey> {
        self.by_python.as_ref().filter(|_| self.is_same)
    }
}

/// The value of a `webhook-signature` header: one signature for each key. `timestamp` is in Unix seconds.
#[must_use]
pub fn sign(body: &[u8], id: &str, timestamp: i64, keys: &[SigningKey]) -> String {
    let time = timestamp.to_string();
    let message = [id.as_bytes(), b".", time.as_bytes(), b".", body];
    let signatures: Vec<_> = keys.iter().map(|key| format!("v1,{}", key.base64(&message))).collect();
    signatures.join(" ")
}

/// Verifies a delivery. A match with any of the keys counts; a tolerance of 0 switches the check of the
/// timestamp off. Where only one of the two libraries accepts, the reason is
/// [`Reason::LibrariesDisagree`].
#[must_use]
pub fn verify(body: &[u8], headers: StandardHeaders<'_>, keys: &[StandardKey], window: Window) -> Verdict {
    Verdict::best(keys.iter().map(|key| verify_with(body, headers, key, window)))
}

fn verify_with(body: &[u8], headers: StandardHeaders<'_>, key: &StandardKey, window: Window) -> Verdict {
    let by_python = as_python(body, headers, key, window);
    let by_node = as_node(body, headers, key, window);
    let timestamp = headers.timestamp.and_then(|time| number::parse_int(time).seconds());
    let accepted_by = match (by_python, by_node) {
        (Ok(()), Ok(())) => return Verdict::matched(Reason::Ok, timestamp),
        (Ok(()), Err(_)) => vec![Library::Python],
        (Err(_), Ok(())) => vec![Library::Node],
        // Neither takes a body that is not UTF-8 as it is; go does.
        (Err(_), Err(_)) if is_raw_match(body, headers, key, window) => vec![Library::Go],
        (Err(reason), Err(_)) => return Verdict::refused(reason, timestamp),
    };
    Verdict { accepted_by, ..Verdict::matched(Reason::LibrariesDisagree, timestamp) }
}

/// The headers, if all three are there and none is empty.
fn whole(headers: StandardHeaders<'_>) -> Result<[&[u8]; 3], Reason> {
    let StandardHeaders { id, timestamp, signature } = headers;
    let present = |value: Option<_>| value.filter(|value: &&[u8]| !value.is_empty()).ok_or(Reason::NoHeader);
    Ok([present(id)?, present(timestamp)?, present(signature)?])
}

fn as_python(
    body: &[u8],
    headers: StandardHeaders<'_>,
    key: &StandardKey,
    window: Window,
) -> Result<(), Reason> {
    let key = key.by_python.as_ref().ok_or(Reason::NoSecret)?;
    let body = std::str::from_utf8(body);
    let [id, time, signatures] = whole(headers)?;
    let micros = python_micros(time).ok_or(Reason::MalformedHeader)?;
    python_in_time(micros, window)?;
    let seconds = micros.div_euclid(MICROS).to_string();
    let body = body.map_err(|_| Reason::NoMatch)?;
    let expected = key.digest(&[id, b".", seconds.as_bytes(), b".", body.as_bytes()]);
    for item in signatures.split(|byte| *byte == b' ') {
        let mut parts = item.split(|byte| *byte == b',');
        let (Some(version), Some(signature), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Reason::NoMatch);
        };
        if version != b"v1" {
            continue;
        }
        let signature = lenient_base64::python(signature).ok_or(Reason::NoMatch)?;
        if bool::from(signature.ct_eq(expected.as_slice())) {
            return Ok(());
        }
    }
    Err(Reason::NoMatch)
}

const MICROS: i128 = 1_000_000;

/// The first and the last second of python's calendar, years 1 to 9999.
const PYTHON_SECONDS: std::ops::Range<f64> = -62_135_596_800.0..253_402_300_800.0;

/// `datetime.fromtimestamp(float(text))`, in microseconds.
#[expect(clippy::cast_possible_truncation, reason = "the range of python's calendar fits")]
fn python_micros(text: &[u8]) -> Option<i128> {
    let seconds = number::python_float(text).filter(|seconds| PYTHON_SECONDS.contains(seconds))?;
    Some((seconds * 1e6).round_ties_even() as i128)
}

fn python_in_time(micros: i128, window: Window) -> Result<(), Reason> {
    let (now, tolerance) = (i128::from(window.now) * MICROS, i128::from(window.tolerance_seconds) * MICROS);
    match tolerance {
        0 => Ok(()),
        _ if micros < now - tolerance => Err(Reason::TimestampTooOld),
        _ if micros > now + tolerance => Err(Reason::TimestampTooNew),
        _ => Ok(()),
    }
}

fn as_node(
    body: &[u8],
    headers: StandardHeaders<'_>,
    key: &StandardKey,
    window: Window,
) -> Result<(), Reason> {
    let key = key.by_node.as_ref().ok_or(Reason::NoSecret)?;
    let [id, time, signatures] = whole(headers)?;
    let time = number::parse_int(time);
    let seconds = time.seconds().ok_or(Reason::MalformedHeader)?;
    node_in_time(seconds, window)?;
    let body = String::from_utf8_lossy(body);
    let expected = key.base64(&[id, b".", time.text().as_bytes(), b".", body.as_bytes()]);
    for item in signatures.split(|byte| *byte == b' ') {
        let mut parts = item.split(|byte| *byte == b',');
        let is_v1 = parts.next() == Some(b"v1");
        let signature = parts.next().unwrap_or_default();
        if is_v1 && bool::from(signature.ct_eq(expected.as_bytes())) {
            return Ok(());
        }
    }
    Err(Reason::NoMatch)
}

fn node_in_time(seconds: i64, window: Window) -> Result<(), Reason> {
    match window.tolerance_seconds {
        0 => Ok(()),
        _ if window.is_too_old(seconds.into()) => Err(Reason::TimestampTooOld),
        _ if window.is_too_new(seconds.into()) => Err(Reason::TimestampTooNew),
        _ => Ok(()),
    }
}

fn is_raw_match(body: &[u8], headers: StandardHeaders<'_>, key: &StandardKey, window: Window) -> bool {
    let (Err(_), Some(key), Ok([id, time, signatures])) =
        (std::str::from_utf8(body), key.agreed(), whole(headers))
    else {
        return false;
    };
    let time = number::parse_int(time);
    let expected = key.base64(&[id, b".", time.text().as_bytes(), b".", body]);
    let is_in_time = time.seconds().is_some_and(|seconds| node_in_time(seconds, window).is_ok());
    is_in_time
        && signatures.split(|byte| *byte == b' ').any(|item| {
            item.strip_prefix(b"v1,").is_some_and(|signature| signature.ct_eq(expected.as_bytes()).into())
        })
}
