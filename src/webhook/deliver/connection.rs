//! A connection to a target, and one exchange over it.

use std::error::Error;
use std::io::{self, ErrorKind};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderValue, LOCATION};
use hyper::{Method, Request, Response};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::webhook::outcome::{DeliveryOutcome, DeliveryResult, KEPT_ANSWER};
use crate::webhook::target::Target;

/// How much of an answer is read at most, so that its connection can be used again: an endless one is cut
/// off here.
const READ_ANSWER: usize = 64 * 1024;

/// How long the head of an answer may be, in bytes. It also bounds how much of a flood is read before anything else
/// has its turn.
const MAX_HEAD: usize = 32 * 1024;

/// An open connection. Dropping it closes it.
#[derive(Debug)]
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    driver: JoinHandle<hyper::Result<()>>,
    is_spent: bool,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Connection {
    /// Speaks HTTP over a stream. Must be called inside a runtime, which drives the connection.
    pub(super) async fn open<S>(io: S) -> hyper::Result<Self>
    where
        S: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
    {
        let (sender, connection) = Builder::new().max_buf_size(MAX_HEAD).handshake(io).await?;
        Ok(Self { sender, driver: tokio::spawn(connection), is_spent: false })
    }

    /// Whether the last answer was read whole and the target keeps the connection open.
    #[must_use]
    pub fn can_be_used_again(&self) -> bool {
        !self.is_spent && !self.sender.is_closed()
    }

    /// One exchange: posts a body and reads the answer. The status decides what came of it. `begun` is where
    /// the latency counts from; at `deadline` reading the answer's body ends.
    pub async fn post(
        &mut self,
        target: &Target,
        body: Bytes,
        headers: HeaderMap,
        begun: Instant,
        deadline: Instant,
    ) -> DeliveryResult {
        let answered = match self.sender.ready().await {
            Ok(()) => self.sender.send_request(request(target, body, headers)).await,
            Err(error) => Err(error),
        };
        let latency = begun.elapsed();
        let response = match answered {
            Ok(response) => response,
            Err(error) => {
                let (outcome, detail) = self.failure(&error).await;
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
        let status = response.status().as_u16();
        let location = response.headers().get(LOCATION);
        let location = location.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let outcome = DeliveryOutcome::of_status(status);
        let (answer, detail) = self.read_answer(response, deadline).await;
        DeliveryResult { outcome, status: Some(status), location, detail, latency, answer }
    }

    /// The first bytes of the answer, and what went wrong with the others.
    async fn read_answer(
        &mut self,
        response: Response<Incoming>,
        deadline: Instant,
    ) -> (Vec<u8>, Option<String>) {
        let (mut body, mut answer, mut read) = (response.into_body(), Vec::new(), 0);
        self.is_spent = true;
        while read < READ_ANSWER {
            let frame = match timeout_at(deadline, body.frame()).await {
                Ok(Some(Ok(frame))) => frame,
                Ok(None) => {
                    self.is_spent = false;
                    return (answer, None);
                }
                Ok(Some(Err(error))) => {
                    return (answer, Some(format!("the answer's body is not whole: {}", bottom(&error))));
                }
                Err(_) => return (answer, Some("the answer's body did not end in time".to_owned())),
            };
            let data = frame.into_data().unwrap_or_default();
            read += data.len();
            let room = KEPT_ANSWER.saturating_sub(answer.len());
            answer.extend_from_slice(&data[..data.len().min(room)]);
        }
        (answer, None)
    }

    /// Why there was no answer. The one who sent learns less than the one who drove the connection.
    async fn failure(&mut self, error: &hyper::Error) -> (DeliveryOutcome, String) {
        self.is_spent = true;
        let of_driver = (&mut self.driver).await.ok().and_then(Result::err);
        let error = of_driver.as_ref().unwrap_or(error);
        let reset = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe, ErrorKind::ConnectionAborted];
        let outcome = if error.is_parse() || error.is_parse_too_large() {
            DeliveryOutcome::NotHttp
        } else if io_kind(error).is_some_and(|kind| reset.contains(&kind)) {
            DeliveryOutcome::Reset
        } else if io_kind(error).is_none() {
            DeliveryOutcome::Closed
        } else {
            DeliveryOutcome::Failed
        };
        (outcome, bottom(error))
    }
}

fn request(target: &Target, body: Bytes, headers: HeaderMap) -> Request<Full<Bytes>> {
    let length = body.len();
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = target.path().parse().expect("the path of a URL is the path of a request");
    *request.headers_mut() = headers;
    let host = HeaderValue::from_str(&target.host_header()).expect("the host of a URL is a header");
    request.headers_mut().entry(HOST).or_insert(host);
    request.headers_mut().entry(CONTENT_LENGTH).or_insert(length.into());
    request
}

fn io_kind(error: &hyper::Error) -> Option<ErrorKind> {
    causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind)
}

fn causes(error: &hyper::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first: &(dyn Error + 'static) = error;
    std::iter::successors(Some(first), |cause| Error::source(*cause))
}

/// The cause at the bottom.
fn bottom(error: &hyper::Error) -> String {
    causes(error).last().map_or_else(String::new, ToString::to_string)
}
