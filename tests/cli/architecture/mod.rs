//! The picture of the architecture is true: arrows between rooms and inside them point down, and pure files
//! do no I/O.

mod checker;
mod circles;
mod sources;

use std::path::Path;

use circles::{Arrows, circles};
use sources::{File, Sources};

/// Each room and the rooms that it may know.
const ROOMS: &[(&str, &[&str])] = &[
    (
        "cli",
        &[
            "sandbox",
            "request",
            "webhook",
            "audit",
            "scan",
            "journal",
            "keys",
            "output",
            "profile",
            "api_map",
            "advice",
            "certificate",
            "credential",
            "exit",
            "process",
            "time",
        ],
    ),
    ("audit", &["scan", "keys", "profile"]),
    ("scan", &["keys", "profile", "advice"]),
    ("sandbox", &["webhook", "keys", "profile", "api_map"]),
    (
        "request",
        &["journal", "keys", "profile", "api_map", "advice", "certificate", "credential", "exit", "time"],
    ),
    ("webhook", &["keys", "profile", "credential", "time"]),
    ("journal", &["profile", "certificate", "credential", "exit", "time"]),
    ("keys", &["profile", "advice", "exit", "process", "time"]),
    ("output", &["profile", "credential", "exit"]),
    ("profile", &["exit"]),
    ("api_map", &[]),
    ("advice", &[]),
    ("certificate", &[]),
    ("credential", &[]),
    ("time", &[]),
    ("exit", &[]),
    ("process", &[]),
];

/// The rooms inside the sandbox and the files beside them, from the top down: each may know what stands below it.
const SANDBOX: &[&str] = &[
    "mod",
    "http",
    "control",
    "api",
    "v2",
    "resources",
    "time",
    "events",
    "idempotency",
    "keys",
    "state",
    "params",
    "faults",
    "cards",
    "version",
];

/// What commands share, below them. Only `mod.rs` and `args.rs` know the commands.
const SHARED_IN_CLI: &[&str] = &[
    "api_key",
    "api_version",
    "confirm",
    "context",
    "failure",
    "held",
    "progress",
    "request_args",
    "runtime",
    "sending",
    "show",
    "target",
];

/// The folder whose files may know each other as they like: objects of the API refer to each other.
const OBJECTS: &str = "sandbox/resources/";

