//! An event on its way: stored, delivered once, and what came of it stored too.

use hyper::body::Bytes;

use super::deliver::Deliverer;
use super::delivery::DELIVERY_HEADERS;
use super::event::EventError;
use super::outcome::DeliveryResult;
use super::signature::sign;
use super::signing_key::SigningKey;
use super::store::{AttemptStart, EventStore, NewEvent, Sender, Source, StoreError};
use super::target::Target;
use crate::time::UnixMillis;

/// Why an event was not delivered, or what came of it was not stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DispatchError {
    /// The bytes are not an event.
    #[error(transparent)]
    Event(#[from] EventError),
    /// It could not be stored: nothing was sent.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An event that was sent.
#[derive(Debug)]
pub struct Dispatched {
    /// The signature that was sent.
    pub signature: String,
    /// What came of it.
    pub result: DeliveryResult,
    /// Why the result could not be stored, where it could not: the attempt then stands without one.
    pub unrecorded: Option<StoreError>,
}

/// Delivers an event that paycli made. The event and its attempt are on the disk before its first byte is
/// sent, and the result before this returns.
///
/// # Errors
/// When the bytes are not an event, or cannot be stored: nothing was sent.
pub async fn dispatch(
    store: &mut EventStore,
    deliverer: &Deliverer,
    target: &Target,
    body: Vec<u8>,
    keys: &[SigningKey],
) -> Result<Dispatched, DispatchError> {
    let now = UnixMillis::now().0;
    let signature = sign(&body, now.div_euclid(1000), keys);
    let headers = DELIVERY_HEADERS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let event = NewEvent::read(&body, Source::Triggered, now)?
        .with_headers(headers)
        .with_signature(Some(signature.clone()));
    let place = target.to_string();
    let start = AttemptStart {
        sender: Sender::Trigger,
        target: &place,
        signature: Some(&signature),
        started_at: now,
    };
    let attempt = store.step(|step| {
        let kept = step.insert_event(&event)?;
        step.begin_attempt(kept.seq, &start)
    })?;
    let result = deliverer.deliver(target, Bytes::from(body), &signature).await;
    let finished_at = UnixMillis::now().0;
    let unrecorded = store.step(|step| step.finish_attempt(attempt, &result, finished_at)).err();
    Ok(Dispatched { signature, result, unrecorded })
}
