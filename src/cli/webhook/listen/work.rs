//! What both ways of listening have in common: what they work with, and how they end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::profile::Profile;
use crate::request::Interrupt;
use crate::webhook::listen::{Forwarder, ListenReport};
use crate::webhook::store::StoreWriter;
use crate::webhook::{SigningKey, TypePatterns};

/// What the command line asks for.
#[derive(Debug, Clone)]
pub(super) struct Wishes {
    pub(super) port: u16,
    pub(super) is_verified: bool,
    pub(super) max_body: usize,
    /// After so many events it stops.
    pub(super) count: Option<u64>,
    /// After this time it stops.
    pub(super) duration: Option<Duration>,
    /// The pause between two looks at the API.
    pub(super) interval: Duration,
    /// Where the first run begins, as typed.
    pub(super) since: Option<String>,
    /// The same command on a free port.
    pub(super) elsewhere: String,
}

/// What both ways of listening work with.
pub(super) struct Work {
    /// When it stops by itself, and how it listens.
    pub(super) wishes: Wishes,
    pub(super) profile: Profile,
    pub(super) events: TypePatterns,
    pub(super) forwarder: Arc<Forwarder>,
    pub(super) writer: Arc<StoreWriter>,
    pub(super) keys: Vec<SigningKey>,
    pub(super) reports: mpsc::Sender<ListenReport>,
    pub(super) stop: watch::Sender<bool>,
}

/// Lets what is being forwarded come to its end; a Ctrl-C meanwhile does not wait.
pub(super) async fn finish(
    mut forwarding: tokio::task::JoinSet<()>,
    ended: Ended,
    interrupt: &Interrupt,
) -> Result<ExitCode, Failure> {
    let presses = if ended == Ended::Interrupted { 2 } else { 1 };
    let all = async { while forwarding.join_next().await.is_some() {} };
    tokio::select! {
        () = all => {}
        () = interrupt.pressed(presses) => return Ok(ExitCode::Interrupted),
    }
    Ok(match ended {
        Ended::Reached => ExitCode::Success,
        Ended::Interrupted => ExitCode::Interrupted,
    })
}

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// What was waited for has come, or the user is done.
    Reached,
    /// Ctrl-C.
    Interrupted,
}

/// Waits for Ctrl-C, the polite way of a process manager to end it, the end of the time, or the key q.
pub(super) async fn told_to_stop(
    duration: Option<Duration>,
    commands: Option<mpsc::Receiver<()>>,
    interrupt: &Interrupt,
) -> Ended {
    let over = async {
        match duration {
            Some(duration) => tokio::time::sleep(duration).await,
            None => std::future::pending().await,
        }
    };
    let quit = async {
        let is_told = match commands {
            Some(mut commands) => commands.recv().await.is_some(),
            None => false,
        };
        if !is_told {
            // Standard input has ended, or there is no terminal: no reason to stop.
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = over => Ended::Reached,
        () = quit => Ended::Reached,
        () = terminated() => Ended::Reached,
        () = interrupt.pressed(1) => Ended::Interrupted,
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        // Without a handler the process ends by the signal itself.
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
