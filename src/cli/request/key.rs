//! Which idempotency key the options ask for.

use uuid::Uuid;

use crate::cli::failure::Failure;
use crate::cli::request_args::RequestOptions;
use crate::journal::KeyChoice;
use crate::request::{IdempotencyKey, Method, RequestPath, is_keyed};

/// Which idempotency key was asked for.
pub(super) enum Key {
    /// The one that was given.
    Given(IdempotencyKey),
    /// The one of a named operation.
    Operation(String),
    /// The one of an unfinished run, else a new one.
    Continue,
    /// A new one.
    Fresh,
}

impl Key {
    /// Reads the options; a key where the API takes none is an error.
    pub(super) fn of(options: &RequestOptions, path: &RequestPath, method: Method) -> Result<Self, Failure> {
        let flag = [
            ("--idempotency-key", options.idempotency_key.is_some()),
            ("--operation", options.operation.is_some()),
            ("--new-key", options.new_key),
        ];
        let given = flag.iter().find(|(_, is_given)| *is_given);
        if let (Some((flag, _)), false) = (given, is_keyed(path.family(), method)) {
            let message = format!(
                "{flag} was given, and the API takes no idempotency key for {method} {}",
                path.path()
            );
            return Err(Failure::usage(message));
        }
        Ok(match (&options.idempotency_key, &options.operation) {
            (Some(key), _) => Self::Given(key.parse()?),
            (_, Some(name)) if name.is_empty() || name.len() > 255 || name.chars().any(char::is_control) => {
                return Err(Failure::usage(
                    "--operation takes a name of 1 to 255 bytes without control characters",
                ));
            }
            (_, Some(name)) => Self::Operation(name.clone()),
            _ if options.new_key => Self::Fresh,
            _ => Self::Continue,
        })
    }

    /// The choice for the journal; `candidate` is a new key.
    pub(super) fn choice<'a>(&'a self, candidate: &'a str) -> KeyChoice<'a> {
        match self {
            Self::Given(key) => KeyChoice::Given(key.as_str()),
            Self::Operation(name) => KeyChoice::Operation { name, candidate },
            Self::Continue => KeyChoice::Continue { candidate },
            Self::Fresh => KeyChoice::Fresh { candidate },
        }
    }

    /// The key for a request that is only printed. A new one is made where one would be.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Given(key) => key.as_str().to_owned(),
            Self::Operation(_) | Self::Continue | Self::Fresh => Uuid::new_v4().to_string(),
        }
    }
}
