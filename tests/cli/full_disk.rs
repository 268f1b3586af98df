//! A disk that is full or read-only: nothing is sent that is not in the journal first.
#![cfg(unix)]

use crate::support::server::paid;
use crate::support::{Home, Seen, Server, env, keys};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

/// Runs a payment that may not make any file longer than `blocks` half-kilobytes.
/// The signal that would end the process is ignored, so that writes fail as they do on a full disk.
fn pay_with_limit(home: &Home, server: &Server, blocks: u32) -> Seen {
    let shell = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{}' \"$@\"", env::PAYCLI);
    let mut command = ["sh", "-c", &shell, "sh", "--api-base", &server.url()].map(Into::into).to_vec();
    command.extend(PAY.map(Into::into));
    home.command(command).env("PAYCLI_API_KEY", keys::test_key()).run()
}

#[test]
fn nothing_is_sent_when_the_journal_cannot_be_created() {
    let home = Home::new();
    let server = Server::always(paid());
    let seen = pay_with_limit(&home, &server, 0).exits(23).says("nothing was sent");
    assert_eq!(server.connections(), 0, "{seen}");
    home.at(&server, PAY).run().exits(0);
}

#[test]
fn nothing_is_sent_when_an_existing_journal_cannot_grow() {
    let home = Home::new();
    let server = Server::always(paid());
    home.at(&server, PAY).run().exits(0);
    let seen = pay_with_limit(&home, &server, 0).exits(23).says("nothing was sent");
    assert_eq!(server.connections(), 1, "{seen}");
    home.at(&server, PAY).run().exits(0);
}

#[test]
fn whatever_is_sent_is_in_the_journal_wherever_the_disk_fills_up() {
    let mut outcomes = std::collections::BTreeSet::new();
    for blocks in [1, 4, 8, 16, 24, 32, 48, 64, 72, 80, 96, 128, 160, 256] {
        let home = Home::new();
        let server = Server::always(paid());
        let seen = pay_with_limit(&home, &server, blocks);
        let requests = server.requests();
        outcomes.insert((requests.len(), seen.code()));
        let Some(request) = requests.first() else {
            assert_eq!(seen.code(), Some(23), "{blocks} blocks, nothing was sent: {seen}");
            assert!(seen.stdout.is_empty(), "{blocks} blocks: {seen}");
            home.at(&server, PAY).run().exits(0);
            continue;
        };
        let entry = home.entry(request.key().expect("a key"));
        assert_eq!(entry["attempts"], requests.len(), "{blocks} blocks: {entry:#} after {seen}");
        // Where the disk was full when the answer came, the attempt stays open, and that is said.
        let is_recorded = !seen.err().contains("could not be recorded");
        let state = if is_recorded { "succeeded" } else { "sending" };
        assert_eq!(entry["state"], state, "{blocks} blocks: {entry:#} after {seen}");
        assert!(seen.out().contains("pi_1"), "{blocks} blocks, the result is kept back: {seen}");
    }
    assert!(outcomes.contains(&(0, Some(23))) && outcomes.contains(&(1, Some(0))), "{outcomes:?}");
}

#[test]
fn nothing_is_sent_when_the_journal_is_read_only() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

    let home = Home::new();
    let server = Server::always(paid());
    home.at(&server, PAY).run().exits(0);
    // Root writes to files that are read-only: as root, another user runs a copy of the binary.
    let me = fs::metadata(home.path()).expect("the home").uid();
    let user = if me == 0 { 65534 } else { me };
    let binary = home.path().join("paycli-copy");
    fs::copy(env::PAYCLI, &binary).expect("a copy of the binary");
    let own = |path: &std::path::Path, mode: u32| {
        chown(path, Some(user), None).expect("an owner");
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("permissions");
    };
    for (file, _) in home.files() {
        own(&file, if file == binary { 0o555 } else { 0o400 });
    }
    for (dir, mode) in [(home.root().join("data"), 0o500), (home.root(), 0o700), (home.path().into(), 0o700)]
    {
        own(&dir, mode);
    }
    let mut command = vec![binary.into(), "--api-base".into(), server.url().into()];
    command.extend(PAY.map(Into::into));
    let run = home.command(command).env("PAYCLI_API_KEY", keys::test_key());
    let seen = if me == 0 { run.user(user) } else { run }.run();
    let seen = seen.exits(23).says("nothing was sent");
    assert_eq!(server.connections(), 1, "{seen}");
    own(&home.root().join("data"), 0o700);
}
