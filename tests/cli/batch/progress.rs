//! The bar of a batch: at a terminal, and nowhere else.

use std::time::Duration;

use super::{batch, lines, order};
use crate::support::server::{Answer, Step};
use crate::support::{Home, Run, Server};

/// A terminal for standard error alone, whose screen goes to standard error; results go where they went.
const SCREEN: &str = r#"
import os, pty, subprocess, sys
terminal, inside = pty.openpty()
child = subprocess.Popen(sys.argv[1:], stderr=inside, env=dict(os.environ, TERM="xterm", COLUMNS="120"))
os.close(inside)
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    sys.stderr.buffer.write(piece)
sys.exit(child.wait())
"#;

/// Lines that take their time, and one that is sent twice.
fn slow_batch(home: &Home, server: &Server) -> Run {
    batch(home, server, &lines(30)).args(["--concurrency", "2", "--rate", "20/s"])
}

fn server() -> Server {
    let failed = std::sync::atomic::AtomicBool::new(false);
    Server::answering(move |request| {
        let is_first = order(request) == "order-3" && !failed.swap(true, std::sync::atomic::Ordering::SeqCst);
        if is_first {
            return Step::from(Answer::error(500, "api_error", None));
        }
        super::answer(request).after(Duration::from_millis(20)).into()
    })
    .keep_alive()
}

#[test]
fn a_terminal_shows_rate_retries_and_time_left() {
    let (home, server) = (Home::new(), server());
    let seen = slow_batch(&home, &server).through(["python3", "-c", SCREEN]).run().exits(0);
    assert_eq!(seen.ndjson().len(), 30, "{seen}");
    let screen = seen.err();
    let frames = screen.split(" of 30, ").skip(1).filter_map(|frame| frame.split_once(" left"));
    let is_whole = |frame: &str| {
        let parts: Vec<_> = frame.split(", ").collect();
        let [rate, "1 retries (at most 20/s)", left] = parts[..] else { return false };
        let is_number = |text: Option<&str>| text.is_some_and(|text| text.parse::<u32>().is_ok());
        is_number(rate.strip_suffix("/s")) && is_number(left.strip_suffix('s'))
    };
    assert!(frames.filter(|(frame, _)| is_whole(frame)).count() > 1, "{screen:?}");
}

#[test]
fn a_pipe_gets_no_bar() {
    let (home, server) = (Home::new(), server());
    let seen = slow_batch(&home, &server).run().exits(0).says("30 succeeded");
    assert!(!seen.err().contains(['\r', '\u{1b}']) && !seen.err().contains("left"), "{seen}");
}
