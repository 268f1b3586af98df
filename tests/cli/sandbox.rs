//! `paycli sandbox`: serving, controlling, and what it says when it cannot.

use std::net::TcpListener;

use serde_json::Value;

use crate::support::http::{Answered, send};
use crate::support::{Home, Running, Seen};

/// A sandbox that is being served from a home.
struct Served {
    home: Home,
    running: Running,
    base: String,
    bearer: String,
}

impl Served {
    fn start(args: &[&str]) -> Self {
        Self::start_in(Home::new(), args)
    }

    fn start_in(home: Home, args: &[&str]) -> Self {
        let keys = sandbox(&home, &["keys", "--json"]).exits(0).json();
        let bearer = format!("Authorization: Bearer {}", keys["secret_key"].as_str().expect("a key"));
        let mut running =
            home.paycli(["sandbox", "serve", "--port", "0", "--json"]).args(args).without_key().start();
        running.until("a line", |running| running.stdout_so_far().ends_with('\n'));
        let told: Value = serde_json::from_str(&running.stdout_so_far()).expect("JSON");
        let base = told["url"].as_str().expect("a URL").to_owned();
        Self { home, running, base, bearer }
    }

    fn port(&self) -> &str {
        self.base.rsplit(':').next().expect("a port")
    }

    fn post(&self, path: &str, key: &str, body: &str) -> std::io::Result<Answered> {
        let key = format!("Idempotency-Key: {key}");
        send(&self.base, "POST", path, &[&self.bearer, &key], body)
    }

    fn get(&self, path: &str) -> Answered {
        send(&self.base, "GET", path, &[&self.bearer], "").expect("an answer")
    }

    fn control(&self, args: &[&str]) -> Seen {
        sandbox(&self.home, args)
    }

    fn end(mut self) -> Home {
        self.running.kill();
        self.running.wait();
        self.home
    }
}

fn sandbox(home: &Home, args: &[&str]) -> Seen {
    home.paycli(["sandbox"]).args(args).without_key().run()
}

#[test]
fn a_server_is_found_and_controlled_without_a_word_about_where_it_is() {
    let served = Served::start(&["--data", ":memory:", "--fault", "status=500,path=/v1/refunds"]);
    assert_eq!(served.post("/v1/customers", "k", "name=A").expect("an answer").status, 200);
    let told = served.control(&["status", "--json"]).exits(0).json();
    assert_eq!(
        (&told["running"], &told["url"], &told["data"]),
        (&true.into(), &served.base.clone().into(), &":memory:".into())
    );
    assert_eq!((&told["objects"]["customer"], &told["idempotency_keys"]), (&1.into(), &1.into()), "{told}");
    assert!(served.control(&["status"]).exits(0).out().contains(&served.base));

    served.control(&["advance", "25h"]).exits(0);
    let again = served.post("/v1/customers", "k", "name=B").expect("an answer");
    assert!(again.status == 200 && !again.is_replay(), "{again:?}");

    let faults =
        served.control(&["fault", "add", "drop-response,method=POST,count=1", "--json"]).exits(0).json();
    assert_eq!((&faults["id"], &faults["faults"][0]["id"]), (&2.into(), &1.into()));
    served.post("/v1/customers", "lost", "").expect_err("the answer is dropped");
    assert!(served.post("/v1/customers", "lost", "").expect("an answer").is_replay());
    assert!(served.control(&["fault", "list"]).exits(0).out().contains("drop-response,method=POST,count=1"));
    served.control(&["fault", "clear", "2"]).exits(0);
    assert_eq!(
        served.control(&["fault", "list", "--json"]).exits(0).json()["faults"].as_array().map(Vec::len),
        Some(1)
    );
    served.control(&["fault", "add", "nonsense"]).exits(2).says("nonsense");

    served.control(&["reset"]).exits(0);
    let told = served.control(&["status", "--json"]).exits(0).json();
    assert_eq!((&told["objects"], &told["clock_ahead_seconds"]), (&serde_json::json!({}), &0.into()));
    assert_eq!(
        told["faults"].as_array().map(Vec::len),
        Some(1),
        "what serve was started with is there again"
    );
    served.end();
}

