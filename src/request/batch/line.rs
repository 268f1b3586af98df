//! A line of a batch: what it says, checked as far as it can be without a journal.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::journal::{Family, Intent, JournalError, KeyChoice, Method, MethodError, line_operation};
use crate::request::card_numbers::holds_card_number;
use crate::request::key::{IdempotencyKey, KeyError};
use crate::request::params::{Param, ParamError, encode};
use crate::request::path::{PathError, RequestPath, is_keyed};

use super::form::{FormError, form_params};

/// The longest line, in bytes: longer than any request that the API takes.
pub const MAX_LINE: usize = 1 << 20;

/// The longest id, in bytes.
const MAX_ID: usize = 150;

/// The longest name of a batch, in bytes.
const MAX_NAME: usize = 100;

/// Why a line cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// It is longer than [`MAX_LINE`].
    #[error("it is longer than {MAX_LINE} bytes")]
    TooLong,
    /// Its bytes are no text.
    #[error("it is not valid UTF-8")]
    NotUtf8,
    /// No JSON object, or one with other members than a line has.
    #[error("{0}")]
    Json(String),
    /// No id.
    #[error("it has no id")]
    NoId,
    /// An id that is too long, or has control characters.
    #[error("its id must have 1 to {MAX_ID} bytes and no control characters")]
    Id,
    /// The id of an earlier line.
    #[error("its id {id:?} is that of line {first}, too")]
    SameId {
        /// The id.
        id: String,
        /// The number of the earlier line.
        first: u64,
    },
    /// The key of an earlier line.
    #[error("its idempotency key is that of line {first}, too: each line needs its own")]
    SameKey {
        /// The number of the earlier line.
        first: u64,
    },
    /// Not a method.
    #[error(transparent)]
    Method(#[from] MethodError),
    /// Not a path.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Not a key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A request that the API takes no key for.
    #[error(
        "{0} {1} has no idempotency key, so that it could not be sent exactly once: a batch takes POST, and DELETE on /v2"
    )]
    Unkeyed(Method, String),
    /// Parameters that cannot be a form.
    #[error(transparent)]
    Form(#[from] FormError),
    /// A parameter without a name, or whose brackets do not pair.
    #[error(transparent)]
    Param(#[from] ParamError),
    /// A body where none is sent.
    #[error("DELETE takes no data")]
    Body,
    /// A row of CSV for a path that takes JSON.
    #[error("/v2 paths take JSON: write this line as NDJSON")]
    CsvOfV2,
    /// Another number of fields than the header row.
    #[error("it has {found} fields, and the header row has {expected}")]
    Ragged {
        /// Fields of the row.
        found: usize,
        /// Fields of the header row.
        expected: usize,
    },
    /// A card number.
    #[error(
        "{0} holds a card number that is no test number, and the journal keeps no card numbers: send the id of a payment method"
    )]
    CardNumber(String),
    /// A credential.
    #[error(transparent)]
    Credential(JournalError),
}

/// A line, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file, from 1; of a row of CSV, that of the line where it starts.
    pub number: u64,
    /// Its id.
    pub id: String,
    /// The method.
    pub method: Method,
    /// The path.
    pub path: RequestPath,
    /// The body as it is sent.
    pub body: Vec<u8>,
    /// The key that the line gives.
    pub key: Option<IdempotencyKey>,
}

/// A line, or its number and what is wrong with it.
pub type ReadLine = Result<Line, (u64, LineError)>;

/// The members of a line of NDJSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineText<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    idempotency_key: Option<Cow<'a, str>>,
}

/// What a line says before it is checked: of NDJSON or of CSV.
pub(super) struct Said<'a> {
    pub(super) id: String,
    pub(super) method: Option<&'a str>,
    pub(super) path: &'a str,
    pub(super) key: Option<&'a str>,
}

