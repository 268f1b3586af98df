//! Reading an answer: from what came back and what was known before to what is known now. The table of
//! this tool.
//!
//! First: is it the API's? Whatever stands between (a proxy, a load balancer, a captive portal) answers with
//! every status that there is, and may do so after the API has executed the request. Only then the status
//! means something.

use crate::exit::Outcome;
use crate::journal::Execution;

use super::reply::{Answer, ApiError, Reply, Unsent};

/// What is known of the request before the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Whether the request can change anything.
    pub is_write: bool,
    /// Whether an earlier attempt may have been executed.
    pub maybe: bool,
}

/// Whether, and how, another attempt with the same idempotency key can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It would end the same.
    No,
    /// After a while.
    Later,
    /// At once, with the previous API key, where the one in use has just been rotated. The API refused the
    /// key, so this attempt was not executed.
    WithPreviousKey,
}

/// What an attempt tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerReading {
    /// What it means for the caller, should it be the last attempt.
    pub outcome: Outcome,
    /// What it tells of the execution of the idempotency key.
    pub execution: Execution,
    /// Whether another attempt can help.
    pub retry: Retry,
    /// The API's error, where the answer has one.
    pub error: Option<ApiError>,
    /// What happened, in a few words.
    pub detail: String,
}

/// One row of the table.
type Row = (Outcome, Execution, Retry);

/// Reads what came back of one attempt.
#[must_use]
pub fn read(reply: &Reply, situation: Situation) -> AnswerReading {
    let (row, error, detail) = match reply {
        Reply::NotSent(why) => (not_sent(why, situation), None, why.to_string()),
        Reply::Lost(why) => (lost(situation), None, why.clone()),
        Reply::Answer(answer) => {
            let error = answer.api_error().filter(|_| answer.status >= 400);
            let row = match &error {
                _ if !situation.is_write => of_a_read(answer, error.is_some()),
                Some(error) => refused(answer, error, situation.maybe),
                None if is_result(answer) => (Outcome::Succeeded, Execution::Final, Retry::No),
                None => (Outcome::Unknown, Execution::Maybe, retry_of(answer.status)),
            };
            let detail = detail(answer, error.as_ref(), situation);
            (row, error, detail)
        }
    };
    let (outcome, execution, retry) = row;
    AnswerReading { outcome, execution, retry, error, detail }
}

/// Whether an answer is the API's result of a write: every one of them is a JSON object.
fn is_result(answer: &Answer) -> bool {
    (200..300).contains(&answer.status) && answer.is_object()
}

fn not_sent(why: &Unsent, situation: Situation) -> Row {
    let outcome = if situation.is_write && situation.maybe { Outcome::Unknown } else { Outcome::NotSent };
    let retry = match why {
        Unsent::Unreachable(_) | Unsent::LeaseLost => Retry::Later,
        Unsent::Untrusted(_) => Retry::No,
    };
    (outcome, Execution::NotExecuted, retry)
}

fn lost(situation: Situation) -> Row {
    let outcome = if situation.is_write { Outcome::Unknown } else { Outcome::ServerError };
    (outcome, Execution::Maybe, Retry::Later)
}

/// The API's refusal of a write. `maybe`: an earlier attempt may have been executed, and then only a replay,
/// or a result that the API stores (402), says what became of it.
fn refused(answer: &Answer, error: &ApiError, maybe: bool) -> Row {
    let unless_maybe = |outcome| if maybe { Outcome::Unknown } else { outcome };
    let is_other_request = error.kind.as_deref() == Some("idempotency_error");
    match answer.status {
        402 => (Outcome::Declined, Execution::Final, Retry::No),
        409 => (Outcome::InProgress, Execution::Maybe, unless_forbidden(answer)),
        429 => (unless_maybe(Outcome::RateLimited), Execution::NotExecuted, unless_forbidden(answer)),
        401 => (unless_maybe(Outcome::Unauthorized), Execution::NotExecuted, Retry::WithPreviousKey),
        // What the server keeps for this key never changes, so it is where it says that a retry does not help.
        424 | 500.. if answer.replayed || answer.should_retry == Some(false) => {
            (Outcome::ServerError, Execution::Maybe, Retry::No)
        }
        424 | 500.. => (Outcome::Unknown, Execution::Maybe, Retry::Later),
        _ if maybe && (is_other_request || !answer.replayed) => {
            (Outcome::Unknown, Execution::NotExecuted, Retry::No)
        }
        _ if is_other_request => (Outcome::KeyMismatch, Execution::Final, Retry::No),
        status => (refusal(status), Execution::Final, Retry::No),
    }
}

