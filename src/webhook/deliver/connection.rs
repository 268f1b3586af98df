//! A connection to a target, and one exchange over it.
//!
//! HTTP is spoken here over httparse, with no task and no channel between who sends and the socket: a delivery is one
//! write and one read, and a replay makes tens of thousands a second.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, timeout_at};

use super::answer::{Framing, Head};
use crate::webhook::outcome::{DeliveryOutcome, DeliveryResult, KEPT_ANSWER};

/// How much of an answer is read at most, so that its connection can be used again: an endless one is cut
/// off here.
const READ_ANSWER: usize = 64 * 1024;

/// How much is read at once, in bytes.
const PIECE: usize = 4096;

/// What a connection runs over: TCP or TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for S {}

/// An open connection. Dropping it closes it.
pub struct Connection {
    stream: Box<dyn Stream>,
    /// What was read and is not used yet.
    unread: Vec<u8>,
    /// Whether an exchange began that did not leave the connection as it found it.
    is_spent: bool,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("is_spent", &self.is_spent).finish_non_exhaustive()
    }
}

/// Why there is no answer.
enum Failure {
    /// The bytes that came are not one.
    NotHttp(String),
    /// The connection ended before one came.
    Closed,
    /// The system said so.
    Io(io::Error),
}

impl Connection {
    pub(super) fn new(stream: impl Stream + 'static) -> Self {
        Self { stream: Box::new(stream), unread: Vec::new(), is_spent: false }
    }

    /// Whether the last answer was read whole, and the target says that it keeps the connection open.
    #[must_use]
    pub const fn is_kept_open(&self) -> bool {
        !self.is_spent
    }

    /// Whether it can be used again now: the target has neither closed it since nor sent anything.
    pub fn is_ready(&mut self) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        let mut byte = [0];
        let mut room = ReadBuf::new(&mut byte);
        !self.is_spent && Pin::new(&mut self.stream).poll_read(&mut context, &mut room).is_pending()
    }

    /// One exchange: sends a request and reads the answer. The status decides what came of it. `begun` is where
    /// the latency counts from; at `deadline` reading the answer's body ends.
    pub async fn exchange(&mut self, request: &[u8], begun: Instant, deadline: Instant) -> DeliveryResult {
        // Until the answer was read whole: who gives up waiting leaves a connection that nobody may use.
        self.is_spent = true;
        let mut sending = Sending { request, sent: 0, failed: None, is_flushed: false };
        let answered = self.head(&mut sending).await;
        let latency = begun.elapsed();
        let head = match answered {
            Ok(head) => head,
            Err(failure) => {
                let (outcome, detail) = failure.told();
                let detail = Some(detail);
                return DeliveryResult {
                    outcome,
                    status: None,
                    location: None,
                    detail,
                    latency,
                    answer: Vec::new(),
                };
            }
        };
        let (answer, detail) = self.body(head.body, deadline).await;
        let is_whole = detail.is_none() && sending.is_flushed && self.unread.is_empty();
        self.is_spent |= !(is_whole && head.is_kept_open);
        let (outcome, status) = (DeliveryOutcome::of_status(head.status), Some(head.status));
        DeliveryResult { outcome, status, location: head.location, detail, latency, answer }
    }

    /// Sends the request and waits for the head of the answer, both at once: a target may answer, and read no
    /// further, before it has everything.
    async fn head(&mut self, sending: &mut Sending<'_>) -> Result<Head, Failure> {
        poll_fn(|context| {
            sending.poll(&mut self.stream, context);
            loop {
                match Head::read(&self.unread).map_err(Failure::NotHttp)? {
                    Some((head, length)) => {
                        self.unread.drain(..length);
                        if !head.is_interim() {
                            return Poll::Ready(Ok(head));
                        }
                    }
                    None => match ready!(self.poll_more(context)) {
                        Ok(0) => {
                            return Poll::Ready(Err(sending
                                .failed
                                .take()
                                .map_or(Failure::Closed, Failure::Io)));
                        }
                        Ok(_) => {}
                        Err(error) => return Poll::Ready(Err(Failure::Io(error))),
                    },
                }
            }
        })
        .await
    }

    /// The first bytes of the answer's body, and why the others are not there. Clears `is_spent` where the end of the
    /// body was found.
    async fn body(&mut self, mut framing: Framing, deadline: Instant) -> (Vec<u8>, Option<String>) {
        let (mut answer, mut read) = (Vec::new(), 0);
        let not_whole = |why: &str| Some(format!("the answer's body is not whole: {why}"));
        while !framing.is_over() {
            let (used, content) = match framing.take(&self.unread) {
                Ok(taken) => taken,
                Err(why) => return (answer, not_whole(&why)),
            };
            read += content.len();
            let room = KEPT_ANSWER.saturating_sub(answer.len());
            answer.extend_from_slice(&content[..content.len().min(room)]);
            self.unread.drain(..used);
            if read >= READ_ANSWER && !framing.is_over() {
                return (answer, None);
            }
            if used > 0 || framing.is_over() {
                continue;
            }
            match timeout_at(deadline, poll_fn(|context| self.poll_more(context))).await {
                Ok(Ok(0)) if framing == Framing::UntilClosed => return (answer, None),
                Ok(Ok(0)) => return (answer, not_whole("the connection was closed before its end")),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return (answer, not_whole(&error.to_string())),
                Err(_) => return (answer, Some("the answer's body did not end in time".to_owned())),
            }
        }
        self.is_spent = false;
        (answer, None)
    }

    /// Reads a piece behind what is unread; how many bytes it has, none at the end of the connection.
    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut piece = [const { MaybeUninit::uninit() }; PIECE];
        let mut room = ReadBuf::uninit(&mut piece);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut room))?;
        self.unread.extend_from_slice(room.filled());
        Poll::Ready(Ok(room.filled().len()))
    }
}

/// A request on its way.
struct Sending<'a> {
    request: &'a [u8],
    sent: usize,
    /// Why no more can be sent; an answer may have come all the same.
    failed: Option<io::Error>,
    is_flushed: bool,
}

impl Sending<'_> {
    /// Sends what the system takes now.
    fn poll(&mut self, stream: &mut Box<dyn Stream>, context: &mut Context<'_>) {
        while self.failed.is_none() && !self.is_flushed {
            let rest = &self.request[self.sent..];
            let done = if rest.is_empty() {
                Pin::new(&mut *stream).poll_flush(context).map_ok(|()| self.is_flushed = true)
            } else {
                Pin::new(&mut *stream).poll_write(context, rest).map(|written| match written? {
                    0 => Err(ErrorKind::WriteZero.into()),
                    length => {
                        self.sent += length;
                        Ok(())
                    }
                })
            };
            match done {
                Poll::Pending => return,
                Poll::Ready(done) => self.failed = done.err(),
            }
        }
    }
}

impl Failure {
    /// What it means for a delivery, and the words.
    fn told(&self) -> (DeliveryOutcome, String) {
        let closed = || "the connection was closed before the answer was whole".to_owned();
        match self {
            Self::NotHttp(why) => (DeliveryOutcome::NotHttp, why.clone()),
            Self::Closed => (DeliveryOutcome::Closed, closed()),
            Self::Io(error) => match error.kind() {
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted => {
                    (DeliveryOutcome::Reset, error.to_string())
                }
                // What TLS calls a connection that ends without a goodbye.
                ErrorKind::UnexpectedEof => (DeliveryOutcome::Closed, closed()),
                _ => (DeliveryOutcome::Failed, error.to_string()),
            },
        }
    }
}
