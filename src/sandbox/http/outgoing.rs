//! The body of an answer on its way out: whole, or cut off in the middle where a fault wants that.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

/// The connection is to be ended without another byte.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut off on purpose")]
pub(in crate::sandbox) struct Cut;

/// A body.
#[derive(Debug)]
pub(in crate::sandbox) struct Outgoing {
    /// What the head of the answer promises.
    length: u64,
    bytes: Option<Bytes>,
    cut: Option<Cutting>,
}

/// How far the cutting is.
#[derive(Debug, Clone, Copy)]
enum Cutting {
    /// What was given is to be sent first.
    Ahead,
    /// It was sent.
    Now,
}

impl Outgoing {
    /// All of it.
    pub(in crate::sandbox) fn whole(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len() as u64, bytes: Some(bytes.into()), cut: None }
    }

    /// Half of it, and then the end of the connection.
    pub(in crate::sandbox) fn truncated(mut bytes: Vec<u8>) -> Self {
        let length = bytes.len() as u64;
        bytes.truncate(bytes.len() / 2);
        Self { length, bytes: Some(bytes.into()), cut: Some(Cutting::Ahead) }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if let Some(bytes) = self.bytes.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match self.cut {
            None => Poll::Ready(None),
            Some(Cutting::Now) => Poll::Ready(Some(Err(Cut))),
            Some(Cutting::Ahead) => {
                // Waiting once lets the connection send what it has.
                self.cut = Some(Cutting::Now);
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none() && self.cut.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
