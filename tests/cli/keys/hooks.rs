//! Hooks get the secret on standard input and nowhere else; one that fails stops before the end.

use super::{add, in_use, paycli, shown, status, taking};
use crate::support::{Home, keys};

const ROTATE: [&str; 4] = ["keys", "rotate", "--from", "env:MY_NEW_KEY"];

#[cfg(target_os = "linux")]
#[test]
fn the_secret_is_on_stdin_and_in_no_process_list_environment_or_output() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    add(&home, &server.url(), &old);
    let script = home.file(
        "hook.sh",
        "cat > got; cat /proc/self/environ > environ; cat /proc/$$/cmdline /proc/$PPID/cmdline > lines; cat environ lines got",
    );
    let hook = format!("sh '{script}' 'two words'");
    let run = paycli(&home, &server.url(), &ROTATE).args(["--exec", &hook, "-v"]).env("MY_NEW_KEY", &new);
    let told = run.env("STRIPE_API_KEY", &old).run().exits(0);
    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).expect("the hook's file");
    assert_eq!(read("got"), new);
    let (environ, lines) = (read("environ"), read("lines"));
    assert!(lines.contains("two words") && environ.contains("PATH="), "the hook looked: {lines} {environ}");
    for secret in [&old, &new] {
        let piece = &secret[30..60];
        assert!(
            !environ.contains(piece)
                && !lines.contains(piece)
                && !told.err().contains(piece)
                && !told.out().contains(piece),
            "{told}"
        );
    }
    for name in ["MY_NEW_KEY", "STRIPE_API_KEY", "PAYCLI_KEYSTORE_PASSPHRASE"] {
        assert!(!environ.contains(name), "{name} is in the hook's environment");
    }
    assert!(told.err().contains(&shown(&new)), "its output is told, cut down: {told}");
}

#[test]
fn a_hook_that_fails_stops_there_and_is_run_again_and_none_twice() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    add(&home, &base, &old);
    let first = "sh -c 'echo 1 >> first'";
    let second = "sh -c 'echo 1 >> second; test -e mended'";
    let run = paycli(&home, &base, &ROTATE).args(["--exec", first, "--exec", second]).env("MY_NEW_KEY", &new);
    run.run().exits(1).says("rollback").says("--resume");
    let told = status(&home, &base);
    assert_eq!((&told["rotation"]["step"], &told["rotation"]["hooks_done"]), (&"promoted".into(), &1.into()));
    assert_eq!(
        (in_use(&home, &base)["key"].clone(), &told["previous"]["usable"]),
        (shown(&new).into(), &true.into())
    );
    paycli(&home, &base, &["keys", "revoke", "--previous"]).run().exits(2).says("unfinished");
    paycli(&home, &base, &["keys", "status", "--check"]).run().exits(40);
    home.file("mended", "");
    paycli(&home, &base, &["keys", "rotate", "--resume"]).run().exits(0);
    let lines = |name: &str| std::fs::read_to_string(home.path().join(name)).expect("a file").lines().count();
    assert_eq!((lines("first"), lines("second")), (1, 2));
    paycli(&home, &base, &["keys", "status", "--check"]).run().exits(0);
}

#[test]
fn after_a_failed_hook_the_old_key_is_a_command_away() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    add(&home, &base, &old);
    let run = paycli(&home, &base, &ROTATE).args(["--exec", "false"]).env("MY_NEW_KEY", &new);
    run.run().exits(1);
    paycli(&home, &base, &["keys", "rollback"]).run().exits(0);
    assert_eq!(in_use(&home, &base)["key"], shown(&old));
    assert_eq!(status(&home, &base)["rotation"], serde_json::Value::Null);
}

#[test]
fn a_command_that_cannot_be_read_is_found_before_anything_is_done() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    add(&home, &server.url(), &old);
    for hook in ["", "sh -c 'oops"] {
        let run = paycli(&home, &server.url(), &ROTATE).args(["--exec", hook]).env("MY_NEW_KEY", &new);
        run.run().exits(2).says("--exec number 1");
    }
    assert_eq!(in_use(&home, &server.url())["key"], shown(&old));
}
