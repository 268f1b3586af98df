//! SIGKILL at a random moment, and the dice that choose it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::run::{Run, Seen};

/// A small generator of random numbers. Its seed is printed where a test depends on it.
#[derive(Debug)]
pub(crate) struct Dice {
    state: u64,
}

impl Dice {
    /// The same seed gives the same numbers.
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Self { state: seed ^ 0x9E37_79B9_7F4A_7C15 };
        dice.next();
        dice
    }

    /// Seeded from `PAYCLI_TEST_SEED`, or from the clock; says which on stdout, which cargo shows on failure.
    #[expect(clippy::print_stdout, reason = "cargo shows it when the test fails")]
    pub(crate) fn seeded(what: &str) -> Self {
        let given = std::env::var("PAYCLI_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let clock = || {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
            u64::from(now.subsec_nanos()) ^ now.as_secs()
        };
        let seed = given.unwrap_or_else(clock);
        println!("{what}: PAYCLI_TEST_SEED={seed}");
        Self::new(seed)
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.next()) * bound as u128;
        usize::try_from(wide >> 64).expect("below bound")
    }

    /// A time below `bound`.
    pub(crate) fn time_below(&mut self, bound: Duration) -> Duration {
        let micros = usize::try_from(bound.as_micros()).expect("a short time").max(1);
        Duration::from_micros(self.below(micros) as u64)
    }
}

/// Runs a command and kills it after `delay`, unless it ended by itself before.
pub(crate) fn run_and_kill_after(run: Run, delay: Duration) -> Seen {
    let mut running = run.start();
    std::thread::sleep(delay);
    running.kill();
    running.wait()
}
