//! Exit codes: what a script learns of what happened. One enum, one table, nothing reused.

/// An exit code of paycli. The numbers are a contract with scripts and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ExitCode {
    /// It worked; a replayed success included.
    Success = 0,
    /// A defect of paycli.
    Internal = 1,
    /// The command line or its input is wrong; nothing was sent.
    Usage = 2,
    /// The API refused the request for good: 404, 403, bad parameters. A read: a redirect too.
    ClientError = 4,
    /// The server failed and keeps failing under this key.
    ServerError = 5,
    /// The payment was declined (402).
    Declined = 10,
    /// The idempotency key belongs to another request.
    KeyMismatch = 11,
    /// The same key is in use elsewhere.
    InProgress = 12,
    /// No key, or one that the API refuses (401).
    Authentication = 13,
    /// A replayed answer, where `--fail-on-replay` asked for a new one.
    Replayed = 14,
    /// Rate limited; nothing was executed.
    RateLimited = 15,
    /// The outcome is unknown and the key is still safe to send again.
    Unknown = 20,
    /// The outcome is unknown and the key is too old to send again.
    ExpiredUnknown = 21,
    /// Nothing reached the server.
    NotSent = 22,
    /// The journal could not be written; nothing was sent.
    JournalError = 23,
    /// No signature matches.
    SignatureMismatch = 30,
    /// The signature's timestamp is outside the tolerance.
    TimestampOutsideTolerance = 31,
    /// The signature header is malformed or missing.
    SignatureHeader = 32,
    /// Some deliveries were not accepted.
    DeliveryFailed = 33,
    /// An endpoint failed a check.
    EndpointFailed = 34,
    /// A scan, an audit or a check found something.
    Findings = 40,
    /// Some lines of a batch failed for good.
    BatchPartial = 41,
    /// Profile, mode or configuration do not agree; nothing was sent.
    Configuration = 78,
    /// `paycli exec`: the command is there and cannot be run, as shells tell it.
    CommandNotExecutable = 126,
    /// `paycli exec`: there is no such command, as shells tell it.
    CommandNotFound = 127,
    /// Interrupted by the user.
    Interrupted = 130,
}

/// The whole contract, in order: the code and what it means. `paycli help exit-codes` prints it.
pub const TABLE: &[(ExitCode, &str)] = &[
    (ExitCode::Success, "success, a replayed success included"),
    (ExitCode::Internal, "internal error: a defect of paycli"),
    (ExitCode::Usage, "usage: the command line or its input is wrong, nothing was sent"),
    (ExitCode::ClientError, "refused: 404, 403, bad parameters, a redirect of a read"),
    (ExitCode::ServerError, "server error, stored or indeterminate: look before you pay again"),
    (ExitCode::Declined, "declined (402)"),
    (ExitCode::KeyMismatch, "the idempotency key was used with other parameters"),
    (ExitCode::InProgress, "in progress elsewhere: run it again"),
    (ExitCode::Authentication, "authentication: 401, no key, keyring locked"),
    (ExitCode::Replayed, "the answer was replayed, and --fail-on-replay was given"),
    (ExitCode::RateLimited, "rate limited, nothing executed: run it again"),
    (ExitCode::Unknown, "outcome unknown, the key is still safe: run it again, or `paycli journal resume`"),
    (ExitCode::ExpiredUnknown, "outcome unknown, the key is too old: look it up, do not resend"),
    (ExitCode::NotSent, "not sent (DNS, connect, TLS): run it again"),
    (ExitCode::JournalError, "the journal is not writable, nothing was sent"),
    (ExitCode::SignatureMismatch, "webhook: no signature matches"),
    (ExitCode::TimestampOutsideTolerance, "webhook: timestamp outside the tolerance"),
    (ExitCode::SignatureHeader, "webhook: malformed or missing signature header"),
    (ExitCode::DeliveryFailed, "webhook: some deliveries were not accepted"),
    (ExitCode::EndpointFailed, "webhook: the endpoint failed a check"),
    (ExitCode::Findings, "keys scan, keys audit, keys status --check or doctor found something"),
    (ExitCode::BatchPartial, "some lines of a batch failed for good"),
    (ExitCode::Configuration, "profile, mode or configuration mismatch, nothing was sent"),
    (ExitCode::CommandNotExecutable, "paycli exec: the command cannot be run"),
    (ExitCode::CommandNotFound, "paycli exec: there is no such command"),
    (ExitCode::Interrupted, "interrupted"),
];

impl ExitCode {
    /// The number that the process ends with.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.as_u8())
    }
}

/// What became of a request, as the JSON envelope's `outcome` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A 2xx answer.
    Succeeded,
    /// 402: the card or payment method was declined.
    Declined,
    /// 400 and other 4xx, or a read that is redirected: refused for good.
    Invalid,
    /// The idempotency key belongs to another request.
    KeyMismatch,
    /// The same key is being executed elsewhere.
    InProgress,
    /// 401, or no key at all.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 429.
    RateLimited,
    /// A server error that will not change under this key.
    ServerError,
    /// It may have been executed; the key is still safe to send.
    Unknown,
    /// It may have been executed; the key is too old to send.
    ExpiredUnknown,
    /// Nothing reached the server.
    NotSent,
    /// The journal could not be written.
    JournalError,
}

/// Every outcome with its name in JSON and its exit code: the one place that maps them.
const OUTCOMES: &[(Outcome, &str, ExitCode)] = &[
    (Outcome::Succeeded, "succeeded", ExitCode::Success),
    (Outcome::Declined, "declined", ExitCode::Declined),
    (Outcome::Invalid, "invalid", ExitCode::ClientError),
    (Outcome::KeyMismatch, "key_mismatch", ExitCode::KeyMismatch),
    (Outcome::InProgress, "in_progress", ExitCode::InProgress),
    (Outcome::Unauthorized, "unauthorized", ExitCode::Authentication),
    (Outcome::Forbidden, "forbidden", ExitCode::ClientError),
    (Outcome::NotFound, "not_found", ExitCode::ClientError),
    (Outcome::RateLimited, "rate_limited", ExitCode::RateLimited),
    (Outcome::ServerError, "server_error", ExitCode::ServerError),
    (Outcome::Unknown, "unknown", ExitCode::Unknown),
    (Outcome::ExpiredUnknown, "expired_unknown", ExitCode::ExpiredUnknown),
    (Outcome::NotSent, "not_sent", ExitCode::NotSent),
    (Outcome::JournalError, "journal_error", ExitCode::JournalError),
];

impl Outcome {
    fn row(self) -> &'static (Outcome, &'static str, ExitCode) {
        OUTCOMES.iter().find(|(outcome, ..)| *outcome == self).expect("every outcome has its row")
    }

    /// The name in JSON and in the journal.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The exit code that tells a script the same.
    #[must_use]
    pub fn exit_code(self) -> ExitCode {
        self.row().2
    }

    /// Reads back what [`Self::as_str`] wrote.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        OUTCOMES.iter().find(|(_, known, _)| *known == name).map(|row| row.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_used_twice_and_the_table_is_in_order() {
        let codes: Vec<u8> = TABLE.iter().map(|(code, _)| code.as_u8()).collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    }

    #[test]
    fn names_of_outcomes_are_read_back() {
        for (outcome, name, _) in OUTCOMES {
            assert_eq!(Outcome::from_name(name), Some(*outcome));
            assert_eq!(outcome.as_str(), *name);
        }
    }
}
