//! The keys of `webhook listen` at a terminal: look at the last event, send it again, quit.

use std::ffi::OsString;

use serde_json::json;

use super::peers::url_of;
use super::webhook_listen::{accepting, body, deliver, interrupt};
use crate::support::env::PAYCLI;
use crate::support::{Home, Running, keys};

/// A terminal in which somebody types. STEPS is a list of [text, count, typed]: when the text has been seen so often,
/// this is typed.
const TYPIST: &str = r#"
import json, os, pty, signal, sys
steps, command = json.loads(os.environ.pop("STEPS")), sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGKILL))
seen = b""
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    seen += piece
    sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
    while steps and seen.count(steps[0][0].encode()) >= steps[0][1]:
        os.write(terminal, steps.pop(0)[2].encode())
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.exit(code if code >= 0 else 128 - code)
"#;

const KEYS: &str = "v shows the last event, r sends it again, q quits";

/// A listener at a terminal, and its URL.
fn at_a_terminal(home: &Home, args: &[&str], steps: &[(&str, usize, &str)]) -> (Running, String) {
    let mut command: Vec<OsString> =
        ["python3", "-c", TYPIST, PAYCLI, "listen", "--port", "0"].map(Into::into).into();
    command.extend(args.iter().map(Into::into));
    let run = home.command(command).env("STEPS", json!(steps).to_string());
    let mut running = run.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).start();
    let url = url_of(&mut running);
    (running, url)
}

#[test]
fn the_last_event_is_shown_and_sent_again() {
    let (home, target) = (Home::new(), accepting());
    let steps = [
        (KEYS, 1, "v\n"),
        ("no event has come yet", 1, "r\n"),
        ("no event has come yet", 2, "?\n"),
        ("<-- [200]", 1, "v\n"),
        ("\"id\": \"evt_replay000001\"", 1, "r\n"),
        ("<-- [200]", 2, "q\n"),
    ];
    let (mut running, url) = at_a_terminal(&home, &["--forward-to", &target.url()], &steps);
    running
        .until("an answer to what is no key", |running| running.stdout_so_far().matches(KEYS).count() == 2);
    let body = body(1, "invoice.paid");
    assert_eq!(deliver(&url, &body).status, 200);
    let seen = running.wait().exits(0);
    let shown = seen.out().replace("\r\n", "\n");
    assert!(shown.contains(&body), "{seen}");
    let requests = target.requests();
    assert_eq!((requests.len(), &requests[0].body), (2, &requests[1].body), "{seen}");
    assert!(requests.iter().all(|request| request.header("stripe-signature").is_some()), "{seen}");
}

#[test]
fn the_end_of_what_is_typed_stops_nothing_and_ctrl_c_does() {
    let home = Home::new();
    // Ctrl-D at the start of a line, and Ctrl-C after the event.
    let steps = [(KEYS, 1, "\u{4}"), ("--> invoice.paid", 1, "\u{3}")];
    let (running, url) = at_a_terminal(&home, &[], &steps);
    assert_eq!(deliver(&url, &body(1, "invoice.paid")).status, 200);
    running.wait().exits(130);
}

#[test]
fn programs_and_pipes_get_no_keys() {
    let home = Home::new();
    let (running, url) = at_a_terminal(&home, &["--json", "--once"], &[]);
    assert_eq!(deliver(&url, &body(1, "invoice.paid")).status, 200);
    let seen = running.wait().exits(0);
    assert!(!seen.out().contains(KEYS), "{seen}");
    let (running, _) = super::webhook_listen::started(&home, &[]);
    interrupt(&running);
    assert!(!running.wait().err().contains(KEYS));
}
