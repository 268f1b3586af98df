//! `paycli exec`: a command with the profile's key in its environment.

use super::{add, paycli, shown, taking};
use crate::support::server::nobody;
use crate::support::{Home, keys};

/// Prints the variables that hold keys, and the arguments of every process.
const LOOK: &str = "env | sort; tr '\\0' ' ' < /proc/$$/cmdline; umask";

#[cfg(target_os = "linux")]
#[test]
fn the_key_is_in_one_variable_and_no_other_key_is_there() {
    let (home, key, other) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&key]);
    add(&home, &server.url(), &key);
    let run = paycli(&home, &server.url(), &["exec", "--", "sh", "-c", LOOK])
        .env("OLD_KEY", &other)
        .env("PLAIN", "x");
    let seen = run.through(["sh", "-c", "umask 027; exec \"$@\"", "sh"]).run().exits(0);
    let out = seen.out();
    assert!(out.contains(&format!("STRIPE_API_KEY={key}")) && out.contains("PAYCLI_PROFILE=test"), "{seen}");
    assert!(out.contains("PLAIN=x") && out.trim_end().ends_with("0027"), "{seen}");
    for gone in ["PAYCLI_API_KEY", "OLD_KEY", "PAYCLI_KEYSTORE_PASSPHRASE", &other[30..60]] {
        assert!(!out.contains(gone), "{gone}: {seen}");
    }
    assert_eq!(out.matches(&key[30..60]).count(), 1, "the key is in no argument: {seen}");
    assert!(!seen.err().contains(&key[30..60]), "{seen}");
}

#[cfg(unix)]
#[test]
fn its_exit_code_its_input_and_its_signals_are_the_commands() {
    use std::os::unix::process::ExitStatusExt;

    let home = Home::new();
    let exec = |args: &[&str]| home.paycli(["exec", "--"]).args(args);
    for code in [0, 3, 42] {
        exec(&["sh", "-c", &format!("exit {code}")]).run().exits(code);
    }
    assert_eq!(exec(&["cat"]).stdin("as it is\0").run().exits(0).stdout, b"as it is\0");
    assert_eq!(exec(&["sh", "-c", "kill -TERM $$"]).run().status.signal(), Some(15));
    exec(&["no-such-command-here"]).run().exits(127).says("cannot be run");
    let file = home.file("no-program", "x");
    exec(&[&file]).run().exits(126);
    home.paycli(["exec", "true"]).run().exits(2);
    home.paycli(["exec", "--"]).run().exits(2);
    exec(&["true"]).without_key().run().exits(13).says("login");
}

#[test]
fn the_gates_of_live_mode_hold() {
    let (home, key, live) = (Home::new(), keys::test_key(), keys::live_key());
    let exec = |args: &[&str], key: &str| {
        let run = home.paycli(["--api-base", &nobody()]).args(args).args(["exec", "--", "touch", "ran"]);
        run.key(key)
    };
    exec(&["-p", "live"], &live).run().exits(78).says("--live");
    exec(&["-p", "live", "--live"], &key).run().exits(78);
    exec(&["--live"], &key).run().exits(78);
    exec(&[], &live).run().exits(78);
    exec(&[], &keys::publishable_key()).run().exits(78).says("publishable");
    let untold = ["oak", &"a1b2c3d4e5f6".repeat(3)].join("_");
    exec(&[], &untold).run().exits(22).says("does not tell its mode");
    for lock in ["deny", "read-only"] {
        home.config(&format!("live = \"{lock}\"\n"));
        exec(&["-p", "live", "--live"], &live).run().exits(78).says("locked");
    }
    assert!(!home.path().join("ran").exists());
    home.config("");
    let seen = exec(&["-p", "live", "--live"], &live).run().exits(0).says("LIVE");
    assert!(home.path().join("ran").exists() && !seen.err().contains(&live[30..60]), "{seen}");
}

#[test]
fn the_sandbox_has_its_own_key_and_a_nested_paycli_uses_the_same_one() {
    let (home, key) = (Home::new(), keys::test_key());
    let keys = home.paycli(["sandbox", "keys", "--json"]).run().exits(0).json();
    let seen =
        home.paycli(["-p", "sandbox", "exec", "--", "sh", "-c", "echo $STRIPE_API_KEY"]).run().exits(0);
    assert_eq!(seen.out().trim(), keys["secret_key"]);
    let nested =
        home.paycli(["exec", "--", crate::support::env::PAYCLI, "whoami", "--json"]).run().exits(0).json();
    assert_eq!((&nested["key"], &nested["source"]), (&shown(&key).into(), &"env:STRIPE_API_KEY".into()));
}
