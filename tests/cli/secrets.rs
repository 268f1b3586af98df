//! A canary key goes through every command, failures included, and is found nowhere.

use std::collections::HashSet;
use std::time::Duration;

use crate::support::server::{Answer, Step, nobody, paid};
use crate::support::{Home, Run, Seen, Server, keys};

/// A run of so many hidden characters of the key counts as a leak.
const TELLING: usize = 12;

/// Looks for any telling piece of a key.
struct Canary {
    pieces: HashSet<Vec<u8>>,
}

impl Canary {
    fn of(key: &str) -> Self {
        let pieces = keys::hidden_part(key).as_bytes().windows(TELLING).map(<[u8]>::to_vec).collect();
        Self { pieces }
    }

    fn sings_in(&self, bytes: &[u8]) -> bool {
        bytes.windows(TELLING).any(|window| self.pieces.contains(window))
    }

    fn is_silent_in(&self, seen: &Seen) {
        assert!(!self.sings_in(&seen.stdout), "the key is on stdout: {seen}");
        assert!(!self.sings_in(&seen.stderr), "the key is on stderr: {seen}");
    }

    fn is_silent_under(&self, home: &Home, but_for: &[&str]) {
        for (file, bytes) in home.files() {
            let allowed = but_for.iter().any(|name| file.ends_with(name));
            assert!(allowed || !self.sings_in(&bytes), "the key is in {}", file.display());
        }
    }
}

#[test]
fn the_canary_itself_is_found_where_it_is() {
    for key in [keys::test_key(), keys::live_key(), keys::legacy_key(), keys::webhook_secret()] {
        let canary = Canary::of(&key);
        assert!(canary.sings_in(format!("x{key}x").as_bytes()), "{key}");
        let shown = format!("sk_test_****{} {}", &key[key.len() - 4..], keys::account());
        assert!(!canary.sings_in(shown.as_bytes()), "what may be shown is no leak");
    }
}

/// Every command of this release, and its ways to show more.
fn commands() -> Vec<Vec<&'static str>> {
    let pay = ["request", "POST", "/v1/payment_intents", "-d", "amount=1", "--max-retries", "1"];
    let with = |extra: &[&'static str]| [&pay[..], extra].concat();
    vec![
        with(&[]),
        with(&["-v", "-s", "--new-key"]),
        with(&["--json", "-v", "--new-key"]),
        with(&["--dry-run"]),
        with(&["--dry-run", "--json"]),
        with(&["--curl"]),
        with(&["--curl", "--json"]),
        with(&["-i", "a-key", "-H", "X-A: b", "-vs"]),
        with(&["-i", "a-key", "--stripe-account", "acct_9"]),
        with(&["--operation", "order-17", "-v"]),
        vec!["get", "customers", "-v", "-s"],
        vec!["get", "customers", "--all", "-v"],
        vec!["delete", "cus_1", "-v", "--json"],
        vec!["post", "/v2/core/event_destinations", "--body", "{}", "-v"],
        vec!["get", "../x"],
        vec!["get", "customers", "--no-such-flag"],
        vec!["get", "customers", "--live"],
        vec!["journal", "list"],
        vec!["journal", "list", "--json"],
        vec!["journal", "show", "a-key"],
        vec!["journal", "show", "a-key", "--json"],
        vec!["journal", "resume", "a-key", "-v"],
        vec!["journal", "resume", "--all", "--json", "-v"],
        vec!["profile", "list"],
        vec!["profile", "show"],
        vec!["config", "list"],
        vec!["keys", "list"],
        vec!["keys", "list", "--json"],
        vec!["keys", "status", "--check", "--json"],
        vec!["keys", "show", "api"],
        vec!["keys", "add", "--from", "env:PAYCLI_API_KEY", "-v"],
        vec!["keys", "rotate", "-v"],
        vec!["keys", "rotate", "--remote"],
        vec!["keys", "revoke", "--previous"],
        vec!["logout"],
        vec!["whoami"],
        vec!["whoami", "--json"],
        vec!["webhook", "sign", "/dev/null"],
        vec!["webhook", "sign", "/dev/null", "--json"],
        vec!["webhook", "verify", "/dev/null", "--header", "t=1,v1=a", "--explain"],
        vec!["webhook", "verify", "/dev/null", "--header", "t=1,v1=a", "--explain", "--json"],
        vec!["webhook", "verify", "--batch", "/dev/null"],
        vec!["help", "environment"],
        vec!["--help"],
        vec!["request", "--help"],
        vec!["journal", "--help"],
    ]
}

