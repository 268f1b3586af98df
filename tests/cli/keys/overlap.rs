//! While the overlap lasts both keys work; where the new one is refused the old one is used, once and loudly.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{account_answer, add, in_use, is_with, paycli, refused, shown};
use crate::support::sandbox::Sandbox;
use crate::support::server::{Step, paid};
use crate::support::{Home, Server, keys};

/// An API that takes new keys when they are stored, and only the old one for payments.
fn slow_api(old: &str, new: &str) -> Server {
    let (old, new) = (old.to_owned(), new.to_owned());
    Server::answering(move |request| -> Step {
        let is_known = is_with(request, &old) || is_with(request, &new);
        match request.path() {
            "/v1/account" if is_known => account_answer().into(),
            _ if is_with(request, &old) => paid().into(),
            _ => refused().into(),
        }
    })
}

fn rotated(overlap: &str) -> (Home, Server, String, String) {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = slow_api(&old, &new);
    add(&home, &server.url(), &old);
    let args = ["keys", "rotate", "--from", "-", "--overlap", overlap];
    paycli(&home, &server.url(), &args).stdin(&new).run().exits(0);
    (home, server, old, new)
}

#[test]
fn a_refused_new_key_falls_back_once_with_the_same_idempotency_key() {
    let (home, server, old, new) = rotated("1h");
    let before = server.requests().len();
    let pay = ["post", "payment_intents", "-d", "amount=2000", "--json"];
    let seen = paycli(&home, &server.url(), &pay).run().exits(0).says("refused the key in use");
    assert!(seen.err().contains(&shown(&old)), "{seen}");
    let requests = server.requests().split_off(before);
    assert_eq!(requests.len(), 2, "{requests:#?}");
    assert!(is_with(&requests[0], &new) && is_with(&requests[1], &old));
    assert_eq!((requests[0].key(), &requests[0].body), (requests[1].key(), &requests[1].body));
    assert_eq!(seen.json()["attempts"], 2, "{seen}");
}

#[test]
fn each_send_is_an_attempt_of_its_own_in_the_journal() {
    let (home, server, _, _) = rotated("1h");
    let pay = ["post", "payment_intents", "-d", "amount=2000", "-i", "order-1", "--max-retries", "0"];
    paycli(&home, &server.url(), &pay).run().exits(0);
    let seen = home.paycli(["journal", "show", "order-1", "--json"]).run().exits(0);
    let statuses: Vec<_> = seen.json()["attempts"]
        .as_array()
        .unwrap_or_else(|| panic!("no attempts: {seen}"))
        .iter()
        .map(|attempt| attempt["status"].clone())
        .collect();
    assert_eq!(statuses, [401, 200], "{seen}");
}

