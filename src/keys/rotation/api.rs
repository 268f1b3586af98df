//! What a rotation needs of the API. The room of requests is above this one, so the way there is handed in.

use crate::exit::ExitCode;
use crate::keys::ApiKey;
use crate::time::UnixMillis;

/// What the API says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// It takes the key: 200, or 403 for a restricted one.
    Alive {
        /// The account, where the answer tells it.
        account: Option<String>,
    },
    /// 401.
    Refused,
    /// No answer that tells.
    Unknown(ApiFailure),
}

/// A key that the API made.
#[derive(Debug)]
pub struct Made {
    /// The id of its object.
    pub id: String,
    /// The key.
    pub key: ApiKey,
}

/// Why the API did not do what it was asked, or is not known to have done it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiFailure {
    /// What happened, in a few words.
    pub why: String,
    /// The exit code of a request that fails like this.
    pub code: ExitCode,
    /// Whether it may have been done all the same.
    pub may_be_done: bool,
}

/// The way to the API.
pub trait Api {
    /// Whether it takes a key, and whose it is.
    fn probe(&self, key: &ApiKey) -> Probe;

    /// The id of a key's object, where the API tells it.
    ///
    /// # Errors
    /// When the API does not answer or does not allow it.
    fn find(&self, with: &ApiKey, wanted: &ApiKey) -> Result<Option<String>, ApiFailure>;

    /// Makes a new key in place of another, which works for so many minutes more.
    ///
    /// # Errors
    /// When the API refuses, or its answer is lost: the same idempotency key gets it again.
    fn rotate(
        &self,
        with: &ApiKey,
        id: &str,
        minutes: u64,
        idempotency_key: &str,
    ) -> Result<Made, ApiFailure>;

    /// Expires a key at once; the time from which it is refused, where the API tells it.
    ///
    /// # Errors
    /// When the API refuses, or its answer is lost.
    fn expire(&self, with: &ApiKey, id: &str) -> Result<Option<UnixMillis>, ApiFailure>;
}
