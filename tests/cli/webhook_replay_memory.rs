//! `webhook replay`: the memory that it takes does not depend on how many events it sends.

use std::time::Duration;

use crate::support::answer::Answer;
use crate::support::{Home, Server, events, keys};

/// The most memory that a replay of so many stored events takes, in bytes.
fn peak_of(count: usize) -> u64 {
    let (home, server) = (Home::new(), Server::always(Answer::new(200, "")).keep_alive());
    let limit = Duration::from_secs(600);
    let import = ["webhook", "events", "import", &events::file(&home, count)];
    home.paycli(import).time_limit(limit).run().exits(0);
    let args = ["webhook", "replay", "--to", &server.url(), "--unordered", "--json"];
    let replay = home.paycli(args).env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).time_limit(limit);
    let (mut running, mut peak) = (replay.start(), 0);
    while !running.has_ended() {
        // One that ends right now tells nothing more.
        peak = running.peak_memory().unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(running.wait().exits(0).json()["accepted"], count);
    peak
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn ten_times_the_events_take_the_same_memory() {
    const ROOM: u64 = 4 << 20;
    let (few, many) = (peak_of(5_000), peak_of(50_000));
    assert!(many < few + ROOM, "{few} bytes for 5,000 events, {many} for 50,000");
}
