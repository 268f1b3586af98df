//! Stripe's own libraries and its own command line, on our sandbox: they cannot tell it from Stripe.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::peers::{python, script, url_of};
use crate::support::{Home, Run, Running, Seen, env};

/// How long a peer and the sandbox under it may take: hundreds of calls, and the pauses between retries.
const PATIENCE: Duration = Duration::from_secs(300);

/// A sandbox that is served for a peer, and its secret key.
struct Served {
    home: Home,
    server: Running,
    base: String,
    key: String,
}

impl Served {
    fn start() -> Self {
        let home = Home::new();
        let keys = home.paycli(["sandbox", "keys", "--json"]).without_key().run().exits(0).json();
        let key = keys["secret_key"].as_str().expect("a secret key").to_owned();
        let serve = ["sandbox", "serve", "--port", "0", "--data", ":memory:"];
        let mut server = home.paycli(serve).without_key().time_limit(PATIENCE).start();
        let base = url_of(&mut server);
        Self { home, server, base, key }
    }

    fn script(&self, command: Vec<std::ffi::OsString>) -> Run {
        let run = self.home.command(command).time_limit(PATIENCE).env("PAYCLI_TEST_BASE", &self.base);
        run.env("PAYCLI_TEST_KEY", &self.key).env("PAYCLI_TEST_MODULES", modules())
    }

    /// Makes ready to run the real Stripe CLI against the sandbox.
    fn stripe(&self, args: &[&str]) -> Run {
        let shim = modules().join("node_modules/@stripe/cli/bin/shim.js");
        assert!(shim.is_file(), "{} is missing: run scripts/test.sh", shim.display());
        let mut command = vec!["node".into(), shim.into_os_string()];
        command.extend(args.iter().map(Into::into));
        command.extend(["--api-base".into(), self.base.clone().into()]);
        let run = self.home.command(command).env("STRIPE_API_KEY", &self.key);
        run.env("XDG_CONFIG_HOME", self.home.path()).env("STRIPE_CLI_TELEMETRY_OPTOUT", "1")
    }

    /// The events of a type, as paycli tells them.
    fn events(&self, kind: &str) -> Vec<Value> {
        let path = format!("/v1/events?type={kind}&limit=100");
        let seen = self.home.paycli(["--api-base", &self.base, "get", &path]).key(&self.key).run().exits(0);
        seen.json()["data"].as_array().expect("a list").clone()
    }

    /// Ends the sandbox and shows what it said, for a failure's sake.
    fn stop(mut self) -> Seen {
        self.server.kill();
        self.server.wait()
    }
}

/// Where `scripts/test.sh` has installed node's peers.
fn modules() -> PathBuf {
    let binary = PathBuf::from(env::PAYCLI);
    binary.ancestors().nth(2).expect("target/debug/paycli").join("peers-node")
}

/// The line that counts the calls, after all checks have passed.
fn calls(seen: &Seen) -> u32 {
    let out = seen.out();
    let line = out.lines().find(|line| line.contains(" calls")).expect("a line with the number of calls");
    line.split(' ').next().and_then(|count| count.parse().ok()).expect("a number")
}

#[test]
#[ignore = "needs the stripe library: run by scripts/test.sh"]
fn the_python_library_uses_every_resource_and_knows_every_field() {
    let served = Served::start();
    let seen = served.script(vec![python().into(), script("sandbox_resources.py").into()]).run();
    let sandbox = served.stop();
    let seen = seen.exits(0);
    assert!(calls(&seen) >= 80, "{seen}\n{sandbox}");
    assert!(seen.out().matches("ok ").count() >= 20, "{seen}");
}

#[test]
#[ignore = "needs node and the stripe library: run by scripts/test.sh"]
fn the_node_library_uses_every_resource() {
    let served = Served::start();
    let seen = served.script(vec!["node".into(), script("sandbox_node.mjs").into()]).run();
    let sandbox = served.stop();
    let seen = seen.exits(0);
    assert!(calls(&seen) >= 80, "{seen}\n{sandbox}");
    assert!(seen.out().matches("ok ").count() >= 10, "{seen}");
}

#[test]
#[ignore = "needs the Stripe CLI: run by scripts/test.sh"]
fn the_stripe_cli_gets_posts_and_deletes() {
    let served = Served::start();
    let run = |args: &[&str]| served.stripe(args).run().exits(0).json();
    let made = run(&["post", "/v1/customers", "-d", "name=Zoë", "-d", "metadata[order]=17"]);
    assert_eq!((&made["name"], &made["metadata"]["order"]), (&"Zoë".into(), &"17".into()));
    let id = made["id"].as_str().expect("an id");
    assert_eq!(run(&["get", id])["name"], "Zoë");
    assert_eq!(run(&["customers", "update", id, "-d", "name=Zoe"])["name"], "Zoe");
    let customer = format!("customer={id}");
    let mut args = vec!["post", "/v1/payment_intents", "-i", "order-17", "-e", "customer"];
    let pairs = ["amount=2000", "currency=usd", "payment_method=pm_card_visa", "confirm=true", &customer];
    args.extend(pairs.iter().flat_map(|pair| ["-d", *pair]));
    let paid = run(&args);
    assert_eq!((&paid["status"], &paid["customer"]["name"]), (&"succeeded".into(), &"Zoe".into()));
    assert_eq!(run(&args)["id"], paid["id"], "the same key replays");
    assert_eq!(run(&["get", "/v1/payment_intents", "-l", "1"])["data"][0]["id"], paid["id"]);
    assert_eq!(run(&["delete", &format!("/v1/customers/{id}"), "-c"])["deleted"], true);
    assert_eq!(run(&["get", "cus_none"])["error"]["code"], "resource_missing");
    served.stop();
}