#[test]
fn a_key_is_made_with_what_it_may_do() {
    let served = Served::start(&["--data", ":memory:"]);
    let made = served.control(&["keys", "--create", "restricted", "--allow", "customer=read,refund=write"]);
    let key = made.exits(0).out().trim().to_owned();
    assert!(key.starts_with("rk_test_"));
    let bearer = format!("Authorization: Bearer {key}");
    let ask = |method: &str, path: &str| send(&served.base, method, path, &[&bearer], "").expect("an answer");
    assert_eq!((ask("GET", "/v1/customers").status, ask("POST", "/v1/customers").status), (200, 403));
    assert!(ask("POST", "/v1/customers").body.contains("rak_customer_write"));
    served.control(&["keys", "--create", "restricted", "--allow", "unicorn=read"]).exits(2).says("unicorn");
    served.control(&["keys", "--allow", "customer=read"]).exits(2).says("--create");

    let made =
        served.control(&["keys", "--create", "secret", "--expires-in", "1h", "--json"]).exits(0).json();
    let bearer = format!("Authorization: Bearer {}", made["key"].as_str().expect("a key"));
    let ask = || send(&served.base, "GET", "/v1/account", &[&bearer], "").expect("an answer");
    assert_eq!(ask().status, 200);
    served.control(&["advance", "61m"]).exits(0);
    assert_eq!((ask().status, ask().json()["error"]["code"].clone()), (401, "api_key_expired".into()));
    served.end();
}

#[test]
fn what_is_asked_without_a_server_is_asked_of_the_homes_data() {
    let home = Home::new();
    let pay = ["--profile", "sandbox", "post", "customers", "-d", "name=A"];
    home.paycli(pay).without_key().run().exits(0);
    let told = sandbox(&home, &["status", "--json"]).exits(0).json();
    assert_eq!((&told["running"], &told["objects"]["customer"]), (&false.into(), &1.into()), "{told}");
    sandbox(&home, &["advance", "2d"]).exits(0);
    let made = home.paycli(["--profile", "sandbox", "post", "customers", "-d", "name=B"]).without_key().run();
    let ahead = sandbox(&home, &["status", "--json"]).exits(0).json()["clock_ahead_seconds"].clone();
    assert_eq!(ahead, 2 * 86_400);
    assert!(made.exits(0).json()["created"].as_i64().expect("a time") > 2 * 86_400 + 1_700_000_000);
    sandbox(&home, &["reset"]).exits(0);
    assert_eq!(sandbox(&home, &["status", "--json"]).exits(0).json()["objects"], serde_json::json!({}));
    sandbox(&home, &["fault", "list"]).exits(2).says("sandbox serve");
    sandbox(&home, &["status", "--port", "1"]).exits(2).says("port 1");
}

