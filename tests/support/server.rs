//! An HTTP server on loopback that does as it is told: answers, stalls, cuts the line, and records what came in.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub(crate) use super::answer::{Answer, paid};

/// What the server does with one request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Answers.
    Answer(Answer),
    /// 200, but a page of HTML.
    NotJson,
    /// Reads the request, then says nothing for this long and hangs up.
    Stall(Duration),
    /// Takes the connection and cuts it with the request unread.
    DropBeforeRead,
    /// Reads the request and hangs up.
    DropAfterRead,
    /// Reads the request, starts a 200 and hangs up within its headers.
    DropMidHeaders,
    /// Reads the request, answers 200 and hangs up within the body that it announced.
    TruncateBody,
    /// The request arrives whole, then the connection is reset.
    Reset,
    /// Reads the request, stops listening altogether and hangs up.
    Vanish,
    /// Answers the first bytes, whatever they are, in plain text: what a TLS client gets at a plain port.
    NotTls,
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) method: String,
    /// Path and query, not decoded.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    pub(crate) fn key(&self) -> Option<&str> {
        self.header("Idempotency-Key")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body's parameters, decoded, in the order in which they were sent.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The query's parameters, decoded, in the order in which they were sent.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

type Handler = Box<dyn Fn(&Received) -> Step + Send + Sync>;

enum Behaviour {
    Script(Mutex<VecDeque<Step>>),
    Handler(Handler),
}

struct Shared {
    behaviour: Behaviour,
    address: SocketAddr,
    keep_alive: AtomicBool,
    stop: AtomicBool,
    deaf: AtomicBool,
    connections: AtomicUsize,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    requests: Mutex<Vec<Received>>,
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    shared: Arc<Shared>,
}

impl Server {
    /// One step a request, in order. Requests beyond the script are answered 418, and recorded.
    pub(crate) fn script<S: Into<Step>>(steps: impl IntoIterator<Item = S>) -> Self {
        Self::start(Behaviour::Script(Mutex::new(steps.into_iter().map(Into::into).collect())))
    }

    /// The same step for every request.
    pub(crate) fn always(step: impl Into<Step>) -> Self {
        let step = step.into();
        Self::answering(move |_| step.clone())
    }

    /// A step that depends on the request, which is always read first.
    pub(crate) fn answering(handler: impl Fn(&Received) -> Step + Send + Sync + 'static) -> Self {
        Self::start(Behaviour::Handler(Box::new(handler)))
    }

    /// Connections are kept open after an answer.
    pub(crate) fn keep_alive(self) -> Self {
        self.shared.keep_alive.store(true, Ordering::SeqCst);
        self
    }

    fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
        let shared = Arc::new(Shared {
            behaviour,
            address: listener.local_addr().expect("an address"),
            keep_alive: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            deaf: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
            requests: Mutex::new(Vec::new()),
        });
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || accepting.accept(listener));
        Self { shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// Every request that was read whole.
    pub(crate) fn requests(&self) -> Vec<Received> {
        self.shared.requests.lock().expect("no panic in the server").clone()
    }

    /// The only request.
    pub(crate) fn only_request(&self) -> Received {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "one request is expected in {requests:#?}");
        requests.remove(0)
    }

    /// How many connections were opened, with or without a request on them.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many requests were in flight at once, at most.
    pub(crate) fn most_in_flight(&self) -> usize {
        self.shared.most_in_flight.load(Ordering::SeqCst)
    }

    /// The idempotency keys of the requests, in order.
    pub(crate) fn keys(&self) -> Vec<Option<String>> {
        self.requests().iter().map(|request| request.key().map(str::to_owned)).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop_listening();
    }
}

/// The URL of a port where nobody listens.
pub(crate) fn nobody() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
    format!("http://{}", listener.local_addr().expect("an address"))
}

impl Shared {
    fn accept(self: &Arc<Self>, listener: TcpListener) {
        for stream in listener.incoming() {
            if self.stop.load(Ordering::SeqCst) {
                break;
            }
            let Ok(stream) = stream else { continue };
            self.connections.fetch_add(1, Ordering::SeqCst);
            let serving = Arc::clone(self);
            std::thread::spawn(move || serving.serve(stream));
        }
        drop(listener);
        self.deaf.store(true, Ordering::SeqCst);
    }

