//! Any number of runners on one batch: exactly one object a line, whoever of them is killed or stopped, and
//! whatever the database does meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::support::killer::Dice;
use crate::support::ledger::Ledger;

/// How long the lease of a runner is here.
const LEASE: Duration = Duration::from_secs(2);

struct Shop {
    ledger: Arc<Ledger>,
    server: Server,
    homes: Vec<Home>,
    text: String,
    count: usize,
}

impl Shop {
    fn open(count: usize) -> Self {
        let dice = Dice::seeded("runners of one batch");
        let (ledger, server) = Ledger::start(dice, Duration::from_millis(20), 50);
        let line = |number: usize| {
            let data =
                json!({"amount": 2000, "currency": "usd", "metadata": {"order": format!("o{number}")}});
            json!({"id": format!("o{number}"), "method": "POST", "path": "/v1/payment_intents", "data": data})
        };
        let text = (0..count).map(|number| format!("{}\n", line(number))).collect();
        Self { ledger, server, homes: (0..5).map(|_| Home::new()).collect(), text, count }
    }

    fn runner(&self, number: usize, database: &Database<'_>) -> Run {
        let home = &self.homes[number];
        let file = home.file("orders.ndjson", &self.text);
        let args = ["batch", &file, "--name", "orders", "--unordered", "--concurrency", "16"];
        home.at(&self.server, args)
            .args(["--max-retries", "8", "-q"])
            .env("PAYCLI_JOURNAL_URL", database.url())
            .env("PAYCLI_JOURNAL_LEASE", format!("{}s", LEASE.as_secs()))
            .time_limit(Duration::from_secs(1800))
    }

    /// Waits until so many lines were executed.
    fn until(&self, part: usize, running: &mut Running) {
        running.until("lines", |_| self.ledger.executions().len() >= self.count / part);
    }

    /// Every line was executed once, under one key, and every result is known.
    fn check(&self, database: &Database<'_>) {
        let mut executed: BTreeMap<String, usize> = BTreeMap::new();
        for execution in self.ledger.executions().values() {
            let form = form_urlencoded::parse(&execution.body).into_owned();
            let order = form.into_iter().find(|(name, _)| name == "metadata[order]").expect("an order").1;
            *executed.entry(order).or_default() += execution.executed;
        }
        assert_eq!(executed.len(), self.count);
        assert!(executed.values().all(|times| *times == 1), "{executed:?}");
        let states = database.sql("SELECT state, count(*) FROM paycli_test.entries GROUP BY state");
        assert_eq!(states, format!("succeeded|{}", self.count));
        assert_eq!(database.sql("SELECT count(*) FROM paycli_test.entries WHERE held_by IS NOT NULL"), "0");
    }
}

/// Four runners: two are killed, one is stopped for longer than its lease, and `meanwhile` happens.
fn two_killed_and_one_stopped(count: usize, database: &Database<'_>, meanwhile: impl FnOnce()) {
    let shop = Shop::open(count);
    let mut runners: Vec<_> = (0..4).map(|number| shop.runner(number, database).start()).collect();
    let mut last = runners.pop().expect("four");
    shop.until(8, &mut last);
    runners[0].kill();
    shop.until(6, &mut last);
    runners[1].signal("STOP");
    shop.until(5, &mut last);
    runners[2].kill();
    meanwhile();
    std::thread::sleep(LEASE * 2);
    runners[1].signal("CONT");
    last.wait();
    for runner in runners {
        runner.wait();
    }
    shop.runner(4, database).run().exits(0);
    shop.check(database);
}

#[test]
fn runners_share_a_batch() {
    let database = Postgres::shared().database();
    let shop = Shop::open(200);
    let runners: Vec<_> = (0..4).map(|number| shop.runner(number, &database).start()).collect();
    for runner in runners {
        let seen = runner.wait().exits(0);
        assert_eq!(seen.ndjson().len(), shop.count, "each of them has every result");
    }
    shop.check(&database);
    let runners = database.sql("SELECT count(*) FROM paycli_test.runners");
    assert_eq!(runners, "0", "nobody holds anything any more");
}

#[test]
fn a_line_is_one_object_when_runners_are_killed_and_stopped() {
    two_killed_and_one_stopped(1200, &Postgres::shared().database(), || ());
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn twenty_thousand_lines_with_two_killed_and_one_stopped() {
    two_killed_and_one_stopped(20_000, &Postgres::shared().database(), || ());
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn so_it_is_when_the_database_is_restarted_in_the_middle() {
    let server = Postgres::start(&[]);
    two_killed_and_one_stopped(5000, &server.database(), || {
        server.stop();
        std::thread::sleep(Duration::from_secs(3));
        server.start_again();
    });
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn so_it_is_where_the_database_forces_serializable() {
    let database = Postgres::shared().database();
    let name = &database.name;
    database.sql(&format!("ALTER DATABASE {name} SET default_transaction_isolation TO serializable"));
    two_killed_and_one_stopped(5000, &database, || ());
}
