//! Requests: from what is meant to what became of it.
//!
//! This room makes the bytes, sends them, reads the answer, retries under the same key and reports. It
//! promises that nothing is sent before the journal holds it, that a retry sends the same bytes under the
//! same key, and that a report says what happened apart from what may have happened.

mod admitted_key;
mod answer;
mod attempts;
pub mod batch;
mod body_gate;
mod card_numbers;
mod curl;
mod envelope;
mod events;
mod fetch;
mod group_writer;
mod http;
mod interrupt;
mod key;
mod meaning;
mod mode_gate;
mod outside_the_map;
mod pace;
mod paging;
mod params;
mod path;
mod previous_key;
mod reply;
mod report;
mod retry;
mod send;
mod sender;
mod tls;
mod turn;
mod unsent;

pub use crate::journal::{Method, MethodError};
pub use admitted_key::AdmittedKey;
pub use answer::{AnswerReading, Retry, Situation, read};
pub use card_numbers::holds_card_number;
pub use curl::{shell_quote, to_curl};
pub use envelope::envelope;
pub use events::{Evidence, evidence, strongest};
pub use fetch::fetch;
pub use http::{Transport, TransportError, headers};
pub use interrupt::Interrupt;
pub use key::{IdempotencyKey, KeyError};
pub use meaning::{Meaning, meaning, replayed};
pub use mode_gate::{GateError, ModeGate};
pub use outside_the_map::{OutsideTheMap, outside_the_map};
pub use paging::{Page, PageError, Pages};
pub use params::{Param, ParamError, ParamText, encode};
pub use path::{PathError, RequestPath, is_keyed};
pub use previous_key::{PreviousKey, SharedPreviousKey};
pub use reply::{Answer, ApiError, Reply, Unsent, livemode};
pub use report::{Circumstance, EarlierRun, Next, ReplayOf, ReplayedBy, Report};
pub use retry::{RetryPolicy, backoff};
pub use sender::{Progress, Sender};
pub use turn::{Turn, Turns};
pub use unsent::{too_late, too_late_unkeyed};
