//! SIGKILL at random moments: every operation is executed at most once, and every one can be finished.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::support::killer::{Dice, run_and_kill_after};
use crate::support::ledger::Ledger;
use crate::support::{Home, Server};

/// How an operation is told to keep its key over a re-run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// By the journal alone: the same command again.
    Duplicate,
    /// By `-i`.
    Key,
    /// By `--operation`.
    Name,
}

struct Shop {
    home: Home,
    ledger: Arc<Ledger>,
    server: Server,
}

impl Shop {
    fn open(dice: Dice, pause: Duration, lost_one_in: usize) -> Self {
        let (ledger, server) = Ledger::start(dice, pause, lost_one_in);
        Self { home: Home::new(), ledger, server }
    }

    fn command(&self, order: usize, kept: Kept) -> crate::support::Run {
        let metadata = format!("metadata[order]={order}");
        let run = self.home.at(&self.server, ["request", "POST", "/v1/payment_intents"]);
        let run =
            run.args(["-d", "amount=2000", "-d", &metadata, "--retry-budget", "20s", "--max-retries", "6"]);
        match kept {
            Kept::Duplicate => run,
            Kept::Key => run.args(["-i", &format!("order-{order}")]),
            Kept::Name => run.args(["--operation", &format!("order-{order}")]),
        }
    }

    /// How often the order was executed, whatever the keys.
    fn executed(&self, order: usize) -> usize {
        self.ledger.executed("metadata[order]", &order.to_string())
    }

    fn no_key_was_executed_twice(&self) {
        for (key, execution) in self.ledger.executions() {
            assert!(execution.executed <= 1, "{key} was executed {} times", execution.executed);
        }
    }
}

fn kept(order: usize) -> Kept {
    [Kept::Duplicate, Kept::Key, Kept::Name][order % 3]
}

/// Whether the caller has the result: a run that is killed on its last step has shown it already, and
/// the same command is then a new request.
fn was_told(seen: &crate::support::Seen) -> bool {
    seen.code() == Some(0) || !seen.out().is_empty()
}

/// How long a run takes that nobody kills and whose answer is not lost.
fn usual_time(shop: &Shop) -> Duration {
    let time = |order| shop.command(order, kept(order)).run().exits(0).took;
    (0..6).map(time).min().expect("six runs")
}

/// Kills `rounds` runs, one order each. Half of the orders are run again at once, half are left open.
fn killed_and_finished(rounds: usize) {
    let mut dice = Dice::seeded("kill rounds");
    let shop = Shop::open(Dice::new(dice.below(1 << 30) as u64), Duration::from_millis(12), 5);
    let usual = usual_time(&shop);
    let (mut killed, mut open) = (0, BTreeSet::new());
    for order in 10..10 + rounds {
        let seen = run_and_kill_after(shop.command(order, kept(order)), dice.time_below(usual * 5 / 4));
        killed += usize::from(seen.code().is_none());
        if was_told(&seen) {
            continue;
        }
        if dice.below(2) == 0 {
            open.insert(order);
            continue;
        }
        // A re-run may be killed too, before the last one is left in peace.
        if dice.below(3) == 0
            && was_told(&run_and_kill_after(shop.command(order, kept(order)), dice.time_below(usual)))
        {
            assert_eq!(shop.executed(order), 1, "order {order}, {:?}: {seen}", kept(order));
            continue;
        }
        let again = shop.command(order, kept(order)).run().exits(0);
        assert_eq!(shop.executed(order), 1, "order {order}, {:?}: {seen}\nand again: {again}", kept(order));
    }
    assert!(killed > rounds / 4, "only {killed} of {rounds} were killed: the delays are wrong");

    let resumed = shop.home.paycli(["journal", "resume", "--all", "--json"]).run().exits(0);
    shop.no_key_was_executed_twice();
    let received: BTreeSet<_> = shop.ledger.executions().into_keys().collect();
    for entry in shop.home.entries() {
        assert_eq!(entry["state"], "succeeded", "{entry:#} after {resumed}");
    }
    for key in &received {
        let entry = shop.home.entry(key);
        assert_eq!(entry["state"], "succeeded", "the server knows a key that is not finished: {entry:#}");
    }
    for order in open {
        let before = shop.executed(order);
        assert!(before <= 1, "order {order} was executed {before} times");
        if kept(order) != Kept::Duplicate {
            shop.command(order, kept(order)).run().exits(0);
            assert_eq!(shop.executed(order), 1, "order {order}");
        }
    }
    shop.no_key_was_executed_twice();
}

#[test]
fn a_killed_run_is_finished_once_by_the_same_command_or_by_resume() {
    killed_and_finished(10);
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn hundreds_of_killed_runs_are_each_finished_once() {
    killed_and_finished(400);
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn a_killed_resume_is_finished_by_the_next() {
    let mut dice = Dice::seeded("killed resumes");
    let shop = Shop::open(Dice::new(7), Duration::from_millis(8), 3);
    let usual = usual_time(&shop);
    for order in 10..40 {
        run_and_kill_after(shop.command(order, kept(order)), dice.time_below(usual));
    }
    let resume = || shop.home.paycli(["journal", "resume", "--all", "--json"]);
    for _ in 0..40 {
        run_and_kill_after(resume(), dice.time_below(usual * 3));
    }
    resume().run().exits(0);
    shop.no_key_was_executed_twice();
    for entry in shop.home.entries() {
        assert_eq!(entry["state"], "succeeded", "{entry:#}");
    }
    for order in 10..40 {
        assert!(shop.executed(order) <= 1, "order {order} was executed twice");
    }
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn a_journal_killed_at_its_creation_is_whole_in_the_end() {
    let mut dice = Dice::seeded("killed at creation");
    let usual = usual_time(&Shop::open(Dice::new(7), Duration::ZERO, 0));
    for order in 10..70 {
        let shop = Shop::open(Dice::new(7), Duration::ZERO, 0);
        run_and_kill_after(shop.command(order, kept(order)), dice.time_below(usual));
        if kept(order) != Kept::Duplicate || shop.executed(order) == 0 {
            shop.command(order, kept(order)).run().exits(0);
        }
        shop.home.paycli(["journal", "resume", "--all", "--json"]).run().exits(0);
        assert_eq!(shop.executed(order), 1, "order {order}");
        shop.no_key_was_executed_twice();
    }
}
