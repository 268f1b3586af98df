//! What is answered, in its last form: the status, the very bytes, and what the headers are to tell.

use crate::sandbox::params::api_error::{ApiError, add_request_log};
use crate::sandbox::resources::Answer;

/// What is answered, in its last form.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Reply {
    /// The HTTP status.
    pub(in crate::sandbox) status: u16,
    /// The very bytes; a replay's are those of the first answer.
    pub(in crate::sandbox) body: Vec<u8>,
    /// Whether this is the stored answer of an earlier request.
    pub(in crate::sandbox) replayed: bool,
    /// The request that first came with this idempotency key.
    pub(in crate::sandbox) original: Option<String>,
    /// Whether deliveries of events wait since this request.
    pub(in crate::sandbox) has_deliveries: bool,
    /// Why the rate limiter refused, where it did.
    pub(in crate::sandbox) limited: Option<&'static str>,
}

impl Reply {
    /// An answer that has just been made.
    pub(in crate::sandbox) fn new(answer: &Answer) -> Self {
        // Writing JSON that was just built cannot fail.
        let body = serde_json::to_vec_pretty(&answer.body).unwrap_or_default();
        Self { status: answer.status, body, ..Self::default() }
    }

    /// The same for a request of v1, whose errors tell where it is logged.
    pub(in crate::sandbox) fn logged(mut answer: Answer, request_id: &str, now: i64) -> Self {
        add_request_log(&mut answer.body, request_id, now);
        Self::new(&answer)
    }
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Self {
        Self::new(&Answer::error(&error))
    }
}