impl Line {
    /// Reads a line of NDJSON.
    ///
    /// # Errors
    /// When it is not one: see [`LineError`].
    pub fn from_json(number: u64, text: &[u8]) -> Result<Self, LineError> {
        let text = std::str::from_utf8(text).map_err(|_| LineError::NotUtf8)?;
        // An array would be read as the fields in their order.
        if !text.trim_start().starts_with('{') {
            return Err(LineError::Json("it is not a JSON object".to_owned()));
        }
        let said: LineText<'_> = serde_json::from_str(text).map_err(|error| json_error(&error))?;
        let id = id_of(said.id.ok_or(LineError::NoId)?)?;
        let fields = Said {
            id,
            method: said.method.as_deref(),
            path: &said.path,
            key: said.idempotency_key.as_deref(),
        };
        Self::checked(number, &fields, |family| match (family, said.data) {
            (_, None) => Ok(Vec::new()),
            (Family::V1, Some(data)) => Ok(encode(&form_params(data)?).into_bytes()),
            (Family::V2, Some(data)) => Ok(data.get().as_bytes().to_vec()),
        })
    }

    /// Makes a line of parameters, as a row of CSV gives them.
    ///
    /// # Errors
    /// When it cannot be sent: see [`LineError`].
    pub(super) fn from_params(number: u64, said: &Said<'_>, params: &[Param]) -> Result<Self, LineError> {
        Self::checked(number, said, |family| match family {
            Family::V1 => Ok(encode(params).into_bytes()),
            Family::V2 if params.is_empty() => Ok(Vec::new()),
            Family::V2 => Err(LineError::CsvOfV2),
        })
    }

    fn checked(
        number: u64,
        said: &Said<'_>,
        body: impl FnOnce(Family) -> Result<Vec<u8>, LineError>,
    ) -> Result<Self, LineError> {
        if said.id.is_empty() {
            return Err(LineError::NoId);
        }
        if said.id.len() > MAX_ID || said.id.chars().any(char::is_control) {
            return Err(LineError::Id);
        }
        let method = said.method.map_or(Ok(Method::Post), str::parse)?;
        let path = RequestPath::parse(said.path)?;
        if !is_keyed(path.family(), method) {
            return Err(LineError::Unkeyed(method, path.path().to_owned()));
        }
        let body = body(path.family())?;
        if method == Method::Delete && !body.is_empty() {
            return Err(LineError::Body);
        }
        let key = said.key.map(str::parse).transpose()?;
        Ok(Self { number, id: said.id.clone(), method, path, body, key })
    }

    /// The intent of the line. Nothing of it may be a card number or a credential.
    ///
    /// # Errors
    /// When it holds one.
    pub fn intent(&self, pattern: &Intent) -> Result<Intent, LineError> {
        let in_query = || holds_card_number(Family::V1, self.path.query().as_bytes());
        if let Some(name) = holds_card_number(self.path.family(), &self.body).or_else(in_query) {
            return Err(LineError::CardNumber(name));
        }
        let intent = Intent {
            family: self.path.family(),
            method: self.method,
            path: self.path.to_string(),
            body: self.body.clone(),
            ..pattern.clone()
        };
        intent.holds_no_credential().map_err(LineError::Credential)?;
        self.choice(&self.id, "").holds_no_credential().map_err(LineError::Credential)?;
        Ok(intent)
    }

    /// The operation of the line in a batch.
    #[must_use]
    pub fn operation(&self, batch: &str) -> String {
        line_operation(batch, &self.id)
    }

    /// Which key the journal is asked for.
    pub(super) fn choice<'a>(&'a self, operation: &'a str, candidate: &'a str) -> KeyChoice<'a> {
        KeyChoice::Line { operation, key: self.key.as_ref().map(IdempotencyKey::as_str), candidate }
    }
}

/// A text that cannot name a batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot name a batch: use 1 to {MAX_NAME} bytes without '/' and control characters")]
pub struct BatchNameError(String);

/// The name of a batch: 1 to 100 bytes without `/` and control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchName(String);

impl std::str::FromStr for BatchName {
    type Err = BatchNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_name = (1..=MAX_NAME).contains(&text.len())
            && !text.contains('/')
            && !text.chars().any(char::is_control);
        if is_name { Ok(Self(text.to_owned())) } else { Err(BatchNameError(text.to_owned())) }
    }
}

