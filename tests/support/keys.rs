//! Made-up keys, put together at run time so that no file holds a text that looks like a real one.

use super::killer::Dice;

/// The fifteen characters that a key of today's form shares with its account's id.
const ACCOUNT: &str = "AbCdEfGhIjKlMnO";

/// Length of the body of a key of today's form, after its prefix.
const BODY: usize = 99;

/// The account that is written in [`test_key`] and [`live_key`].
pub(crate) fn account() -> String {
    format!("acct_1{ACCOUNT}")
}

/// A secret test key of today's form.
pub(crate) fn test_key() -> String {
    key("sk", "test", 1)
}

/// Another secret test key of the same account, as after a rotation.
pub(crate) fn rotated_test_key() -> String {
    key("sk", "test", 2)
}

/// One more secret test key of the same account; another number is another key.
pub(crate) fn numbered_test_key(number: u64) -> String {
    key("sk", "test", 1000 + number)
}

/// One more secret live key of the same account.
pub(crate) fn numbered_live_key(number: u64) -> String {
    key("sk", "live", 1000 + number)
}

/// A restricted test key of the old form, which does not tell its account.
pub(crate) fn legacy_restricted_key() -> String {
    ["rk", "test", &filler(8, 24)].join("_")
}

/// A secret live key of today's form.
pub(crate) fn live_key() -> String {
    key("sk", "live", 3)
}

/// A publishable test key.
pub(crate) fn publishable_key() -> String {
    key("pk", "test", 4)
}

/// A secret test key of the old form: 24 characters, which do not tell the account.
pub(crate) fn legacy_key() -> String {
    ["sk", "test", &filler(5, 24)].join("_")
}

/// An access key from OAuth, which does not tell its mode.
pub(crate) fn oauth_key() -> String {
    ["oak", &filler(7, 32)].join("_")
}

/// An organisation's key, which does not tell its mode either.
pub(crate) fn organization_key() -> String {
    ["sk", "org", &filler(8, 32)].join("_")
}

/// A webhook signing secret, which is no API key.
pub(crate) fn webhook_secret() -> String {
    ["whsec", &filler(6, 32)].join("_")
}

/// The part of a key that nobody may see: what follows the account, but for the last four characters.
pub(crate) fn hidden_part(key: &str) -> &str {
    let body = key.rsplit_once('_').map_or(key, |(_, body)| body);
    let start = if body.len() == BODY { 2 + ACCOUNT.len() } else { 0 };
    &body[start..body.len() - 4]
}

fn key(kind: &str, mode: &str, seed: u64) -> String {
    let start = format!("51{ACCOUNT}");
    let rest = filler(seed, BODY - start.len());
    format!("{kind}_{mode}_{start}{rest}")
}

fn filler(seed: u64, length: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut dice = Dice::new(seed);
    (0..length).map(|_| char::from(LETTERS[dice.below(LETTERS.len())])).collect()
}