fn answers() -> Vec<Step> {
    let error = |status| Answer::error(status, "api_error", None).into();
    let mut steps: Vec<Step> = vec![
        paid().into(),
        paid().replayed().into(),
        Answer::new(200, r#"{"livemode":true}"#).into(),
        Answer::new(307, "{}").header("Location", "http://127.0.0.1:9/").into(),
        Step::NotJson,
        Step::TruncateBody,
        Step::DropAfterRead,
        Step::Reset,
    ];
    steps.extend([400, 401, 402, 403, 404, 409, 429, 500].map(error));
    steps
}

fn through_every_command(key: &str, give: impl Fn(Run) -> Run, answers: &[Step], but_for: &[&str]) {
    let canary = Canary::of(key);
    for answer in answers {
        let home = Home::new();
        for name in but_for {
            home.file(name, key);
        }
        let server = Server::always(answer.clone());
        for command in commands() {
            let run = give(home.at(&server, &command)).args(["--timeout", "5s"]);
            canary.is_silent_in(&run.run());
        }
        assert!(!server.requests().is_empty(), "nothing was sent on {answer:?}: the test proves nothing");
        canary.is_silent_under(&home, but_for);
    }
}

#[test]
fn the_key_is_in_no_output_and_no_file_when_all_is_well() {
    let key = keys::test_key();
    through_every_command(&key, |run| run.key(&key), &[paid().into()], &[]);
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn the_key_is_in_no_output_and_no_file_whatever_the_answer() {
    let key = keys::test_key();
    through_every_command(&key, |run| run.key(&key), &answers(), &[]);
}

#[test]
fn a_signing_secret_is_in_no_output_and_no_file() {
    let secret = keys::webhook_secret();
    for given in
        [secret.clone(), format!("\"{secret}\""), format!("X={secret}\n"), format!("{secret} {secret}")]
    {
        let give = |run: Run| run.key(&keys::test_key()).env("PAYCLI_WEBHOOK_SECRET", &given);
        let home = Home::new();
        let server = Server::always(paid());
        let canary = Canary::of(&secret);
        for command in commands().into_iter().filter(|command| command[0] == "webhook") {
            canary.is_silent_in(&give(home.at(&server, &command)).run());
        }
        canary.is_silent_under(&home, &[]);
    }
}

#[test]
fn an_old_key_is_hidden_too() {
    let key = keys::legacy_key();
    let steps = [Answer::error(401, "invalid_request_error", None).into()];
    through_every_command(&key, |run| run.key(&key), &steps, &[]);
}

#[test]
fn a_key_from_a_file_stays_in_that_file() {
    let key = keys::test_key();
    let give = |run: Run| run.without_key().args(["--api-key", "file:key-file"]);
    through_every_command(&key, give, &[paid().into()], &["key-file"]);
}

#[test]
fn a_key_in_argv_is_not_repeated() {
    let key = keys::test_key();
    let give = |run: Run| run.without_key().args(["--api-key", &key]);
    through_every_command(&key, give, &[paid().into()], &[]);
}

#[test]
fn a_key_that_is_refused_is_not_quoted() {
    let secret = keys::webhook_secret();
    let wrong = format!("sk_tset_{}", keys::hidden_part(&keys::test_key()));
    let spaced = format!("{} {}", keys::test_key(), "x");
    let live = keys::live_key();
    for key in [&secret, &wrong, &spaced, &live] {
        let home = Home::new();
        let server = Server::always(paid());
        let canary = Canary::of(key.trim_end_matches(" x"));
        for command in commands() {
            canary.is_silent_in(&home.at(&server, &command).key(key).run());
        }
        canary.is_silent_under(&home, &[]);
        assert_eq!(server.connections(), 0);
    }
}

#[test]
fn a_connection_that_fails_does_not_tell_the_key() {
    let key = keys::test_key();
    let canary = Canary::of(&key);
    let home = Home::new();
    for base in [&*nobody(), "https://paycli-test.invalid"] {
        let args = ["--api-base", base, "post", "payment_intents", "--max-retries", "0", "-v", "--new-key"];
        for form in ["human", "json"] {
            canary.is_silent_in(&home.paycli(args).args(["--output", form]).run().exits(22));
        }
    }
    canary.is_silent_under(&home, &[]);
}

#[cfg(target_os = "linux")]
#[test]
fn the_key_is_in_no_process_list() {
    let key = keys::test_key();
    let canary = Canary::of(&key);
    let home = Home::new();
    home.file("key-file", &key);
    let give: [&dyn Fn(Run) -> Run; 3] =
        [&|run| run.key(&key), &|run| run.without_key().args(["--api-key", "-"]).stdin(&key), &|run| {
            run.without_key().args(["--api-key", "file:key-file"])
        }];
    for give in give {
        let server = Server::always(Step::Stall(Duration::from_secs(60)));
        let mut running = give(home.at(&server, ["post", "payment_intents", "--new-key"])).start();
        running.until("the request", |_| !server.requests().is_empty());
        let mut processes = vec![running.id()];
        let mut looked_at = 0;
        while let Some(process) = processes.pop() {
            let read = |name: &str| std::fs::read(format!("/proc/{process}/{name}")).unwrap_or_default();
            let line = read("cmdline");
            assert!(!line.is_empty(), "process {process} is not there");
            assert!(!canary.sings_in(&line), "in the command line of {process}");
            let children = String::from_utf8_lossy(&read(&format!("task/{process}/children"))).into_owned();
            processes.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
            looked_at += 1;
        }
        assert!(looked_at >= 1);
        running.kill();
        canary.is_silent_in(&running.wait());
    }
}