impl BatchName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text, or a whole number as it is written.
fn id_of(raw: &RawValue) -> Result<String, LineError> {
    let text = raw.get();
    if text.starts_with('"') {
        return serde_json::from_str(text).map_err(|error| json_error(&error));
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(LineError::Json("its id is neither a text nor a whole number".into()))
}

/// A line of NDJSON is one line, so that the column alone says where.
fn json_error(error: &serde_json::Error) -> LineError {
    let text = error.to_string();
    let (what, _) = text.rsplit_once(" at line ").unwrap_or((&text, ""));
    if error.is_data() {
        return LineError::Json(what.to_owned());
    }
    LineError::Json(format!("it is not a JSON object: {what} (column {})", error.column()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Result<Line, LineError> {
        Line::from_json(7, text.as_bytes())
    }

    fn said(text: &str) -> String {
        line(text).expect_err(text).to_string()
    }

    #[test]
    fn a_line_is_read_with_every_digit_of_its_numbers() {
        let read = line(
            r#"{"id": "order-17", "method": "post", "path": "payment_intents",
                "data": {"amount": 90071992547409931, "metadata": {"a": "b c"}, "x": [true, "1"]}}"#,
        )
        .expect("a line");
        assert_eq!((read.number, &*read.id, read.method), (7, "order-17", Method::Post));
        assert_eq!(read.path.path(), "/v1/payment_intents");
        assert_eq!(read.body, b"amount=90071992547409931&metadata%5Ba%5D=b+c&x%5B0%5D=true&x%5B1%5D=1");
        assert_eq!(line(r#"{"id": 17, "path": "customers"}"#).expect("a line").id, "17");
        let own = line(r#"{"id": "1", "path": "customers", "idempotency_key": "k-1"}"#).expect("a line");
        assert_eq!(own.key.map(|key| key.as_str().to_owned()).as_deref(), Some("k-1"));
        let v2 = line(r#"{"id": "1", "path": "/v2/core/accounts", "data": {"a": 1.50}}"#).expect("a line");
        assert_eq!(v2.body, br#"{"a": 1.50}"#);
    }

    #[test]
    fn what_cannot_be_sent_is_refused_with_its_reason() {
        assert!(said("").contains("not a JSON object"));
        assert!(said("[1]").contains("not a JSON object"));
        assert!(said(r#"["1", "POST", "customers", {"a": 1}]"#).contains("not a JSON object"));
        assert!(said(r#"{"id": "1", "pth": "customers"}"#).contains("unknown field `pth`"));
        assert!(said(r#"{"id": "1"}"#).contains("missing field `path`"));
        assert!(said(r#"{"path": "customers"}"#).contains("no id"));
        assert!(said(r#"{"id": "", "path": "customers"}"#).contains("no id"));
        assert!(said(r#"{"id": 1.5, "path": "customers"}"#).contains("neither a text nor"));
        assert!(said(r#"{"id": "1", "id": "2", "path": "customers"}"#).contains("duplicate field"));
        assert!(said(r#"{"id": "1", "path": "../x"}"#).contains("segment"));
        assert!(said(r#"{"id": "1", "method": "PUT", "path": "customers"}"#).contains("not a method"));
        for method in ["GET", "DELETE"] {
            let text = format!(r#"{{"id": "1", "method": "{method}", "path": "customers"}}"#);
            assert!(said(&text).contains("exactly once"), "{method}");
        }
        assert!(
            said(r#"{"id": "1", "path": "customers", "idempotency_key": "a@b.example"}"#).contains("e-mail")
        );
        assert!(said(r#"{"id": "1", "path": "customers", "data": 5}"#).contains("object"));
        let long = format!(r#"{{"id": "{}", "path": "customers"}}"#, "x".repeat(151));
        assert!(said(&long).contains("150"));
        assert!(matches!(Line::from_json(1, b"\xff"), Err(LineError::NotUtf8)));
    }

    #[test]
    fn a_name_has_no_slash() {
        assert!("a b.ndjson".parse::<BatchName>().is_ok());
        for wrong in ["", "a/b", "a\nb", &"x".repeat(101)] {
            assert!(wrong.parse::<BatchName>().is_err(), "{wrong:?}");
        }
    }
}
