//! Requests: from what is meant to what became of it.
//!
//! This room makes the bytes, sends them, reads the answer, retries under the same key and reports. It
//! promises that nothing is sent before the journal holds it, that a retry sends the same bytes under the
//! same key, and that a report says what happened apart from what may have happened.

mod answer;
mod card_numbers;
mod curl;
mod envelope;
mod fetch;
mod http;
mod interrupt;
mod key;
mod meaning;
mod paging;
mod params;
mod path;
mod report;
mod retry;
mod send;
mod tls;
mod unsent;

pub use crate::journal::{Method, MethodError};
pub use answer::{Answer, ApiError, Reading, Reply, Situation, livemode, read};
pub use card_numbers::holds_card_number;
pub use curl::{shell_quote, to_curl};
pub use envelope::envelope;
pub use fetch::fetch;
pub use http::{Transport, TransportError, headers};
pub use interrupt::Interrupt;
pub use key::{IdempotencyKey, KeyError};
pub use meaning::{Meaning, meaning};
pub use paging::{Page, PageError, next_path};
pub use params::{Param, ParamError, ParamText, encode};
pub use path::{PathError, RequestPath, is_keyed};
pub use report::{Next, ReplayedBy, Report};
pub use retry::{Policy, backoff};
pub use send::{Progress, Sender};
