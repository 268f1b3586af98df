//! `keys list --all-profiles` shows the keys of every profile of both modes, and opens no store.

use super::{add, paycli, shown, taking};
use crate::support::{Home, keys};

#[test]
fn keys_of_all_profiles_are_listed_with_their_profile_and_mode() {
    let (home, key, live) = (Home::new(), keys::test_key(), keys::live_key());
    let server = taking(&[&key, &live]);
    let base = server.url();
    let all = || {
        paycli(&home, &base, &["keys", "list", "--all-profiles"]).without_env("PAYCLI_KEYSTORE_PASSPHRASE")
    };
    assert_eq!(all().args(["--json"]).run().exits(0).json()["keys"], serde_json::json!([]));
    home.config("[profiles.shop]\nmode = \"test\"\n");
    add(&home, &base, &key);
    paycli(&home, &base, &["-p", "shop", "keys", "add", "--from", "-"]).stdin(&key).run().exits(0);
    paycli(&home, &base, &["-p", "live", "--live", "keys", "add", "--from", "-"]).stdin(&live).run().exits(0);
    let told = all().args(["--json"]).run().exits(0).json();
    let rows: Vec<_> = told["keys"]
        .as_array()
        .expect("keys")
        .iter()
        .map(|row| [&row["profile"], &row["mode"], &row["name"]].map(|word| word.as_str().expect("a word")))
        .collect();
    assert_eq!(rows, [["shop", "test", "api"], ["test", "test", "api"], ["live", "live", "api"]], "{told}");
    assert_eq!(told["keys"][0]["current"]["key"], shown(&key));
    let table = all().run().exits(0);
    assert!(["shop", "live", "sk_live_****"].iter().all(|word| table.out().contains(word)), "{table}");
}
