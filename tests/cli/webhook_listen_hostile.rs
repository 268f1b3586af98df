//! `webhook listen` between clients that send what no sender should, and targets that answer what none should.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::webhook_listen::{accepting, body, deliver, header_of, interrupt, started, stored};
use crate::support::{Home, keys};

/// A connection to a listener, which is waited for half a minute at most.
fn connect(url: &str) -> TcpStream {
    let stream = TcpStream::connect(url.strip_prefix("http://").expect("loopback")).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time limit");
    stream
}

/// Everything that comes back to these bytes.
fn raw(url: &str, bytes: &[u8]) -> String {
    let mut stream = connect(url);
    // Who refuses early may have hung up already.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut seen = Vec::new();
    let _ = stream.read_to_end(&mut seen);
    String::from_utf8_lossy(&seen).into_owned()
}

fn statuses(answers: &str) -> Vec<&str> {
    answers.split("HTTP/1.").skip(1).map(|part| &part[2..5]).collect()
}

/// A signed delivery, with these header lines.
fn request(version: &str, lines: &[&str], body: &str) -> String {
    let signature = header_of(body, &keys::webhook_secret());
    let first = format!("POST / HTTP/{version}\r\nHost: x\r\n{signature}");
    [&[first.as_str()], lines, &["", ""]].concat().join("\r\n")
}

fn whole(number: usize) -> String {
    let body = body(number, "invoice.paid");
    request("1.1", &[&format!("Content-Length: {}", body.len())], &body) + &body
}

/// A target that does something with every connection once it has read of it.
fn target(act: impl Fn(&mut TcpStream) + Send + Clone + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(mut stream), act) = (stream, act.clone()) else { return };
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 8 * 1024]);
                act(&mut stream);
            });
        }
    });
    url
}

/// Writes the same bytes for ever, until the other side hangs up.
fn flood(stream: &mut TcpStream, first: &[u8], again: &[u8]) {
    let mut sent = stream.write_all(first);
    while sent.is_ok() {
        sent = stream.write_all(again);
    }
}

