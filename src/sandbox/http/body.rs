//! Reading a request's body: so much and no more, and not forever.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use hyper::body::{Body, Incoming};

use crate::sandbox::params::api_error::ApiError;

/// The largest body that is read.
const LIMIT: usize = 1024 * 1024;

/// So much of a body that is too large is thrown away before it is answered: a client that is cut off
/// while it writes sees a broken connection and not the answer.
const DRAINED: usize = 16 * LIMIT;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(60);

/// The whole body, as text.
pub(in crate::sandbox) async fn read(body: Incoming) -> Result<String, ApiError> {
    let read = tokio::time::timeout(PATIENCE, collect(body)).await;
    let bytes = read.map_err(|_| ApiError::refused(408, "The request's body did not arrive in time."))??;
    String::from_utf8(bytes).map_err(|_| ApiError::invalid("The request's body is not valid UTF-8."))
}

async fn collect(mut body: Incoming) -> Result<Vec<u8>, ApiError> {
    let (mut bytes, mut seen) = (Vec::new(), 0);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| ApiError::invalid("The request's body is broken off or malformed."))?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
        if seen <= LIMIT {
            bytes.extend_from_slice(&data);
        } else if seen > DRAINED {
            break;
        }
    }
    if seen > LIMIT {
        let message = format!("The request's body is too large: {LIMIT} bytes are allowed.");
        return Err(ApiError::refused(413, message));
    }
    Ok(bytes)
}
