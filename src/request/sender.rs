//! What one call sends with, and what it tells meanwhile.

use std::time::Duration;

use crate::journal::{Entry, KeySource};

use super::admitted_key::AdmittedKey;
use super::http::Transport;
use super::interrupt::Interrupt;
use super::mode_gate::{GateError, ModeGate};
use super::previous_key::PreviousKey;
use super::retry::RetryPolicy;
use super::turn::Turn;

/// Progress of a request, for its caller to show.
#[derive(Debug)]
pub enum Progress<'a> {
    /// The key is durable and the first byte has not left.
    Key {
        /// The key.
        key: &'a str,
        /// Where it came from.
        source: KeySource,
        /// The entry.
        entry: &'a Entry,
        /// The key of an unfinished run of the same request under another API key.
        other_run: Option<&'a str>,
    },
    /// Another process is sending under this key.
    Waiting {
        /// The key.
        key: &'a str,
    },
    /// An attempt ended.
    Attempted {
        /// Its number in this run, from 1.
        number: u32,
        /// What happened.
        detail: &'a str,
    },
    /// Another attempt follows.
    Retrying {
        /// What happened.
        detail: &'a str,
        /// After how long.
        delay: Duration,
        /// Whether it goes under an idempotency key, the same as before.
        is_keyed: bool,
    },
    /// The previous API key was found, and is not let through.
    Refused(&'a GateError),
    /// The server's clock is so many seconds ahead of this machine's; negative where it is behind.
    Skew(i64),
    /// The user asked to stop, and the answer under way is waited for.
    Stopping,
}

/// Sends requests under one key of the API, one at a time.
pub struct Sender<'a> {
    /// The way to the API.
    pub transport: &'a Transport,
    /// What lets API keys through.
    pub gate: &'a ModeGate<'a>,
    /// What authorises.
    pub api_key: AdmittedKey,
    /// What authorises instead, once the API has refused that.
    pub previous: PreviousKey,
    /// How far retries go.
    pub policy: RetryPolicy,
    /// Its turn among others, where there are any.
    pub turn: Turn<'a>,
    /// The user's wish to stop.
    pub interrupt: &'a Interrupt,
    /// Shows the progress.
    pub notify: &'a mut dyn FnMut(Progress<'_>),
}