/// Files of rules alone: no file, socket, environment, database, clock or `async` in them.
const PURE: &[&str] = &[
    "api_map/data.rs",
    "api_map/kinds.rs",
    "api_map/nearest.rs",
    "api_map/operation.rs",
    "api_map/parameter.rs",
    "api_map/resource.rs",
    "audit/facts.rs",
    "audit/idempotency.rs",
    "audit/leaks.rs",
    "audit/logs.rs",
    "audit/modes.rs",
    "audit/privilege.rs",
    "audit/report.rs",
    "audit/rotation.rs",
    "audit/swapped.rs",
    "audit/webhooks.rs",
    "scan/entropy.rs",
    "scan/finding.rs",
    "scan/judge.rs",
    "scan/patterns.rs",
    "scan/place.rs",
    "scan/samples.rs",
    "scan/report/human.rs",
    "scan/report/json.rs",
    "scan/report/mod.rs",
    "scan/report/sarif.rs",
    "request/outside_the_map.rs",
    "request/path.rs",
    "request/params.rs",
    "request/answer.rs",
    "request/paging.rs",
    "request/reply.rs",
    "request/retry.rs",
    "request/key.rs",
    "request/card_numbers.rs",
    "request/meaning.rs",
    "journal/rules.rs",
    "journal/intent.rs",
    "journal/canonical.rs",
    "journal/fingerprint.rs",
    "journal/client_secret.rs",
    "journal/credential_place.rs",
    "journal/kept.rs",
    "journal/method.rs",
    "journal/transitions.rs",
    "credential/json.rs",
    "credential/kind.rs",
    "credential/mod.rs",
    "credential/scan.rs",
    "keys/api_key.rs",
    "keys/filter.rs",
    "keys/findings.rs",
    "keys/lineage.rs",
    "keys/rotation/rules.rs",
    "keys/rotation/ways.rs",
    "keys/secret.rs",
    "keys/slot.rs",
    "keys/signing_secret.rs",
    "keys/upkeep/rules.rs",
    "webhook/battery/accept.rs",
    "webhook/battery/check.rs",
    "webhook/battery/fingerprint/comparison.rs",
    "webhook/battery/fingerprint/handling.rs",
    "webhook/battery/fingerprint/header.rs",
    "webhook/battery/fingerprint/mistake.rs",
    "webhook/battery/fingerprint/mod.rs",
    "webhook/battery/fingerprint/reached.rs",
    "webhook/battery/fingerprint/signed_text.rs",
    "webhook/battery/forge.rs",
    "webhook/battery/judge.rs",
    "webhook/battery/junit.rs",
    "webhook/battery/refuse/entry.rs",
    "webhook/battery/refuse/header.rs",
    "webhook/battery/refuse/mod.rs",
    "webhook/battery/refuse/other_secrets.rs",
    "webhook/battery/refuse/signature.rs",
    "webhook/battery/refuse/unsigned.rs",
    "webhook/battery/table.rs",
    "webhook/listen/route.rs",
    "webhook/replay/identity.rs",
    "webhook/signature.rs",
    "webhook/standard.rs",
    "webhook/batch.rs",
    "webhook/body.rs",
    "webhook/line.rs",
    "webhook/unescape.rs",
    "webhook/capture.rs",
    "webhook/credentials.rs",
    "webhook/deliver/answer.rs",
    "webhook/deliver/request.rs",
    "webhook/delivery.rs",
    "webhook/dialect.rs",
    "webhook/event.rs",
    "webhook/export.rs",
    "webhook/explain/bodies.rs",
    "webhook/explain/finding.rs",
    "webhook/explain/frameworks.rs",
    "webhook/explain/header_shape.rs",
    "webhook/explain/json.rs",
    "webhook/explain/literals.rs",
    "webhook/explain/mod.rs",
    "webhook/explain/question.rs",
    "webhook/explain/search.rs",
    "webhook/explain/secret_shape.rs",
    "webhook/explain/unexplained.rs",
    "webhook/header.rs",
    "webhook/number.rs",
    "webhook/lenient_base64.rs",
    "webhook/outcome.rs",
    "webhook/pattern.rs",
    "webhook/signing_key.rs",
    "webhook/target.rs",
    "webhook/templates/billing.rs",
    "webhook/templates/build.rs",
    "webhook/templates/catalog.rs",
    "webhook/templates/edit.rs",
    "webhook/templates/mod.rs",
    "webhook/templates/payments.rs",
    "webhook/templates/recipe.rs",
    "webhook/templates/thin.rs",
    "webhook/verdict.rs",
    "sandbox/idempotency/rules.rs",
    "sandbox/cards.rs",
    "sandbox/time/clock.rs",
    "sandbox/faults.rs",
    "sandbox/params/form.rs",
    "sandbox/params/method.rs",
    "sandbox/keys/permissions.rs",
    "sandbox/params/schema.rs",
    "sandbox/params/values.rs",
    "sandbox/events/event_types.rs",
    "sandbox/events/schedule.rs",
    "sandbox/version.rs",
];

/// What no pure file refers to: files, sockets, the environment, processes, databases, clocks, randomness.
const IMPURE: &[&str] = &[
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "getrandom",
    "hyper",
    "reqwest",
    "rusqlite",
    "rustix",
    "tempfile",
    "tokio",
];

fn sources() -> Sources {
    Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

/// The room of a file: the first part of its path.
fn room_of(path: &str) -> &str {
    path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// Each arrow from one room to another that the picture does not have.
fn wrong_arrows(sources: &Sources, rooms: &[(&str, &[&str])]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in sources.files() {
        let room = room_of(&file.path);
        let Some((_, may_know)) = rooms.iter().find(|(name, _)| *name == room) else { continue };
        for reference in file.references.iter().filter(|reference| reference[0] == "crate") {
            let Some(named) = reference.get(1) else { continue };
            let is_room = rooms.iter().any(|(name, known)| name == named || known.contains(&named.as_str()));
            if is_room && named != room && !may_know.contains(&named.as_str()) {
                wrong.push(format!("{} knows {}", file.path, reference.join("::")));
            }
        }
    }
    wrong
}

/// What a pure file does that no pure file does.
fn impurities(file: &File) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for reference in &file.references {
        let path = reference.join("::");
        let is_impure = IMPURE.iter().any(|word| path == *word || path.starts_with(&format!("{word}::")));
        let is_clock = reference.last().is_some_and(|last| last == "now");
        if is_impure || is_clock {
            found.push(format!("{} has {path}", file.path));
        }
    }
    if file.is_async {
        found.push(format!("{} is async", file.path));
    }
    found
}

/// Who knows whom inside a room, its own lobby included.
fn arrows_in<'a>(sources: &'a Sources, room: &str) -> Arrows<'a> {
    let is_inside = |path: &str| path.starts_with(&format!("{room}/"));
    let inside = sources.files().filter(|file| is_inside(&file.path));
    inside
        .map(|file| {
            let known = sources.known_by(&file.path).into_iter().filter(|known| is_inside(known));
            (file.path.as_str(), known.collect())
        })
        .collect()
}

