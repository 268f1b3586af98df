//! What came of a delivery attempt, and what it means. Pure.

use std::time::Duration;

/// How much of an answer's body is kept, in bytes.
pub const KEPT_ANSWER: usize = 4096;

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryOutcome {
    /// A 2xx status.
    Accepted,
    /// Any other status but a redirect.
    Rejected,
    /// A 3xx status, which is a failure and never followed.
    Redirected,
    /// No answer in time.
    TimedOut,
    /// The connection was reset.
    Reset,
    /// The connection was closed without an answer.
    Closed,
    /// The answer is not HTTP.
    NotHttp,
    /// Nobody listens on the port.
    ConnectionRefused,
    /// The host's name has no address.
    UnknownHost,
    /// The host cannot be reached.
    Unreachable,
    /// No secure connection can be made.
    TlsFailed,
    /// Nothing was sent: there is no signature to send.
    Unsigned,
    /// Anything else.
    Failed,
}

/// Every outcome: its name in the store and in JSON, whether the event may have reached the target, and what
/// people read.
const OUTCOMES: &[(DeliveryOutcome, &str, bool, &str)] = &[
    (DeliveryOutcome::Accepted, "accepted", true, "accepted"),
    (DeliveryOutcome::Rejected, "rejected", true, "rejected"),
    (DeliveryOutcome::Redirected, "redirected", true, "redirected (redirects are not followed)"),
    (DeliveryOutcome::TimedOut, "timed_out", true, "timed out"),
    (DeliveryOutcome::Reset, "reset", true, "the connection was reset"),
    (DeliveryOutcome::Closed, "closed", true, "the connection was closed without an answer"),
    (DeliveryOutcome::NotHttp, "not_http", true, "the answer is not HTTP"),
    (DeliveryOutcome::ConnectionRefused, "connection_refused", false, "connection refused"),
    (DeliveryOutcome::UnknownHost, "unknown_host", false, "the host name was not found"),
    (DeliveryOutcome::Unreachable, "unreachable", false, "the host is unreachable"),
    (DeliveryOutcome::TlsFailed, "tls_failed", false, "the TLS handshake failed"),
    (DeliveryOutcome::Unsigned, "unsigned", false, "not sent: no signature"),
    (DeliveryOutcome::Failed, "failed", true, "failed"),
];

impl DeliveryOutcome {
    fn row(self) -> &'static (Self, &'static str, bool, &'static str) {
        OUTCOMES.iter().find(|(outcome, ..)| *outcome == self).expect("every outcome has its row")
    }

    /// What a status means.
    #[must_use]
    pub const fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Accepted,
            300..=399 => Self::Redirected,
            _ => Self::Rejected,
        }
    }

    /// The name in the store and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// Whether the event may have reached the target: false where no connection was made.
    #[must_use]
    pub fn may_have_arrived(self) -> bool {
        self.row().2
    }

    /// What people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        self.row().3
    }
}

/// An attempt that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryResult {
    /// What came of it.
    pub outcome: DeliveryOutcome,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// Where a redirect points to.
    pub location: Option<String>,
    /// What went wrong, in words.
    pub detail: Option<String>,
    /// From the first byte sent until the status was known, connecting included.
    pub latency: Duration,
    /// The first [`KEPT_ANSWER`] bytes of the answer's body.
    pub answer: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_decides() {
        for (status, outcome) in [
            (200, DeliveryOutcome::Accepted),
            (204, DeliveryOutcome::Accepted),
            (299, DeliveryOutcome::Accepted),
            (301, DeliveryOutcome::Redirected),
            (308, DeliveryOutcome::Redirected),
            (400, DeliveryOutcome::Rejected),
            (500, DeliveryOutcome::Rejected),
            (199, DeliveryOutcome::Rejected),
        ] {
            assert_eq!(DeliveryOutcome::of_status(status), outcome, "{status}");
        }
    }

    #[test]
    fn names_are_told_apart() {
        for (outcome, name, ..) in OUTCOMES {
            assert_eq!(outcome.as_str(), *name);
            assert_eq!(OUTCOMES.iter().filter(|(_, other, ..)| other == name).count(), 1, "{name}");
        }
        assert_eq!(OUTCOMES.len(), 13);
    }
}