/// What the Stripe CLI's fixtures can bring about with the sandbox's resources.
const TRIGGERS: &[&str] = &[
    "balance.available",
    "charge.captured",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.failed",
    "charge.refund.updated",
    "charge.refunded",
    "charge.succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "coupon.created",
    "coupon.deleted",
    "coupon.updated",
    "customer.created",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
    "customer.updated",
    "invoice.created",
    "invoice.deleted",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.sent",
    "invoice.updated",
    "invoice.voided",
    "invoiceitem.created",
    "invoiceitem.deleted",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_method.attached",
    "payment_method.detached",
    "payment_method.updated",
    "payout.created",
    "payout.updated",
    "price.created",
    "price.updated",
    "product.created",
    "product.deleted",
    "product.updated",
    "setup_intent.canceled",
    "setup_intent.created",
    "setup_intent.requires_action",
    "setup_intent.setup_failed",
    "setup_intent.succeeded",
    "tax_rate.created",
    "tax_rate.updated",
];

#[test]
#[ignore = "needs the Stripe CLI: run by scripts/test.sh"]
fn the_stripe_cli_triggers_events() {
    let served = Served::start();
    for kind in TRIGGERS {
        let before = served.events(kind).len();
        let seen = served.stripe(&["trigger", kind]).run();
        assert!(seen.out().contains("Trigger succeeded"), "{kind}: {seen}");
        assert!(served.events(kind).len() > before, "{kind} makes no event of its type: {seen}");
    }
    served.stop();
}

/// What goes wrong, how many seconds an attempt may take, and whether the library may give up.
const FAULTS: &[(&str, &str, bool)] = &[
    ("drop-request,method=POST,count=1", "10", false),
    ("drop-request,method=POST,count=3", "10", false),
    ("drop-response,method=POST,count=1", "10", false),
    ("drop-response,method=POST,count=3", "10", false),
    ("status=500,method=POST,count=2", "10", false),
    ("status=503,method=POST,count=2", "10", false),
    ("status=409,method=POST,count=1", "10", false),
    ("rate-limit,method=POST,count=2", "10", false),
    ("status=400,should-retry=true,method=POST,count=1", "10", false),
    ("should-retry=true,method=POST,count=1", "10", false),
    ("should-retry=false,method=POST,count=1", "10", false),
    ("latency=3s,method=POST,count=1", "1", false),
    // Told not to try again, and an answer with half a body: the program asks again, with its key.
    ("status=500,should-retry=false,method=POST,count=1", "10", true),
    ("truncate,method=POST,count=1", "10", true),
];

/// Every fault, with a library's own retries: one object each time.
fn one_object_whatever_goes_wrong(command: impl Fn() -> Vec<std::ffi::OsString>) {
    let served = Served::start();
    let control = |args: &[&str]| served.home.paycli(["sandbox"]).args(args).without_key().run().exits(0);
    for (fault, timeout, may_give_up) in FAULTS {
        control(&["reset"]);
        control(&["fault", "add", fault]);
        let seen = served.script(command()).env("PAYCLI_TEST_TIMEOUT", timeout).run().exits(0);
        let faults = control(&["fault", "list", "--json"]).json();
        assert_ne!(faults["faults"][0]["struck"], 0, "{fault} struck nothing: {seen}");
        let out = seen.out();
        let (id, asked) = out.lines().last().and_then(|line| line.split_once(' ')).expect("an id");
        assert!(id.starts_with("cus_"), "{fault}: {seen}");
        assert!(asked == "1" || *may_give_up, "{fault}: the library gave up: {seen}");
        let objects = control(&["status", "--json"]).json()["objects"].clone();
        assert_eq!((&objects["customer"], &objects["event"]), (&1.into(), &1.into()), "{fault}: {seen}");
    }
    served.stop();
}

#[test]
#[ignore = "needs the stripe library: run by scripts/test.sh"]
fn the_python_librarys_retries_end_with_one_object_whatever_goes_wrong() {
    one_object_whatever_goes_wrong(|| vec![python().into(), script("sandbox_retries.py").into()]);
}

#[test]
#[ignore = "needs node and the stripe library: run by scripts/test.sh"]
fn the_node_librarys_retries_end_with_one_object_whatever_goes_wrong() {
    one_object_whatever_goes_wrong(|| vec!["node".into(), script("sandbox_retries.mjs").into()]);
}