/// A read changes nothing, so its last answer is all that there is to know. Whether it is the API's decides
/// only what a retry is good for.
fn of_a_read(answer: &Answer, is_the_apis: bool) -> Row {
    let (outcome, retry) = match answer.status {
        200..=299 if is_whole(answer) => return (Outcome::Succeeded, Execution::Final, Retry::No),
        401 if is_the_apis => (Outcome::Unauthorized, Retry::WithPreviousKey),
        401 => (Outcome::Unauthorized, Retry::No),
        402 => (Outcome::Declined, Retry::No),
        409 => (Outcome::InProgress, unless_forbidden(answer)),
        429 => (Outcome::RateLimited, unless_forbidden(answer)),
        424 | 500.. => (Outcome::ServerError, unless_forbidden(answer)),
        ..300 => (Outcome::ServerError, Retry::Later),
        status => (refusal(status), retry_of(status)),
    };
    (outcome, Execution::NotExecuted, retry)
}

/// Whether a 2xx answer to a read is all there, and nobody's page: some files of the API are not JSON.
fn is_whole(answer: &Answer) -> bool {
    match answer.media_type() {
        Some(name) if name.contains("json") => {
            serde_json::from_slice::<serde::de::IgnoredAny>(&answer.body).is_ok()
        }
        Some(name) => !name.eq_ignore_ascii_case("text/html"),
        None => true,
    }
}

const fn refusal(status: u16) -> Outcome {
    match status {
        403 => Outcome::Forbidden,
        404 => Outcome::NotFound,
        _ => Outcome::Invalid,
    }
}

fn unless_forbidden(answer: &Answer) -> Retry {
    if answer.should_retry == Some(false) { Retry::No } else { Retry::Later }
}

/// Whether a retry can help after an answer that may be anybody's, by what its status says of the one who
/// gave it: too slow, too busy, or cut off. A redirect or a page that asks for a login stays what it is.
const fn retry_of(status: u16) -> Retry {
    match status {
        ..300 | 408 | 409 | 421 | 424 | 425 | 429 | 460 | 499 | 500.. => Retry::Later,
        _ => Retry::No,
    }
}

/// The status, the API's code, and what an answer is that is not the API's.
fn detail(answer: &Answer, error: Option<&ApiError>, situation: Situation) -> String {
    let status = answer.status;
    let is_known =
        if situation.is_write { is_result(answer) } else { answer.status < 300 && is_whole(answer) };
    match error {
        Some(ApiError { code: Some(code), .. }) => format!("{status} {code}"),
        Some(_) => status.to_string(),
        None if is_known => status.to_string(),
        None if (300..400).contains(&status) => format!("{status}, a redirect"),
        None => format!("{status} with {}, which is not an answer of the API", shape(answer)),
    }
}

fn shape(answer: &Answer) -> String {
    match answer.media_type() {
        _ if answer.body.is_empty() => "an empty body".to_owned(),
        _ if answer.is_object() => "JSON that has no error of the API in it".to_owned(),
        Some(name) if name.len() <= 40 && !name.contains("json") => format!("a body of the type {name}"),
        _ => "a body that is not whole JSON".to_owned(),
    }
}

#[cfg(test)]
mod tests;