#[test]
fn a_target_that_floods_takes_no_memory_and_keeps_nobody_waiting() {
    const EVENTS: usize = 4;
    let block = [b"8000\r\n".as_slice(), &vec![b'x'; 0x8000], b"\r\n"].concat();
    let endless_body =
        target(move |stream| flood(stream, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", &block));
    let endless_header = target(|stream| flood(stream, b"HTTP/1.1 200 OK\r\nX: ", &vec![b'x'; 0x8000]));
    let many_headers = target(|stream| flood(stream, b"HTTP/1.1 200 OK\r\n", &b"X-Y: z\r\n".repeat(4096)));
    let informational = target(|stream| flood(stream, b"", &b"HTTP/1.1 102 Processing\r\n\r\n".repeat(64)));
    let endless_line = target(|stream| flood(stream, b"", &vec![b'x'; 0x8000]));
    let (home, good) = (Home::new(), accepting());
    let targets = [endless_body, endless_header, many_headers, informational, endless_line, good.url()];
    let mut args = vec!["--timeout", "2s", "--json"];
    args.extend(targets.iter().flat_map(|url| ["--forward-to", url.as_str()]));
    let (mut running, url) = started(&home, &args);
    for number in 0..EVENTS {
        assert_eq!(deliver(&url, &body(number, "invoice.paid")).status, 200);
    }
    running.until("all at the good one", |_| good.requests().len() == EVENTS);
    running.until("all answered", |running| {
        running.stdout_so_far().matches("\"forward\"").count() == EVENTS * targets.len()
    });
    let memory = running.peak_memory().expect("it is running");
    assert!(memory < 256 << 20, "{memory} bytes");
    interrupt(&running);
    let lines = running.wait().ndjson();
    let outcomes = |url: &str| -> Vec<String> {
        let of = lines.iter().filter(|line| {
            line["kind"] == "forward" && line["target"].as_str().is_some_and(|target| target.starts_with(url))
        });
        of.map(|line| line["outcome"].as_str().expect("an outcome").to_owned()).collect()
    };
    assert_eq!(outcomes(&targets[0]), ["accepted"; EVENTS], "the status decides");
    for flooding in &targets[1..5] {
        let outcomes = outcomes(flooding);
        assert_eq!(outcomes.len(), EVENTS);
        assert!(
            outcomes.iter().all(|outcome| outcome == "not_http" || outcome == "timed_out"),
            "{outcomes:?}"
        );
    }
}

#[test]
fn the_usual_limit_of_a_body_is_a_megabyte_whether_its_length_is_announced_or_not() {
    let home = Home::new();
    let (mut running, url) = started(&home, &[]);
    let of_size = |size: usize| {
        let body = body(1, "invoice.paid");
        let room = size - body.len();
        body.replacen("\"thing\"", &format!("\"thing{}\"", "x".repeat(room)), 1)
    };
    let chunked = |body: &str| {
        let head = request("1.1", &["Transfer-Encoding: chunked", "Connection: close"], body);
        format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
    };
    let (largest, larger) = (of_size(1_000_000), of_size(1_000_001));
    assert_eq!(deliver(&url, &largest).status, 200);
    assert_eq!(deliver(&url, &larger).status, 413);
    assert_eq!(statuses(&raw(&url, chunked(&largest).as_bytes())), ["200"]);
    assert_eq!(statuses(&raw(&url, chunked(&larger).as_bytes())), ["413"]);
    // What is announced as far larger is not waited for.
    let head = request("1.1", &["Content-Length: 100000000000"], "x");
    assert_eq!(statuses(&raw(&url, head.as_bytes())), ["413"]);
    let memory = running.peak_memory().expect("it is running");
    assert!(memory < 256 << 20, "{memory} bytes");
    running.kill();
}

#[test]
fn what_is_no_request_is_refused_and_the_next_delivery_is_taken() {
    let home = Home::new();
    let (mut running, url) = started(&home, &[]);
    let signed = body(1, "invoice.paid");
    let with = |lines: &[&str], rest: &str| request("1.1", lines, &signed) + rest;
    let many: Vec<String> = (0..500).map(|number| format!("X-{number}: y")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let huge = format!("X: {}", "y".repeat(2 << 20));
    for (name, bytes, refusals) in [
        ("nothing", Vec::new(), &[""][..]),
        ("garbage", vec![0xff; 5000], &["400"]),
        ("tls", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), &["400"]),
        ("http/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &["400", "505", ""]),
        ("a bad chunk", with(&["Transfer-Encoding: chunked"], "zz\r\nabc\r\n0\r\n\r\n").into(), &["400"]),
        (
            "a negative chunk",
            with(&["Transfer-Encoding: chunked"], "-5\r\nabc\r\n0\r\n\r\n").into(),
            &["400"],
        ),
        (
            "a chunk of many bytes",
            with(&["Transfer-Encoding: chunked"], "fffffffffffffffff\r\nabc\r\n").into(),
            &["400"],
        ),
        ("a bad length", with(&["Content-Length: many"], "abc").into(), &["400"]),
        ("a negative length", with(&["Content-Length: -1"], "abc").into(), &["400"]),
        ("two lengths", with(&["Content-Length: 3", "Content-Length: 4"], "abcd").into(), &["400"]),
        ("a cut body", with(&["Content-Length: 5000"], "abc").into(), &["400", ""]),
        ("a cut head", b"POST / HTTP/1.1\r\nHost: x\r\nStripe-Sig".to_vec(), &["400", ""]),
        ("many headers", with(&many, "").into(), &["400", "431"]),
        ("a huge header", with(&[&huge], "").into(), &["400", "431"]),
        ("no body", with(&["Content-Length: 0"], "").into(), &["400"]),
        ("no method", b"/ HTTP/1.1\r\n\r\n".to_vec(), &["400"]),
    ] {
        let answer = raw(&url, &bytes);
        let status = statuses(&answer).first().copied().unwrap_or_default();
        assert!(refusals.contains(&status), "{name}: {answer:?}");
    }
    assert!(stored(&home).is_empty());
    assert_eq!(deliver(&url, &signed).status, 200);
    running.kill();
}

#[test]
fn deliveries_come_in_every_form_that_http_allows() {
    let home = Home::new();
    let (mut running, url) = started(&home, &[]);
    assert_eq!(statuses(&raw(&url, (whole(1) + &whole(2) + &whole(3)).as_bytes())), ["200"; 3], "pipelined");
    let old = body(4, "invoice.paid");
    let old = request("1.0", &[&format!("Content-Length: {}", old.len())], &old) + &old;
    let answer = raw(&url, old.as_bytes());
    assert_eq!(statuses(&answer), ["200"], "HTTP/1.0: {answer}");
    let parts = body(5, "invoice.paid");
    let mut chunked = request("1.1", &["transfer-encoding: chunked", "Connection: close"], &parts);
    for part in parts.as_bytes().chunks(7) {
        let text = String::from_utf8_lossy(part);
        write!(chunked, "{:X};note=x\r\n{text}\r\n", part.len()).expect("a string can be written to");
    }
    assert_eq!(statuses(&raw(&url, (chunked + "0\r\nTrailer: x\r\n\r\n").as_bytes())), ["200"], "chunked");
    let expecting = body(6, "invoice.paid");
    let head = request(
        "1.1",
        &[&format!("Content-Length: {}", expecting.len()), "Expect: 100-continue", "Connection: close"],
        &expecting,
    );
    let mut stream = connect(&url);
    stream.write_all(head.as_bytes()).expect("the head is taken");
    let mut seen = [0; 25];
    stream.read_exact(&mut seen).expect("an interim answer");
    assert!(seen.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&seen));
    stream.write_all(expecting.as_bytes()).expect("the body is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert_eq!(statuses(&answer), ["200"], "{answer}");
    assert_eq!(stored(&home).len(), 6);
    running.kill();
}

#[test]
fn slow_clients_keep_nobody_waiting() {
    let home = Home::new();
    let (running, url) = started(&home, &[]);
    let half = whole(1);
    let mut slow: Vec<TcpStream> = (0..300).map(|_| connect(&url)).collect();
    for (number, stream) in slow.iter_mut().enumerate() {
        // Some have said nothing, some a part of the head, some a part of the body.
        let said = [0, 20, half.len() - 10][number % 3];
        stream.write_all(&half.as_bytes()[..said]).expect("it is taken");
    }
    let begun = Instant::now();
    for number in 2..12 {
        assert_eq!(deliver(&url, &body(number, "invoice.paid")).status, 200);
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    interrupt(&running);
    // It does not wait for them when it ends, for longer than those that are being served have.
    let begun = Instant::now();
    drop(running.wait());
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(stored(&home).len(), 10);
}
