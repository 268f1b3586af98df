//! SIGKILL of a batch at random moments, against a sandbox that loses answers and fails: in the end exactly one
//! object a line, one result a line, and no key changed.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::{ids, lines};
use crate::support::env::PAYCLI;
use crate::support::killer::{Dice, run_and_kill_after};
use crate::support::{Home, Running};

/// Answers that are lost, errors, and an API that takes its time.
const FAULTS: [&str; 3] = ["drop-response,probability=0.1", "status=500,probability=0.05", "latency=5ms"];

struct Shop {
    home: Home,
    server: Running,
    url: String,
    key: String,
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.server.kill();
    }
}

impl Shop {
    fn open(seed: usize) -> Self {
        let home = Home::new();
        let mut command = [PAYCLI, "sandbox", "serve", "--port", "0", "--data", ":memory:", "--seed"]
            .map(Into::into)
            .to_vec();
        command.push(seed.to_string().into());
        for fault in FAULTS {
            command.extend(["--fault".into(), fault.into()]);
        }
        let mut server = home.command(command).time_limit(Duration::from_secs(3600)).start();
        server.until("a URL", |running| running.stdout_so_far().contains('\n'));
        let url = server.stdout_so_far().trim().to_owned();
        let seed = seed.to_string();
        let told = home.paycli(["sandbox", "keys", "--json", "--seed", &seed]).without_key().run().exits(0);
        let key = told.json()["secret_key"].as_str().expect("a key").to_owned();
        Self { home, server, url, key }
    }

    fn batch(&self, file: &str, name: &str) -> crate::support::Run {
        let args =
            ["--api-base", &self.url, "batch", file, "--name", name, "--max-retries", "8", "--unordered"];
        self.home
            .paycli(args)
            .args(["--concurrency", "32"])
            .key(&self.key)
            .time_limit(Duration::from_secs(600))
    }

    /// Objects of a batch by the line that they name.
    fn objects(&self, name: &str) -> BTreeMap<String, usize> {
        let all = self.home.paycli([
            "--api-base",
            &self.url,
            "get",
            "customers",
            "--all",
            "--limit",
            "100",
            "--max-retries",
            "9",
            "-q",
        ]);
        let seen = all.key(&self.key).time_limit(Duration::from_secs(600)).run().exits(0);
        let mut found = BTreeMap::new();
        for object in seen.ndjson() {
            if object["metadata"]["batch"] == name {
                let order = object["metadata"]["order"].as_str().expect("an order").to_owned();
                *found.entry(order).or_default() += 1;
            }
        }
        found
    }
}

fn keys(results: &[Value]) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    results.iter().map(|line| (text(&line["id"]), text(&line["idempotency_key"]))).collect()
}

fn rounds(rounds: usize, count: usize) {
    let mut dice = Dice::seeded("killed batches");
    let mut killed = 0;
    for round in 0..rounds {
        let shop = Shop::open(dice.below(1 << 20));
        let name = format!("round-{round}");
        let text = lines(count)
            .replace("/v1/payment_intents", "/v1/customers")
            .replace("\"amount\":2000,\"currency\":\"usd\",", "")
            .replace("\"metadata\":{", &format!("\"metadata\":{{\"batch\":\"{name}\","));
        let file = shop.home.file("orders.ndjson", &text);
        let mut known = BTreeMap::new();
        // Killed up to three times, each time a little later, and then left in peace.
        for turn in 1..=1 + dice.below(3) {
            let delay = dice.time_below(Duration::from_millis(1500) * u32::try_from(turn).expect("small"));
            let seen = run_and_kill_after(shop.batch(&file, &name), delay);
            killed += usize::from(seen.code().is_none());
            let whole: Vec<Value> =
                seen.out().lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
            known.extend(keys(&whole));
        }
        let mut seen = shop.batch(&file, &name).run();
        // A line whose retries are used up ends in a later run.
        for _ in 0..5 {
            if seen.code() == Some(0) {
                break;
            }
            seen = shop.batch(&file, &name).run();
        }
        let results = seen.ndjson();
        assert_eq!(ids(&seen).len(), count, "one result a line: round {round}");
        let now = keys(&results);
        assert_eq!(now.len(), count, "round {round}");
        for (id, key) in known {
            assert_eq!(now[&id], key, "the key of {id} changed: round {round}");
        }
        let objects = shop.objects(&name);
        for line in &results {
            let id = line["id"].as_str().expect("an id");
            let made = objects.get(id).copied().unwrap_or_default();
            assert_eq!((&line["outcome"], made), (&Value::from("succeeded"), 1), "{line}: round {round}");
        }
    }
    assert!(killed * 3 > rounds, "only {killed} runs in {rounds} rounds were killed: the delays are wrong");
}

#[test]
fn a_killed_batch_is_finished_by_the_same_command() {
    rounds(3, 150);
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn killed_batches_of_two_thousand_lines_are_finished() {
    // A round takes some seconds; PAYCLI_KILL_ROUNDS=200 is for a night.
    let count = std::env::var("PAYCLI_KILL_ROUNDS").ok().and_then(|text| text.parse().ok());
    rounds(count.unwrap_or(20), 2000);
}
