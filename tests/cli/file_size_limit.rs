//! `ulimit -f`: a file that may not grow is an error like a full disk, and no signal that ends the process.
#![cfg(unix)]

use crate::support::server::paid;
use crate::support::{Home, Seen, Server, env, keys};

fn pay_with_limit(home: &Home, server: &Server, blocks: u32) -> Seen {
    let shell = format!("ulimit -f {blocks}; exec '{}' \"$@\"", env::PAYCLI);
    let command =
        ["sh", "-c", &shell, "sh", "--api-base", &server.url(), "post", "payment_intents", "-d", "amount=1"];
    home.command(command.map(Into::into).to_vec()).env("PAYCLI_API_KEY", keys::test_key()).run()
}

#[test]
fn a_limit_on_the_size_of_files_is_told_as_23_and_nothing_is_sent() {
    let home = Home::new();
    let server = Server::always(paid());
    pay_with_limit(&home, &server, 0).exits(23).says("nothing was sent");
    assert_eq!(server.connections(), 0);
    home.at(&server, ["post", "payment_intents", "-d", "amount=1"]).run().exits(0);
    pay_with_limit(&home, &server, 0).exits(23).says("nothing was sent");
    assert_eq!(server.connections(), 1);
}

#[test]
fn wherever_the_limit_strikes_the_process_ends_by_itself() {
    for blocks in [1, 8, 32, 64, 128] {
        let home = Home::new();
        let server = Server::always(paid());
        let seen = pay_with_limit(&home, &server, blocks);
        assert!(matches!(seen.code(), Some(0 | 23)), "{blocks} blocks: {seen}");
        assert!(seen.code() == Some(0) || server.connections() == 0, "{blocks} blocks: {seen}");
    }
}