    fn stop_listening(&self) {
        self.stop.store(true, Ordering::SeqCst);
        while !self.deaf.load(Ordering::SeqCst) {
            drop(TcpStream::connect(self.address));
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn serve(&self, mut stream: TcpStream) {
        while has_data(&stream) && self.serve_one(&mut stream) {}
    }

    /// Serves one request; false when the connection is over.
    fn serve_one(&self, stream: &mut TcpStream) -> bool {
        let scripted = match &self.behaviour {
            Behaviour::Script(steps) => {
                let over = || Answer::error(418, "test_error", Some("the_script_is_over")).into();
                Some(steps.lock().expect("no panic in the server").pop_front().unwrap_or_else(over))
            }
            Behaviour::Handler(_) => None,
        };
        let request = match scripted {
            Some(Step::DropBeforeRead) => return false,
            Some(Step::NotTls) => return answer_in_plain_text(stream),
            // Unread bytes in its buffer make the kernel reset the connection instead of closing it.
            Some(Step::Reset) => peek_request(stream),
            _ => read_request(stream),
        };
        let Some(request) = request else { return false };
        let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_in_flight.fetch_max(now, Ordering::SeqCst);
        let number = {
            let mut requests = self.requests.lock().expect("no panic in the server");
            requests.push(request.clone());
            requests.len()
        };
        let step = match (&self.behaviour, scripted) {
            (Behaviour::Handler(handler), _) => handler(&request),
            (Behaviour::Script(_), step) => step.expect("a script has a step"),
        };
        let goes_on = self.perform(stream, step, number);
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        goes_on
    }

    fn perform(&self, stream: &mut TcpStream, step: Step, number: usize) -> bool {
        match step {
            Step::Answer(answer) => {
                std::thread::sleep(answer.delay);
                let keep = self.keep_alive.load(Ordering::SeqCst);
                let sent = stream.write_all(&answer.on_the_wire(number, keep, 0));
                return sent.is_ok() && keep;
            }
            Step::NotJson => {
                let page = Answer::new(200, "<html><body>It works!</body></html>")
                    .header("Content-Type", "text/html");
                let _ = stream.write_all(&page.on_the_wire(number, false, 0));
            }
            Step::TruncateBody => {
                let _ = stream.write_all(&paid().on_the_wire(number, false, 10_000));
            }
            Step::DropMidHeaders => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: applica");
            }
            Step::Stall(time) => self.stall(time),
            Step::Vanish => self.stop_listening(),
            Step::DropAfterRead | Step::DropBeforeRead | Step::Reset | Step::NotTls => {}
        }
        false
    }

    fn stall(&self, time: Duration) {
        let start = Instant::now();
        while start.elapsed() < time && !self.stop.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn has_data(stream: &TcpStream) -> bool {
    matches!(stream.peek(&mut [0]), Ok(1))
}

fn answer_in_plain_text(stream: &mut TcpStream) -> bool {
    let _ = stream.read(&mut [0; 4096]);
    let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    let _ = stream.shutdown(Shutdown::Write);
    false
}

fn read_request(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 16 * 1024];
    loop {
        if let Some(request) = parse(&bytes) {
            return Some(request);
        }
        match stream.read(&mut buffer) {
            Ok(count @ 1..) => bytes.extend_from_slice(&buffer[..count]),
            _ => return None,
        }
    }
}

fn peek_request(stream: &TcpStream) -> Option<Received> {
    let mut buffer = vec![0_u8; 256 * 1024];
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        let count = stream.peek(&mut buffer).ok().filter(|count| *count > 0)?;
        if let Some(request) = parse(&buffer[..count]) {
            return Some(request);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    None
}

/// Reads a request, once it is there as a whole.
fn parse(bytes: &[u8]) -> Option<Received> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let mut request = Received {
        method: first.next()?.to_owned(),
        target: first.next()?.to_owned(),
        headers,
        body: Vec::new(),
        at: Instant::now(),
    };
    let length = request.header("Content-Length").map_or(0, |length| length.parse().expect("a length"));
    request.body = bytes.get(end + 4..end + 4 + length)?.to_vec();
    Some(request)
}
