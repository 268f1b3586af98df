//! One delivery attempt: what is sent, and how each way to answer it, or not to, is classified.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper::body::Bytes;
use paycli::webhook::{Deliverer, DeliveryOutcome, DeliveryResult, KEPT_ANSWER, Target};

use crate::support::Server;
use crate::support::answer::Answer;
use crate::support::server::{Step, nobody};

fn deliver(url: &str) -> DeliveryResult {
    let target: Target = url.parse().expect("a target");
    let deliverer = Deliverer::new(Duration::from_millis(700));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(deliverer.deliver(&target, Bytes::from_static(b"{\n  \"id\": \"evt_1\"\n}"), "t=1,v1=a"))
}

/// A server that answers each connection with these bytes and closes it.
fn raw(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else { return };
        let mut seen = [0; 4096];
        let _ = stream.read(&mut seen);
        let _ = stream.write_all(answer);
    });
    url
}

#[test]
fn the_headers_are_stripes_and_the_bytes_are_as_given() {
    let server = Server::always(Answer::new(200, "{\"received\":true}"));
    let result = deliver(&format!("{}/hook?x=1", server.url()));
    assert_eq!((result.outcome, result.status), (DeliveryOutcome::Accepted, Some(200)));
    assert_eq!(result.answer, b"{\"received\":true}");
    assert!(result.latency > Duration::ZERO);
    let seen = server.only_request();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/hook?x=1"));
    assert_eq!(seen.body, b"{\n  \"id\": \"evt_1\"\n}");
    let mut headers: Vec<_> =
        seen.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
    headers.retain(|(name, _)| name != "host");
    headers.sort();
    let expected = [
        ("accept", "*/*; q=0.5, application/xml"),
        ("cache-control", "no-cache"),
        ("content-length", "19"),
        ("content-type", "application/json; charset=utf-8"),
        ("stripe-signature", "t=1,v1=a"),
        ("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
    ];
    assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn every_way_to_fail_is_told_apart() {
    for (step, outcome, status) in [
        (Step::from(Answer::new(500, "{}")), DeliveryOutcome::Rejected, Some(500)),
        (Answer::new(404, "{}").into(), DeliveryOutcome::Rejected, Some(404)),
        (
            Answer::new(302, "{}").header("Location", "http://127.0.0.1:1/other").into(),
            DeliveryOutcome::Redirected,
            Some(302),
        ),
        (Step::DropAfterRead, DeliveryOutcome::Closed, None),
        (Step::Reset, DeliveryOutcome::Reset, None),
        (Step::Stall(Duration::from_secs(3)), DeliveryOutcome::TimedOut, None),
        (Step::DropMidHeaders, DeliveryOutcome::Closed, None),
        (Step::TruncateBody, DeliveryOutcome::Accepted, Some(200)),
    ] {
        let server = Server::script([step.clone()]);
        let result = deliver(&server.url());
        assert_eq!((result.outcome, result.status), (outcome, status), "{step:?} {result:?}");
        assert_eq!(server.requests().len(), 1, "never repeated, never followed: {step:?}");
    }
    assert_eq!(deliver(&nobody()).outcome, DeliveryOutcome::ConnectionRefused);
    assert_eq!(deliver(&raw(b"SSH-2.0-OpenSSH_9.2\r\n")).outcome, DeliveryOutcome::NotHttp);
    let secure = Server::script([Step::NotTls]);
    assert_eq!(deliver(&secure.url().replace("http://", "https://")).outcome, DeliveryOutcome::TlsFailed);
    assert_eq!(deliver("http://name.invalid/").outcome, DeliveryOutcome::UnknownHost);
}

#[test]
fn details_are_words_and_a_redirect_names_its_place() {
    let server = Server::always(Answer::new(302, "{}").header("Location", "http://127.0.0.1:1/other"));
    assert_eq!(deliver(&server.url()).location.as_deref(), Some("http://127.0.0.1:1/other"));
    let stalled = Server::always(Step::Stall(Duration::from_secs(3)));
    assert_eq!(deliver(&stalled.url()).detail.as_deref(), Some("no answer within 700ms"));
    let cut = Server::always(Step::TruncateBody);
    assert!(deliver(&cut.url()).detail.is_some_and(|detail| detail.contains("not whole")));
}

#[test]
fn of_a_flood_the_first_bytes_are_kept() {
    let long = "x".repeat(3_000_000);
    let server = Server::always(Answer::new(200, &long));
    let result = deliver(&server.url());
    assert_eq!((result.outcome, result.answer.len()), (DeliveryOutcome::Accepted, KEPT_ANSWER));
}

#[test]
fn connections_are_kept_for_the_next_delivery() {
    let server = Server::always(Answer::new(200, "{}")).keep_alive();
    let target: Target = server.url().parse().expect("a target");
    let deliverer = Deliverer::new(Duration::from_secs(5));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for _ in 0..3 {
        let result = runtime.block_on(deliverer.deliver(&target, Bytes::from_static(b"{}"), "t=1,v1=a"));
        assert_eq!(result.outcome, DeliveryOutcome::Accepted);
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 1));
}

/// A server that answers every request on a connection with the same bytes, `requests` of them, and then closes it.
/// Counts its connections.
fn repeating(answer: &'static [u8], requests: usize) -> (Target, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let target = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a target");
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            counter.fetch_add(1, Ordering::SeqCst);
            std::thread::spawn(move || {
                for _ in 0..requests {
                    let (mut seen, mut piece) = (Vec::new(), [0; 4096]);
                    while !seen.ends_with(b"{}") {
                        match stream.read(&mut piece) {
                            Ok(length) if length > 0 => seen.extend_from_slice(&piece[..length]),
                            _ => return,
                        }
                    }
                    let _ = stream.write_all(answer);
                }
            });
        }
    });
    (target, connections)
}