#[test]
fn deliveries_are_logged_and_made_again_and_secrets_rolled() {
    let hook = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/hook", hook.local_addr().expect("an address"));
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        for stream in hook.incoming() {
            let Ok(mut stream) = stream else { return };
            std::thread::spawn(move || {
                let mut buffer = vec![0_u8; 64 * 1024];
                while let Ok(1..) = stream.read(&mut buffer) {
                    if stream.write_all(b"HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n").is_err() {
                        return;
                    }
                }
            });
        }
    });
    let served = Served::start(&["--data", ":memory:", "--webhook-url", &url]);
    served.post("/v1/customers", "k", "").expect("an answer");
    let log = || served.control(&["deliveries", "--json"]).exits(0).json()["deliveries"].clone();
    let settled = |count: usize| {
        for _ in 0..200 {
            let log = log();
            let all = log.as_array().expect("a log");
            if all.len() == count && all.iter().all(|line| line["state"] == "delivered") {
                return log;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("not delivered: {}", log());
    };
    let first = settled(1);
    assert_eq!(
        (&first[0]["type"], &first[0]["status"], &first[0]["url"]),
        (&"customer.created".into(), &204.into(), &url.clone().into())
    );
    let event = first[0]["event"].as_str().expect("an id").to_owned();
    served.control(&["resend", &event]).exits(0);
    settled(2);
    assert!(served.control(&["deliveries"]).exits(0).out().contains(&event));
    served.control(&["resend", "evt_none"]).exits(2).says("evt_none");

    let body = format!("url={url}&enabled_events[]=*");
    let endpoint = served.post("/v1/webhook_endpoints", "e", &body).expect("an answer").json();
    let rolled =
        served.control(&["roll", endpoint["id"].as_str().expect("an id"), "--overlap", "1h"]).exits(0);
    assert!(rolled.out().starts_with("whsec_") && rolled.out().trim() != endpoint["secret"]);
    served.control(&["roll", "we_none"]).exits(2).says("we_none");
    served.end();
}

#[test]
fn several_servers_have_to_be_told_apart() {
    let one = Served::start(&["--data", ":memory:"]);
    let home = one.home.root();
    let mut other =
        one.home.paycli(["sandbox", "serve", "--port", "0", "--data", ":memory:"]).without_key().start();
    other.until("a line", |running| running.stdout_so_far().ends_with('\n'));
    one.control(&["status"]).exits(2).says(one.port());
    let port = one.port().to_owned();
    assert_eq!(one.control(&["status", "--port", &port, "--json"]).exits(0).json()["url"], one.base);
    other.kill();
    other.wait();
    assert_eq!(one.control(&["status", "--json"]).exits(0).json()["url"], one.base, "a dead one is nobody");
    assert!(home.join("data").is_dir());
    one.end();
}

#[cfg(unix)]
#[test]
fn what_leads_to_a_server_is_private_and_goes_with_it() {
    use std::os::unix::fs::PermissionsExt;
    let served = Served::start(&["--data", ":memory:"]);
    let file = served.home.root().join("data").join(format!("sandbox-server.{}.json", served.port()));
    assert_eq!(std::fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);
    let id = served.running.id().to_string();
    served.home.command(vec!["kill".into(), "-TERM".into(), id.into()]).run().exits(0);
    served.running.wait().exits(0);
    assert!(!file.exists());
}

#[test]
fn other_machines_reach_it_only_when_that_was_said() {
    let home = Home::new();
    sandbox(&home, &["serve", "--host", "0.0.0.0", "--port", "0"]).exits(2).says("--allow-remote");
    let served = Served::start_in(home, &["--data", ":memory:", "--host", "0.0.0.0", "--allow-remote"]);
    let base = format!("http://127.0.0.1:{}", served.port());
    let seen = send(&base, "GET", "/v1/account", &[&served.bearer], "").expect("an answer");
    assert_eq!(seen.status, 200);
    assert!(
        served.running.stderr_so_far().contains("whoever reaches this address"),
        "{}",
        served.running.stderr_so_far()
    );
    served.end();
}

#[test]
fn what_cannot_be_served_is_said() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    sandbox(&home, &["serve", "--port", &port]).exits(2).says("--port 0");
    sandbox(&home, &["serve", "--port", "0", "--fault", "nonsense"]).exits(2).says("nonsense");
    sandbox(&home, &["serve", "--port", "0", "--webhook-url", "ftp://x"]).exits(2).says("--webhook-url");
    sandbox(&home, &["serve", "--port", "0", "--clock", "yesterday"]).exits(2);
    let notes = home.file("notes.txt", "not a database, and longer than the head of one is\n".repeat(40));
    sandbox(&home, &["serve", "--port", "0", "--data", &notes]).exits(1).says("notes.txt");
}

#[test]
fn data_of_a_newer_version_is_refused_and_kept() {
    let served = Served::start(&[]);
    served.post("/v1/customers", "k", "").expect("an answer");
    let home = served.end();
    let file = home.root().join("data").join("sandbox.sqlite");
    let connection = rusqlite::Connection::open(&file).expect("the data file");
    connection.pragma_update(None, "user_version", 99).expect("written");
    drop(connection);
    sandbox(&home, &["serve", "--port", "0"]).exits(1).says("newer paycli");
    sandbox(&home, &["reset"]).exits(1).says("newer paycli");
    let connection = rusqlite::Connection::open(&file).expect("the data file");
    let kept: i64 = connection
        .query_row("SELECT count(*) FROM objects WHERE kind = 'customer'", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(kept, 1);
}

#[test]
fn the_clock_is_told_when_it_is_ahead() {
    let served = Served::start(&["--clock", "2040-01-01T00:00:00Z"]);
    let customer = served.post("/v1/customers", "k", "").expect("an answer").json();
    assert!(customer["created"].as_i64().expect("a time") >= 2_208_988_800);
    assert!(served.running.stderr_so_far().contains("ahead"));
    let date = served.get("/v1/account").head;
    assert!(date.contains("2040"), "{date}");
    served.end();
}

#[test]
#[ignore = "needs strace: run by scripts/test.sh"]
fn a_look_at_the_data_opens_no_port() {
    let home = Home::new();
    let no_port = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=bind,listen,connect:error=EACCES"];
    for command in [&["sandbox", "status", "--json"][..], &["sandbox", "advance", "25h", "--json"]] {
        let told = home.paycli(command).through(no_port).run().exits(0).json();
        assert_eq!(told["schema"], 1, "{told}");
    }
    let told = home.paycli(["sandbox", "status", "--json"]).run().exits(0).json();
    assert_eq!(told["clock_ahead_seconds"], 25 * 60 * 60, "{told}");
}
