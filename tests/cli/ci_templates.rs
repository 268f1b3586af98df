//! The scripts of `action.yml` and of the GitLab template, run as a runner would.

use std::path::Path;

use crate::support::env::PAYCLI;
use crate::support::killer::Dice;
use crate::support::{Home, Run, corpus};

/// The variables that a runner sets, as both files give them.
const VARIABLES: &[(&str, &str)] = &[
    ("CHECK_PATH", "tree"),
    ("CHECK_HISTORY", "false"),
    ("CHECK_BASELINE", ""),
    ("CHECK_AUDIT", "true"),
    ("CHECK_STATUS", "true"),
    ("CHECK_SARIF", "out"),
];

/// The block of text that follows a line and is indented more than that.
fn block(file: &str, line: &str) -> String {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a template");
    let (_, after) = text.rsplit_once(line).unwrap_or_else(|| panic!("no {line:?} in {file}"));
    let after = after.trim_start_matches('\n');
    let indent = after.len() - after.trim_start().len();
    let lines =
        after.lines().take_while(|line| line.is_empty() || line.len() - line.trim_start().len() >= indent);
    lines.map(|line| line.get(indent..).unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn scripts() -> [String; 2] {
    [block("action.yml", "run: |"), block("templates/gitlab.yml", "- |")]
}

fn run(home: &Home, script: &str) -> Run {
    let bin = Path::new(PAYCLI).parent().expect("a folder");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").expect("a PATH"));
    let file = home.file("script.sh", script);
    let run = home.command(vec!["bash".into(), "-e".into(), file.into()]).env("PATH", path);
    VARIABLES.iter().fold(run, |run, (name, value)| run.env(name, value))
}

fn leak(home: &Home, seed: u64) {
    std::fs::create_dir_all(home.path().join("tree")).expect("a folder");
    std::fs::write(home.path().join("tree/.env"), corpus::key(&mut Dice::new(seed), 0)).expect("a file");
}

#[test]
fn both_run_the_same_script() {
    let [action, gitlab] = scripts();
    assert_eq!(action.trim_end(), gitlab.trim_end());
    assert!(
        action.contains("keys scan")
            && action.contains("keys audit")
            && action.contains("keys status --check")
    );
}

#[test]
fn a_clean_tree_passes_and_a_leak_fails_with_sarif_written() {
    for script in scripts() {
        let home = Home::new();
        std::fs::create_dir_all(home.path().join("tree")).expect("a folder");
        run(&home, &script).run().exits(0);
        leak(&home, 1);
        let seen = run(&home, &script).run().exits(40);
        assert!(seen.out().contains("live secret key"), "{seen}");
        for name in ["scan.sarif", "audit.sarif"] {
            let text = std::fs::read(home.path().join("out").join(name)).expect("a SARIF file");
            let sarif: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
            assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(1), "{name}");
        }
    }
}

#[test]
fn a_check_that_cannot_be_made_is_no_pass() {
    let home = Home::new();
    leak(&home, 1);
    let [script, _] = scripts();
    run(&home, &script).env("CHECK_BASELINE", "nowhere").run().exits(2);
    home.paycli(["keys", "scan", "tree", "--write-baseline", "known"]).run().exits(0);
    let known = run(&home, &script).env("CHECK_BASELINE", "known").env("CHECK_AUDIT", "false");
    known.run().exits(0);
}