#[test]
fn the_second_send_is_durable_before_it_leaves() {
    let (old, new) = (keys::test_key(), keys::rotated_test_key());
    let (home, server) = (Home::new(), {
        let (old, new) = (old.clone(), new.clone());
        Server::answering(move |request| -> Step {
            match request.path() {
                "/v1/account" => account_answer().into(),
                _ if is_with(request, &new) => refused().into(),
                _ => {
                    assert!(is_with(request, &old));
                    Step::Stall(std::time::Duration::from_secs(30))
                }
            }
        })
    });
    add(&home, &server.url(), &old);
    paycli(&home, &server.url(), &["keys", "rotate", "--from", "-"]).stdin(&new).run().exits(0);
    let pay = ["post", "payment_intents", "-d", "amount=2000", "-i", "order-1"];
    let mut running = paycli(&home, &server.url(), &pay).start();
    running.until("the send with the old key", |_| {
        server
            .requests()
            .iter()
            .any(|request| request.path() == "/v1/payment_intents" && is_with(request, &old))
    });
    let entry = home.entry("order-1");
    assert_eq!((&entry["state"], &entry["attempts"]), (&"sending".into(), &2.into()), "{entry:#}");
    running.kill();
    running.wait();
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs a keyring: run by scripts/test.sh"]
fn ctrl_c_ends_the_look_for_the_previous_key() {
    use std::os::unix::process::ExitStatusExt;
    use std::sync::Arc;
    use std::time::Duration;

    use rustix::process::{Pid, Signal, kill_process};

    let home = Arc::new(Home::new());
    let keyring = Arc::new(crate::support::keyring::Keyring::start(&home));
    let (old, new) = (keys::test_key(), keys::rotated_test_key());
    let server = {
        let (home, keyring) = (Arc::clone(&home), Arc::clone(&keyring));
        Server::answering(move |request| -> Step {
            if request.path() == "/v1/account" {
                return account_answer().into();
            }
            // Whoever now looks for another key in the keyring waits.
            keyring.signal(&home, "STOP");
            refused().into()
        })
    };
    let run = |args: &[&str]| {
        let run = home.paycli(["--api-base", &server.url()]).without_key().args(args);
        keyring.for_run(run).env("PAYCLI_KEYRING_TIMEOUT", "60s")
    };
    run(&["keys", "add", "--from", "-"]).stdin(&old).run().exits(0);
    run(&["keys", "rotate", "--from", "-"]).stdin(&new).run().exits(0);
    let mut running =
        run(&["post", "payment_intents", "-d", "amount=1"]).time_limit(Duration::from_secs(30)).start();
    running.until("the refusal", |running| running.stderr_so_far().contains("previous key"));
    let pid = i32::try_from(running.id()).ok().and_then(Pid::from_raw).expect("a process id");
    kill_process(pid, Signal::INT).expect("a signal");
    let seen = running.wait();
    keyring.signal(&home, "CONT");
    assert_eq!(seen.status.signal(), Some(2), "{seen}");
}

#[test]
fn without_an_overlap_a_refused_key_is_a_refused_key() {
    let (home, server, _, new) = rotated("0s");
    let before = server.requests().len();
    paycli(&home, &server.url(), &["get", "customers"]).run().exits(13);
    let requests = server.requests().split_off(before);
    assert!(requests.len() == 1 && is_with(&requests[0], &new), "{requests:#?}");
}

#[test]
fn a_key_from_the_environment_never_falls_back() {
    let (home, server, _, new) = rotated("1h");
    let before = server.requests().len();
    paycli(&home, &server.url(), &["get", "customers"]).key(&new).run().exits(13);
    assert_eq!(server.requests().len(), before + 1);
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(since.as_secs()).expect("a time of this age")
}

#[test]
fn in_the_sandbox_a_rotated_key_really_rotates() {
    let sandbox = Sandbox::start();
    let (home, old) = (Home::new(), sandbox.secret_key());
    add(&home, &sandbox.url, &old);
    paycli(&home, &sandbox.url, &["keys", "rotate", "--remote", "--overlap", "2h"]).run().exits(0);
    let shown_new = in_use(&home, &sandbox.url)["key"].clone();
    assert_ne!(shown_new, shown(&old));
    let works = |sandbox: &Sandbox, code: i32| {
        home.paycli(["--api-base", &sandbox.url, "get", "customers"]).key(&old).run().exits(code);
        paycli(&home, &sandbox.url, &["get", "customers", "-v"]).run().exits(0)
    };
    works(&sandbox, 0);
    paycli(&home, &sandbox.url, &["keys", "rollback"]).run().exits(0);
    assert_eq!(in_use(&home, &sandbox.url)["key"], shown(&old));
    paycli(&home, &sandbox.url, &["keys", "rollback"]).run().exits(0);
    assert_eq!(in_use(&home, &sandbox.url)["key"], shown_new);

    let sandbox = sandbox.again_at(now() + 3 * 3600);
    let seen = works(&sandbox, 13);
    assert!(!seen.err().contains("is used instead"), "{seen}");
    paycli(&home, &sandbox.url, &["keys", "rollback"]).run().exits(13).says("401");
    paycli(&home, &sandbox.url, &["keys", "revoke", "--previous"]).run().exits(0);
    paycli(&home, &sandbox.url, &["keys", "status", "--check"]).run().exits(0);
}

#[test]
fn in_the_sandbox_a_key_is_ended_by_the_api() {
    let sandbox = Sandbox::start();
    let (home, old) = (Home::new(), sandbox.secret_key());
    add(&home, &sandbox.url, &old);
    paycli(&home, &sandbox.url, &["keys", "rotate", "--remote"]).run().exits(0);
    paycli(&home, &sandbox.url, &["keys", "revoke", "--previous", "--remote"]).run().exits(0);
    home.paycli(["--api-base", &sandbox.url, "get", "customers"]).key(&old).run().exits(13);
    paycli(&home, &sandbox.url, &["get", "customers"]).run().exits(0);
    paycli(&home, &sandbox.url, &["keys", "revoke", "api", "--remote"]).run().exits(0);
    paycli(&home, &sandbox.url, &["whoami"]).run().exits(13);
}
