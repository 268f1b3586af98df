//! The fence at the body of a request: the body is asked for when the connection is there and the request is about
//! to be written, which may be long after the attempt was recorded. Without its body no server takes the request.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};

use crate::journal::Fence;

/// Lets the body of one request out, or not.
pub(super) struct BodyGate {
    fence: Fence,
    is_shut: Arc<AtomicBool>,
}

impl BodyGate {
    pub(super) fn new(fence: &Fence) -> Self {
        Self { fence: fence.clone(), is_shut: Arc::default() }
    }

    /// The body behind the gate.
    pub(super) fn guard(&self, body: reqwest::Body) -> reqwest::Body {
        let is_shut = Arc::clone(&self.is_shut);
        reqwest::Body::wrap(GuardedBody { body, fence: self.fence.clone(), is_shut })
    }

    /// Whether a body was kept back.
    pub(super) fn is_shut(&self) -> bool {
        self.is_shut.load(Ordering::SeqCst)
    }
}

/// The lease that the request was recorded under is lost.
#[derive(Debug, thiserror::Error)]
#[error("the lease of the key was lost")]
struct LeaseLost;

struct GuardedBody {
    body: reqwest::Body,
    fence: Fence,
    is_shut: Arc<AtomicBool>,
}

impl Body for GuardedBody {
    type Data = <reqwest::Body as Body>::Data;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if !self.fence.holds() {
            self.is_shut.store(true, Ordering::SeqCst);
            return Poll::Ready(Some(Err(LeaseLost.into())));
        }
        Pin::new(&mut self.body).poll_frame(context).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
