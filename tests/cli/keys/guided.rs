//! The guided rotation: what can be refused is refused before anybody is sent to the Dashboard.

use super::{add, in_use, paycli, shown, taking};
use crate::support::server::nobody;
use crate::support::{Home, keys};

#[test]
fn a_refusal_comes_before_the_dashboard() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    let unsent = |base: &str, code: i32, says: &str| {
        let seen = paycli(&home, base, &["keys", "rotate"]).run().exits(code).says(says);
        assert!(!seen.err().contains("dashboard.stripe.com"), "{seen}");
    };
    unsent(&base, 13, "keys add");
    add(&home, &base, &old);
    unsent(&nobody(), 22, "API");
    unsent(&base, 2, "--from");
    paycli(&home, &base, &["keys", "rotate", "--from", "-"]).stdin(&new).run().exits(0);
    unsent(&base, 78, "keys revoke --previous");
}

#[test]
fn a_store_that_does_not_open_is_found_before_the_dashboard() {
    let (home, old) = (Home::new(), keys::test_key());
    let server = taking(&[&old]);
    add(&home, &server.url(), &old);
    let run = paycli(&home, &server.url(), &["keys", "rotate"]).env("PAYCLI_KEYSTORE_PASSPHRASE", "another");
    let seen = run.run().exits(13);
    assert!(!seen.err().contains("dashboard.stripe.com"), "{seen}");
}

/// Types into a terminal what a person would. What is typed before the echo is off is thrown away by the
/// terminal, so it is typed again where nothing comes of it.
const TYPIST: &str = r#"
import os, pty, select, sys
typed, command = os.environ.pop("TYPED"), sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
seen = b""
while True:
    if not select.select([terminal], [], [], 0.5)[0]:
        if b"key: " in seen[seen.rfind(b"\n"):]:
            os.write(terminal, typed.encode() + b"\n")
        continue
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    seen += piece
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"#;

#[test]
fn at_a_terminal_the_new_key_is_pasted_once() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    add(&home, &base, &old);
    let typist = home.file("typist.py", TYPIST);
    let run = paycli(&home, &base, &["keys", "rotate", "--compromised"]).env("TYPED", &new);
    let seen = run.through(["python3", &typist]).run().exits(0);
    assert!(seen.out().contains("dashboard.stripe.com/test/apikeys"), "{seen}");
    assert!(!seen.out().contains(keys::hidden_part(&new)), "{seen}");
    // The leaked key has to live until the new one is stored and verified.
    assert!(!seen.out().contains("end at once") && seen.out().contains("1 hour"), "{seen}");
    assert_eq!(in_use(&home, &base)["key"], shown(&new));
}
