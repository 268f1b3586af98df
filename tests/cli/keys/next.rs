//! Every state that a rotation can be left in, every command in it, and every command that is printed: each
//! is run as it stands, and leads on until nothing is left to do.

use std::path::Path;

use super::key_api::{KeyApi, State};
use super::with_file;
use crate::support::env::PAYCLI;
use crate::support::run::Seen;
use crate::support::server::{Answer, Step};
use crate::support::{Home, Run, keys};

/// Which profile the commands act on.
const PROFILES: [&[&str]; 3] = [&[], &["-p", "other"], &["-p", "live", "--live", "--yes"]];

/// A home and an API in one state.
pub(super) struct Stage {
    pub(super) home: Home,
    api: KeyApi,
    profile: &'static [&'static str],
    pub(super) keys: Vec<String>,
}

impl Stage {
    pub(super) fn new(profile: &'static [&'static str]) -> Self {
        let is_live = profile.contains(&"--live");
        let key = if is_live { keys::numbered_live_key } else { keys::numbered_test_key };
        let keys: Vec<String> = (0..4).map(key).collect();
        let api = KeyApi::of(&[&keys[0], &keys[1], &keys[2]]);
        let home = Home::new();
        home.config("[profiles.other]\nmode = \"test\"\n");
        let stage = Self { home, api, profile, keys };
        stage.run(&["keys", "add", "--from", "-"]).stdin(&stage.keys[0]).run().exits(0);
        stage
    }

    pub(super) fn run(&self, args: &[&str]) -> Run {
        let run = with_file(self.home.paycli(self.profile).without_key().args(args));
        run.env("PAYCLI_API_BASE", self.api.url())
    }

    /// A command as it is printed, through a shell.
    fn typed(&self, command: &str) -> Seen {
        let bin = Path::new(PAYCLI).parent().expect("a folder").display().to_string();
        let path = format!("{bin}:{}", std::env::var("PATH").expect("a PATH"));
        let run = self.home.command(["sh", "-c", command].map(Into::into).to_vec()).env("PATH", path);
        let seen = with_file(run).env("PAYCLI_API_BASE", self.api.url()).stdin(&self.keys[2]).run();
        let is_refused = seen.code() == Some(2) && !asks_for_a_key(&seen) && !is_without_work(&seen);
        assert!(!is_refused, "it does not work as printed: {command}: {seen}");
        seen
    }

    /// Rotates to the second key, with the API in some mood.
    pub(super) fn rotate(&self, args: &[&str], code: i32) {
        let all = [&["keys", "rotate", "--from", "-", "--wait", "0s"], args].concat();
        self.run(&all).stdin(&self.keys[1]).run().exits(code);
    }

    /// The key that a request would use, where there is one that works.
    pub(super) fn in_use(&self) -> Option<String> {
        let seen = self.run(&["whoami", "--json"]).run();
        let key = (seen.code() == Some(0)).then(|| seen.json()["key"].to_string())?;
        self.api.alive().iter().find(|last| key.contains(*last)).cloned()
    }

    /// The commands that the status prints.
    fn status(&self) -> Vec<String> {
        printed(&self.run(&["keys", "status"]).run().exits(0))
    }

    /// From what was printed on, until nothing is printed any more.
    pub(super) fn leads_out(&self, mut seen: Seen, from: &str) {
        for _ in 0..8 {
            let is_done = seen.code() == Some(0);
            let next = if is_done { self.status() } else { printed(&seen) };
            let Some(next) = next.first() else {
                let has_ended = is_done || asks_for_a_key(&seen) || is_without_work(&seen);
                assert!(has_ended, "a dead end, from {from}: {seen}");
                return;
            };
            if seen.err().contains("the hook test failed") {
                // The hint says so: somebody mends the hook.
                self.home.file("mended", "");
            }
            seen = self.typed(next);
        }
        panic!("no end, from {from}: {seen}");
    }
}

/// What only a person can give is asked for, and there is no terminal here.
fn asks_for_a_key(seen: &Seen) -> bool {
    seen.err().contains("--from env:NAME")
}

/// A refusal of a command that has nothing to do, where nothing is left to do.
fn is_without_work(seen: &Seen) -> bool {
    ["no rotation of this key", "there is no previous key", "is already in use"]
        .iter()
        .any(|text| seen.err().contains(text))
}

/// The commands in an output, the best one first.
fn printed(seen: &Seen) -> Vec<String> {
    let all = format!("{}\n{}", seen.out(), seen.err());
    let command = |line: &str| {
        let (word, command) = line.trim().split_once(' ')?;
        let is_next = matches!(word, "next" | "or" | "next:" | "or:");
        is_next.then(|| command.trim().to_owned())
    };
    let found: Vec<String> = all.lines().filter_map(command).collect();
    for command in &found {
        assert!(command.starts_with("paycli "), "no whole command: {seen}");
    }
    found
}

