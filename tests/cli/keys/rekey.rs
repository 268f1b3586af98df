//! `keys rekey` changes the passphrase: at every moment the old one or the new one opens all.

use super::{PASSPHRASE, add, key_file_slots, paycli, shown, taking};
use crate::support::killer::{Dice, run_and_kill_after};
use crate::support::{Home, Server, keys};

const NEW: &str = "battery staple 2";

fn stored() -> (Home, Server, String) {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    add(&home, &server.url(), &key);
    (home, server, key)
}

fn key_under(home: &Home, server: &Server, passphrase: &str) -> Option<String> {
    let run =
        paycli(home, &server.url(), &["whoami", "--json"]).env("PAYCLI_KEYSTORE_PASSPHRASE", passphrase);
    let seen = run.run();
    (seen.code() == Some(0)).then(|| seen.json()["key"].as_str().expect("a key").to_owned())
}

#[test]
fn the_new_passphrase_opens_all_and_the_old_one_nothing() {
    let (home, server, key) = stored();
    let base = server.url();
    let rekey = |args: &[&str]| paycli(&home, &base, &["keys", "rekey"]).args(args);
    let told = rekey(&["--from", "-", "--json"]).stdin(format!("{NEW}\n")).run().exits(0);
    assert_eq!((&told.json()["done"], &told.json()["mode"]), (&"rekeyed".into(), &"test".into()), "{told}");
    assert!(told.err().contains("PAYCLI_KEYSTORE_PASSPHRASE"), "{told}");
    assert_eq!(
        (key_under(&home, &server, NEW), key_under(&home, &server, PASSPHRASE)),
        (Some(shown(&key)), None)
    );
    let back =
        rekey(&[]).env("PAYCLI_KEYSTORE_PASSPHRASE", NEW).env("PAYCLI_KEYSTORE_NEW_PASSPHRASE", PASSPHRASE);
    back.run().exits(0);
    assert_eq!(key_under(&home, &server, PASSPHRASE), Some(shown(&key)));
    let log = std::fs::read_to_string(home.root().join("data").join("keys.test.log")).expect("the log");
    assert_eq!(log.matches("\"rekeyed\"").count(), 2);
    for (file, bytes) in home.files() {
        let found = bytes.windows(NEW.len()).any(|window| window == NEW.as_bytes());
        assert!(!found, "the passphrase is in {}", file.display());
    }
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let (home, server, key) = stored();
    let base = server.url();
    let rekey = |args: &[&str]| paycli(&home, &base, &["keys", "rekey"]).args(args);
    rekey(&[]).run().exits(2).says("PAYCLI_KEYSTORE_NEW_PASSPHRASE");
    rekey(&["--from", "-"]).stdin("\n").run().exits(2).says("empty");
    rekey(&["--from", "-"]).stdin(PASSPHRASE).run().exits(2).says("same");
    rekey(&["--from", "-"]).stdin(NEW).env("PAYCLI_KEYSTORE_PASSPHRASE", "wrong").run().exits(13);
    rekey(&["--from", "-"]).stdin(NEW).without_env("PAYCLI_KEYSTORE_PASSPHRASE").run().exits(2);
    let seen = rekey(&["--from", NEW]).run().exits(2).says("--from env:NAME");
    assert!(!seen.err().contains(NEW), "{seen}");
    rekey(&["-p", "live", "--from", "-"]).stdin(NEW).run().exits(78).says("--live");
    assert_eq!(key_under(&home, &server, PASSPHRASE), Some(shown(&key)));
    let empty = Home::new();
    let none = paycli(&empty, &base, &["keys", "rekey", "--from", "-"]).stdin(NEW);
    none.run().exits(13).says("no key file");
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn killed_anywhere_one_of_the_two_opens_all() {
    let (home, server, key) = stored();
    let mut dice = Dice::seeded("kill -9 in rekey");
    let (mut at, mut killed) = (PASSPHRASE, 0);
    let run = |from: &str, to: &str| {
        paycli(&home, &server.url(), &["keys", "rekey", "--from", "-"])
            .env("PAYCLI_KEYSTORE_PASSPHRASE", from)
            .stdin(to)
    };
    let whole = run(PASSPHRASE, NEW).run().exits(0).took;
    run(NEW, PASSPHRASE).run().exits(0);
    for _ in 0..20 {
        let other = if at == NEW { PASSPHRASE } else { NEW };
        let seen = run_and_kill_after(run(at, other), dice.time_below(whole + whole / 10));
        killed += usize::from(seen.code().is_none());
        let opens = [at, other].map(|passphrase| key_under(&home, &server, passphrase));
        assert!(opens.contains(&Some(shown(&key))) && opens.contains(&None), "{opens:?}");
        at = if opens[0].is_some() { at } else { other };
        assert_eq!(key_file_slots(&home, at).len(), 1);
    }
    assert!(killed > 4, "only {killed} were killed: the test proves little");
}
