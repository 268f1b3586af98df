//! SIGKILL in the middle of time: a walk that is cut off goes on where it stopped, and nothing happens twice.

use std::time::Duration;

use crate::support::Home;
use crate::support::killer::{Dice, run_and_kill_after};

const DAY: usize = 86_400;

/// How far the clock goes: eleven renewals, each paid.
const YEAR: usize = 360 * DAY;

const SUBSCRIPTIONS: usize = 30;

/// How far ahead the sandbox's clock is, in seconds.
fn ahead(home: &Home) -> usize {
    let told = home.paycli(["sandbox", "status", "--json"]).without_key().run().exits(0).json();
    told["clock_ahead_seconds"].as_u64().and_then(|seconds| usize::try_from(seconds).ok()).expect("a number")
}

fn post(home: &Home, path: &str, data: &[&str]) -> String {
    let mut run = home.paycli(["-p", "sandbox", "--quiet", "post", path]).without_key();
    for pair in data {
        run = run.args(["-d", pair]);
    }
    run.run().exits(0).json()["id"].as_str().expect("an id").to_owned()
}

fn killed_on_the_way(kills: usize, longest: Duration) {
    let mut dice = Dice::seeded("kills of time");
    let home = Home::new();
    let plan = ["unit_amount=1000", "currency=usd", "recurring[interval]=month", "product_data[name]=Plan"];
    let price = format!("items[0][price]={}", post(&home, "prices", &plan));
    let card = ["payment_method=pm_card_visa", "invoice_settings[default_payment_method]=pm_card_visa"];
    for _ in 0..SUBSCRIPTIONS {
        let customer = format!("customer={}", post(&home, "customers", &card));
        post(&home, "subscriptions", &[&customer, &price]);
    }
    for left in (1..=kills).rev() {
        let stride = (YEAR - ahead(&home)) / left;
        let advance = home.paycli(["sandbox", "advance", &format!("{stride}s")]).without_key();
        run_and_kill_after(advance, dice.time_below(longest));
    }
    let rest = format!("{}s", YEAR - ahead(&home));
    home.paycli(["sandbox", "advance", &rest]).without_key().run().exits(0);

    let data = rusqlite::Connection::open(home.root().join("data").join("sandbox.sqlite")).expect("the data");
    let count = |sql: &str| data.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count");
    let count = |sql: &str| usize::try_from(count(sql)).expect("no less than none");
    let invoices = SUBSCRIPTIONS * 12;
    let of = "json_extract(body, '$.status') = 'paid' AND json_extract(body, '$.amount_paid') = 1000";
    assert_eq!(count("SELECT count(*) FROM objects WHERE kind = 'invoice'"), invoices);
    assert_eq!(count(&format!("SELECT count(*) FROM objects WHERE kind = 'invoice' AND {of}")), invoices);
    assert_eq!(count("SELECT count(*) FROM objects WHERE kind = 'charge'"), invoices);
    for name in ["invoice.created", "invoice.finalized", "invoice.paid", "charge.succeeded"] {
        let events = format!("FROM objects WHERE kind = 'event' AND json_extract(body, '$.type') = '{name}'");
        let of = format!("SELECT count(DISTINCT json_extract(body, '$.data.object.id')) {events}");
        assert_eq!((count(&format!("SELECT count(*) {events}")), count(&of)), (invoices, invoices), "{name}");
    }
    assert_eq!(
        count(
            "SELECT count(DISTINCT json_extract(body, '$.parent.subscription_details.subscription') || ' ' ||
             json_extract(body, '$.lines.data[0].period.start')) FROM objects WHERE kind = 'invoice'"
        ),
        invoices,
        "a period was billed twice"
    );
}

#[test]
fn a_year_that_is_killed_on_the_way_is_lived_once() {
    killed_on_the_way(5, Duration::from_millis(400));
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn a_year_that_is_killed_many_times_is_lived_once() {
    killed_on_the_way(60, Duration::from_millis(200));
}
