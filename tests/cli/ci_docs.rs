//! The scripts of `docs/ci.md`, run as a runner would: again, after a kill, and on another machine.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::support::env::PAYCLI;
use crate::support::sandbox::Sandbox;
use crate::support::{Home, Run};

/// The lines between `# script: NAME` and `# end`, without their indentation.
fn script(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md");
    let text = std::fs::read_to_string(file).expect("the guide");
    let start = format!("# script: {name}\n");
    let (_, after) = text.split_once(&start).unwrap_or_else(|| panic!("no script {name}"));
    let (script, _) = after.split_once("# end").expect("an end");
    let lines: Vec<_> = script.lines().filter(|line| !matches!(line.trim(), "run: |" | "- |")).collect();
    let indent = |line: &&&str| line.len() - line.trim_start().len();
    let least = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(&line)).min();
    let cut = |line: &&str| line.get(least.unwrap_or(0)..).unwrap_or_default().to_owned();
    lines.iter().map(cut).collect::<Vec<_>>().join("\n")
}

fn run(home: &Home, sandbox: &Sandbox, name: &str) -> Run {
    let bin = Path::new(PAYCLI).parent().expect("a folder");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").expect("a PATH"));
    let file = home.file("script.sh", script(name));
    home.command(vec!["bash".into(), "-e".into(), file.into()])
        .env("PATH", path)
        .env("PAYCLI_API_BASE", &sandbox.url)
        .env("BATCH", "payouts.csv")
        .key(&sandbox.secret_key())
}

/// What a machine hands to the next one.
fn carry(from: &Home, to: &Home) {
    let journal = std::fs::read(from.path().join("journal.ndjson")).expect("a journal");
    to.file("journal.ndjson", journal);
}

fn payouts(count: usize) -> String {
    let rows: Vec<_> = (0..count).map(|row| format!("p-{row},customers,{row}")).collect();
    format!("id,path,metadata[order]\n{}\n", rows.join("\n"))
}

fn customers(sandbox: &Sandbox) -> usize {
    let home = Home::new();
    let args = ["--api-base", &sandbox.url, "get", "customers", "--all", "--limit", "100"];
    home.paycli(args).key(&sandbox.secret_key()).run().exits(0).ndjson().len()
}

#[test]
fn both_send_once_whatever_machine_runs_them_again() {
    for name in ["github", "gitlab"] {
        let sandbox = Sandbox::start();
        let (first, second) = (Home::new(), Home::new());
        first.file("payouts.csv", payouts(20));
        run(&first, &sandbox, name).run().exits(0);
        second.file("payouts.csv", payouts(25));
        carry(&first, &second);
        run(&second, &sandbox, name).run().exits(0);
        assert_eq!(customers(&sandbox), 25, "{name}");
        let results = std::fs::read_to_string(second.path().join("results.ndjson")).expect("results");
        assert_eq!(results.lines().count(), 25);
    }
}

#[test]
fn a_job_that_was_killed_is_finished_by_its_re_run() {
    let sandbox = Sandbox::start();
    let home = Home::new();
    home.file("payouts.csv", payouts(300));
    let mut running = run(&home, &sandbox, "github").start();
    std::thread::sleep(Duration::from_millis(400));
    running.kill();
    running.wait();
    // The batch itself may still be under way: the re-run waits for it.
    run(&home, &sandbox, "github").run().exits(0);
    assert_eq!(customers(&sandbox), 300);
}

#[test]
fn the_exit_code_of_the_batch_is_the_jobs_and_the_journal_is_written_all_the_same() {
    let sandbox = Sandbox::start();
    let home = Home::new();
    home.file("payouts.csv", "id,path,amount\n1,payment_intents,nothing\n2,customers,\n");
    run(&home, &sandbox, "gitlab").run().exits(41);
    let journal = std::fs::read_to_string(home.path().join("journal.ndjson")).expect("a journal");
    assert_eq!(journal.lines().count(), 4, "{journal}");
}

#[test]
fn a_single_request_has_its_key_and_its_end() {
    let sandbox = Sandbox::start();
    let at = |home: &Home, limit: &str| {
        run(home, &sandbox, "single").env("INVOICE", "17").env("STARTED_AT_PLUS_20H", limit).run()
    };
    let (first, second) = (Home::new(), Home::new());
    let made = at(&first, "20h").exits(0).json()["id"].clone();
    assert_eq!(at(&second, "20h").exits(0).json()["id"], json!(made), "another machine, the same key");
    at(&Home::new(), "2001-01-01T00:00:00Z").exits(21);
}
