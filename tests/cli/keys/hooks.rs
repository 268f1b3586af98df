//! Hooks get the secret on standard input and nowhere else; one that fails stops before the end.

use super::{add, in_use, paycli, shown, status, taking};
use crate::support::{Home, keys};
use base64::Engine;

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

#[cfg(unix)]
#[test]
fn a_background_child_keeps_its_output_and_the_umask_is_the_users() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    add(&home, &server.url(), &old);
    let hook = "sh -c 'echo at once; umask; (sleep 2; echo much later) &'";
    let run = paycli(&home, &server.url(), &ROTATE).args(["--exec", hook]).env("MY_NEW_KEY", &new);
    let seen = run.through(["sh", "-c", "umask 027; exec \"$@\"", "sh"]).run().exits(0);
    for line in ["at once", "much later", "0027"] {
        assert!(seen.err().contains(line), "{line}: {seen}");
    }
}

#[cfg(unix)]
#[test]
fn no_form_of_the_new_key_is_told_and_no_old_key_is_in_the_environment() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    add(&home, &server.url(), &old);
    let script = home.file(
        "hook.sh",
        "k=$(cat); env > environ; printf %s \"$k\" | base64; printf 'user:%s' \"$k\" | base64 -w0; echo; \
         printf %s \"$k\" | od -An -tx1; printf %s \"$k\" | od -An -v -tx1 | tr -d ' \\n' | tr a-f A-F; \
         printf %s \"$k\" | head -c 60; echo; echo \"$k\" | tail -c 60",
    );
    let run = paycli(&home, &server.url(), &ROTATE).args(["--exec", &format!("sh '{script}'")]);
    let run =
        run.env("MY_NEW_KEY", &new).env("OLD_ONE", &old).env("IN_A_URL", format!("https://{old}:@x.example"));
    let seen = run.run().exits(0);
    let told = seen.err().replace(char::is_whitespace, "").to_lowercase();
    let hex = hex::encode(&new);
    let base64 = base64::engine::general_purpose::STANDARD.encode(format!("user:{new}")).to_lowercase();
    for (form, what) in [(new.to_lowercase(), "raw"), (hex, "hex"), (base64, "base64")] {
        let middle = &form[form.len() / 3..form.len() / 3 + 24];
        assert!(!told.contains(middle), "{what} is told: {seen}");
    }
    let environ = std::fs::read_to_string(home.path().join("environ")).expect("the hook's file");
    for name in ["OLD_ONE", "IN_A_URL", &old[30..60]] {
        assert!(!environ.contains(name), "{name}: {environ}");
    }
}

#[cfg(unix)]
#[test]
#[ignore = "slow, a hook has a minute: run by scripts/test.sh"]
fn a_child_of_a_child_does_not_outlive_the_time_out() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    add(&home, &server.url(), &old);
    let hook = "sh -c 'echo begun; (sleep 66; touch late) & wait'";
    let run = paycli(&home, &server.url(), &ROTATE).args(["--exec", hook]).env("MY_NEW_KEY", &new);
    let seen = run.time_limit(std::time::Duration::from_secs(120)).run().exits(1).says("60 s");
    assert!(seen.err().contains("begun"), "{seen}");
    std::thread::sleep(std::time::Duration::from_secs(8));
    assert!(!home.path().join("late").exists(), "it was not killed");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_hook_with_paycli() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    add(&home, &server.url(), &old);
    let hook = "sh -c 'touch begun; (sleep 2; touch late) & wait'";
    let run = paycli(&home, &server.url(), &ROTATE).args(["--exec", hook]).env("MY_NEW_KEY", &new);
    let mut running = run.start();
    running.until("a hook", |_| home.path().join("begun").exists());
    let killed = std::process::Command::new("kill").args(["-INT", &running.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    assert_ne!(running.wait().code(), Some(0));
    std::thread::sleep(std::time::Duration::from_millis(2500));
    assert!(!home.path().join("late").exists(), "the hook went on alone");
}