/// Delivers so many times, with a pause between, over one deliverer.
fn deliver_again(target: &Target, times: usize) -> Vec<DeliveryResult> {
    let deliverer = Deliverer::new(Duration::from_secs(5));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut results = Vec::new();
        for _ in 0..times {
            results.push(deliverer.deliver(target, Bytes::from_static(b"{}"), "t=1,v1=a").await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        results
    })
}

#[test]
fn an_answer_in_chunks_behind_an_interim_one_is_read_and_its_connection_kept() {
    let (target, connections) = repeating(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x\r\nd\r\n0\r\nA: b\r\n\r\n",
        9,
    );
    for result in deliver_again(&target, 3) {
        assert_eq!((result.outcome, result.status), (DeliveryOutcome::Accepted, Some(200)), "{result:?}");
        assert_eq!((result.answer.as_slice(), result.detail), (&b"abcd"[..], None));
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[test]
fn a_connection_that_is_closed_or_has_more_to_say_is_not_used_again() {
    for (answer, requests) in [
        // Closed behind the answer, without a word.
        (&b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"[..], 1),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", 9),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 9),
        (b"HTTP/1.1 200 OK\r\n\r\nok", 1),
        // What comes behind an answer would be taken for the next one.
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", 9),
    ] {
        let (target, connections) = repeating(answer, requests);
        for result in deliver_again(&target, 3) {
            assert_eq!((result.outcome, result.status), (DeliveryOutcome::Accepted, Some(200)), "{result:?}");
            assert_eq!((result.answer.as_slice(), result.detail), (&b"ok"[..], None));
        }
        assert_eq!(connections.load(Ordering::SeqCst), 3, "{}", String::from_utf8_lossy(answer));
    }
}

#[test]
fn a_target_that_answers_before_it_has_read_everything_is_heard() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let target: Target =
        format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a target");
    std::thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else { return };
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
        // Neither read from nor closed while the delivery lasts.
        std::thread::sleep(Duration::from_secs(20));
    });
    let deliverer = Deliverer::new(Duration::from_secs(10));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let body = Bytes::from(vec![b'x'; 32 << 20]);
    let result = runtime.block_on(deliverer.deliver(&target, body, "t=1,v1=a"));
    assert_eq!((result.status, result.answer.as_slice()), (Some(413), &b"big"[..]), "{:?}", result.detail);
}