/// How a state is made.
type Made = (&'static str, fn(&Stage));

const BY_HAND: [Made; 8] = [
    ("one key", |_| {}),
    ("overlap", |stage| stage.rotate(&[], 0)),
    ("overlap over", |stage| stage.rotate(&["--overlap", "0s"], 0)),
    ("compromised", |stage| stage.rotate(&["--compromised"], 0)),
    ("stored", |stage| {
        stage.api.fault("GET", "/v1/account", Answer::error(500, "api_error", None));
        stage.rotate(&[], 5);
        stage.api.heal();
    }),
    ("hook failed", |stage| stage.rotate(&["--exec", "test -e mended"], 1)),
    ("hook failed, compromised", |stage| stage.rotate(&["--compromised", "--exec", "test -e mended"], 1)),
    ("taken over", |stage| {
        stage.rotate(&["--exec", "test -e mended"], 1);
        let args = ["keys", "rotate", "--compromised", "--from", "-"];
        stage.run(&args).stdin(&stage.keys[2]).run().exits(0);
    }),
];

const REMOTE: [Made; 6] = [
    ("remote overlap", |stage| drop(stage.run(&["keys", "rotate", "--remote"]).run().exits(0))),
    ("answer lost", |stage| {
        stage.api.lose("/rotate");
        stage.run(&["keys", "rotate", "--remote"]).run().exits(20);
    }),
    ("answer lost and the old key ended", |stage| {
        stage.api.lose("/rotate");
        stage.run(&["keys", "rotate", "--remote"]).run().exits(20);
        stage.api.end_overlaps();
    }),
    ("remote key stored", |stage| {
        stage.api.fault("GET", "/v1/account", Step::DropAfterRead);
        stage.run(&["keys", "rotate", "--remote", "--key-id", "mk_0"]).run().exits(5);
        stage.api.heal();
    }),
    ("remote key aborted", |stage| {
        stage.api.fault("GET", "/v1/account", Step::DropAfterRead);
        stage.run(&["keys", "rotate", "--remote", "--key-id", "mk_0"]).run().exits(5);
        stage.api.heal();
        stage.run(&["keys", "rotate", "--abort", "--yes"]).run().exits(0);
    }),
    ("rolled back to a key that ends", |stage| {
        stage.run(&["keys", "rotate", "--remote"]).run().exits(0);
        stage.run(&["keys", "rollback"]).run().exits(0);
    }),
];

/// Every file of one home in another.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}

/// The same state again, in a home of its own.
fn again(stage: Stage, saved: &Home, rows: &State) -> Stage {
    let home = Home::new();
    copy(&saved.root(), &home.root());
    stage.api.restore(rows);
    Stage { home, ..stage }
}

/// Runs each command that the status prints, and each of `commands`, in a copy of a state, and follows it.
fn every_way_leads_out(profile: &'static [&'static str], made: Made, commands: &[&[&str]]) {
    let (name, prepare) = made;
    let mut stage = Stage::new(profile);
    prepare(&stage);
    let (saved, rows) = (Home::new(), stage.api.snapshot());
    copy(&stage.home.root(), &saved.root());
    let from = |what: &str| format!("{name} {profile:?} {what}");
    for command in stage.status() {
        let scope = profile.iter().filter(|word| **word != "--yes").copied().collect::<Vec<_>>().join(" ");
        assert!(command.starts_with(&format!("paycli {scope}")), "{command} acts on another profile");
        let seen = stage.typed(&command);
        let is_accepted = seen.code() == Some(0) || asks_for_a_key(&seen) || !printed(&seen).is_empty();
        assert!(is_accepted, "{}: {seen}", from(&command));
        stage.leads_out(seen, &from(&command));
        stage = again(stage, &saved, &rows);
    }
    for command in commands {
        let seen = stage.run(command).stdin(&stage.keys[2]).run();
        assert_ne!(
            seen.code(),
            Some(1).filter(|_| !name.contains("hook")),
            "{}: {seen}",
            from(&command.join(" "))
        );
        stage.leads_out(seen, &from(&command.join(" ")));
        stage = again(stage, &saved, &rows);
    }
}

#[test]
fn what_the_status_prints_is_accepted_in_every_profile() {
    for profile in PROFILES {
        for made in
            BY_HAND.into_iter().filter(|(name, _)| ["compromised", "stored", "hook failed"].contains(name))
        {
            every_way_leads_out(profile, made, &[]);
        }
    }
    every_way_leads_out(&["-p", "other"], REMOTE[2], &[]);
}

/// What is typed in every state.
const COMMANDS: [&[&str]; 11] = [
    &["keys", "add", "--from", "-"],
    &["keys", "add", "--replace", "--from", "-"],
    &["keys", "rotate", "--from", "-"],
    &["keys", "rotate"],
    &["keys", "rotate", "--compromised", "--from", "-"],
    &["keys", "rotate", "--compromised"],
    &["keys", "rotate", "--resume"],
    &["keys", "rotate", "--abort"],
    &["keys", "rollback"],
    &["keys", "revoke", "--previous"],
    &["keys", "revoke", "api"],
];

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn every_command_in_every_state_is_done_or_prints_what_is() {
    for profile in PROFILES {
        for made in BY_HAND {
            every_way_leads_out(profile, made, &COMMANDS);
        }
    }
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn every_command_in_every_state_of_a_rotation_by_the_api_is_done_or_prints_what_is() {
    let remote: &[&str] = &["keys", "rotate", "--remote"];
    let leaked: &[&str] = &["keys", "rotate", "--remote", "--compromised"];
    let ended: &[&str] = &["keys", "revoke", "--previous", "--remote"];
    let commands = [&COMMANDS[..], &[remote, leaked, ended]].concat();
    for profile in [PROFILES[0], PROFILES[1]] {
        for made in REMOTE {
            every_way_leads_out(profile, made, &commands);
        }
    }
}