#[test]
fn arrows_between_rooms_point_down() {
    let sources = sources();
    assert!(sources.files().count() > 200, "only {} files were found", sources.files().count());
    assert_eq!(wrong_arrows(&sources, ROOMS), Vec::<String>::new());
}

#[test]
fn pure_files_do_no_io() {
    let sources = sources();
    let found: Vec<_> = PURE.iter().flat_map(|path| impurities(sources.file(path))).collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_file_is_in_a_room() {
    for file in sources().files() {
        let room = room_of(&file.path);
        let has_floor = ROOMS.iter().any(|(name, _)| *name == room) || ["lib", "main"].contains(&room);
        assert!(has_floor, "{} is in a room that the picture does not have", file.path);
    }
}

#[test]
fn no_room_has_a_circle() {
    let sources = sources();
    for (room, _) in ROOMS {
        for mut circle in circles(&arrows_in(&sources, room)) {
            circle.retain(|path| !path.starts_with(OBJECTS));
            assert!(circle.is_empty(), "a circle: {circle:#?}");
        }
    }
}

/// Each arrow inside the sandbox that points up, and each file that stands nowhere in the order.
fn wrong_arrows_in_sandbox(sources: &Sources, order: &[&str]) -> Vec<String> {
    let place = |path: &str| order.iter().position(|room| *room == part(path));
    let mut wrong = Vec::new();
    for (from, known) in arrows_in(sources, "sandbox") {
        let Some(height) = place(from) else {
            wrong.push(format!("{from} has no place in the order"));
            continue;
        };
        let is_up = |to: &&&str| place(to).is_some_and(|other| other < height);
        wrong.extend(known.iter().filter(is_up).map(|to| format!("{from} knows {to}")));
    }
    wrong
}

#[test]
fn arrows_inside_the_sandbox_point_down() {
    let sources = sources();
    assert_eq!(wrong_arrows_in_sandbox(&sources, SANDBOX), Vec::<String>::new());
    let is_there = |room: &&&str| {
        sources.files().any(|file| file.path.starts_with("sandbox/") && part(&file.path) == **room)
    };
    assert_eq!(SANDBOX.iter().filter(is_there).count(), SANDBOX.len());
}

/// What a file inside a room belongs to: `cli/keys/add.rs` and `cli/login.rs` are parts of `keys` and `login`.
fn part(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default().trim_end_matches(".rs")
}

/// Each arrow in the command line's room that the picture does not have.
fn wrong_arrows_in_cli(sources: &Sources) -> Vec<String> {
    let is_shared = |part: &str| SHARED_IN_CLI.contains(&part);
    let mut wrong = Vec::new();
    for (from, known) in arrows_in(sources, "cli") {
        let knower = part(from);
        if ["mod", "args"].contains(&knower) {
            continue;
        }
        for to in known {
            let known = part(to);
            // `generate` writes down what `complete` and `help` print.
            let is_print = knower == "generate" && ["complete", "help"].contains(&known);
            if known != knower && !is_shared(known) && !is_print {
                wrong.push(format!("{from} knows {to}"));
            }
        }
    }
    wrong
}

#[test]
fn commands_know_the_shared_pieces_and_never_each_other() {
    let sources = sources();
    assert_eq!(wrong_arrows_in_cli(&sources), Vec::<String>::new());
    let commands = sources.files().filter(|file| file.path.starts_with("cli/"));
    let uses_of_clap = commands.filter(|file| file.references.iter().any(|path| path[0] == "clap")).count();
    assert!(uses_of_clap > 10, "only {uses_of_clap} commands were found");
}

#[test]
fn every_file_says_its_purpose_first() {
    for (path, text) in sources::texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        assert!(text.starts_with("//! "), "{path}");
    }
}

#[test]
fn only_the_output_room_and_the_last_words_of_a_defect_write_to_the_streams() {
    let sources = sources();
    for file in sources.files().filter(|file| room_of(&file.path) != "output") {
        let is_stream = |path: &sources::Segments| {
            path[0] == "std" && path.last().is_some_and(|last| last == "stdout" || last == "stderr")
        };
        let opens = file.references.iter().any(is_stream);
        let prints =
            ["print", "println", "eprint", "eprintln"].iter().any(|name| file.macros.contains(*name));
        assert!(!opens && !prints, "{}", file.path);
    }
}

#[test]
fn fields_of_objects_are_set_by_the_setter_that_refuses_unknown_names() {
    let sources = sources();
    let objects = || sources.files().filter(|file| file.path.starts_with(OBJECTS));
    assert!(objects().count() > 40, "only {} files were found", objects().count());
    for file in objects() {
        assert!(file.assigned.is_empty(), "{} assigns {:?}: use Fields::set", file.path, file.assigned);
    }
}
