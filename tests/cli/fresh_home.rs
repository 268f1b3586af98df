//! The first commands of a home, several at once: each finds or makes what it needs, and none fails another.

use crate::support::server::{Server, paid};
use crate::support::{Home, Run};

/// How many commands are started at once.
const AT_ONCE: usize = 6;

/// Runs `rounds` times `AT_ONCE` commands in a home where nothing is yet.
fn first_commands_at_once(rounds: usize, command: impl Fn(&Home, usize) -> Run) {
    for _ in 0..rounds {
        let home = Home::new();
        let running: Vec<_> = (0..AT_ONCE).map(|number| command(&home, number).start()).collect();
        for run in running {
            run.wait().exits(0);
        }
        assert_eq!(home.entries().len(), AT_ONCE, "each request has its entry");
    }
}

fn writes_to_the_sandbox(home: &Home, number: usize) -> Run {
    let name = format!("name=customer {number}");
    home.paycli(["-p", "sandbox", "post", "customers", "-d", &name]).without_key()
}

#[test]
fn writes_to_the_sandbox_of_a_fresh_home() {
    first_commands_at_once(8, writes_to_the_sandbox);
}

#[test]
fn writes_to_a_server_from_a_fresh_home() {
    let server = Server::always(paid());
    first_commands_at_once(8, |home, number| {
        home.at(&server, ["post", "customers", "-d", &format!("name=customer {number}")])
    });
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn many_rounds_of_first_writes() {
    first_commands_at_once(80, writes_to_the_sandbox);
}
