//! The picture of the architecture is true: arrows between rooms point down, and pure files do no I/O.

use std::path::{Path, PathBuf};

/// Each room and the rooms that it may know.
const ROOMS: &[(&str, &[&str])] = &[
    ("cli", &["sandbox", "request", "webhook", "journal", "keys", "output", "profile", "exit"]),
    ("sandbox", &["webhook", "keys", "profile"]),
    ("request", &["journal", "keys", "profile", "exit"]),
    ("webhook", &["keys", "profile"]),
    ("journal", &["profile", "exit"]),
    ("keys", &["profile", "exit"]),
    ("output", &["profile", "exit"]),
    ("profile", &["exit"]),
];

/// Files of rules alone: no file, socket, environment, database, clock or `async` in them.
const PURE: &[&str] = &[
    "request/path.rs",
    "request/params.rs",
    "request/answer.rs",
    "request/retry.rs",
    "request/key.rs",
    "request/card_numbers.rs",
    "request/meaning.rs",
    "journal/rules.rs",
    "journal/intent.rs",
    "journal/canonical.rs",
    "journal/fingerprint.rs",
    "keys/api_key.rs",
    "keys/chain.rs",
    "keys/moment.rs",
    "keys/policy.rs",
    "keys/rotation/rules.rs",
    "keys/secret.rs",
    "keys/slot.rs",
    "keys/signing_secret.rs",
    "webhook/signature.rs",
    "webhook/standard.rs",
    "webhook/batch.rs",
    "webhook/body.rs",
    "webhook/line.rs",
    "webhook/unescape.rs",
    "webhook/capture.rs",
    "webhook/credentials.rs",
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
    "webhook/explain/search.rs",
    "webhook/explain/secret_shape.rs",
    "webhook/explain/unexplained.rs",
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
    "sandbox/idempotency.rs",
    "sandbox/cards.rs",
    "sandbox/clock.rs",
    "sandbox/faults.rs",
    "sandbox/params.rs",
    "sandbox/permissions.rs",
    "sandbox/schema.rs",
    "sandbox/values.rs",
    "sandbox/deliveries/schedule.rs",
];

const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "tokio",
    "reqwest",
    "rusqlite",
    "SystemTime",
    "::now()",
    "async fn",
    ".await",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code of a file: no comments, and not its unit tests.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a folder of source files") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn rooms_named_in(code: &str) -> impl Iterator<Item = &str> {
    code.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(rest.len());
        &rest[..end]
    })
}

#[test]
fn arrows_between_rooms_point_down() {
    let all: Vec<_> = ROOMS.iter().map(|(room, _)| *room).chain(["exit"]).collect();
    let mut looked_at = 0;
    for (room, may_know) in ROOMS {
        for path in files(&source().join(room)) {
            looked_at += 1;
            for named in rooms_named_in(&code(&path)).filter(|named| all.contains(named)) {
                assert!(named == *room || may_know.contains(&named), "{} knows {named}", path.display());
            }
        }
    }
    assert!(looked_at > 50, "only {looked_at} files were found");
}

#[test]
fn pure_files_do_no_io() {
    for file in PURE {
        let code = code(&source().join(file));
        for word in IMPURE {
            assert!(!code.contains(word), "{file} has {word}");
        }
    }
}

#[test]
fn every_file_says_its_purpose_first() {
    for path in files(&source()) {
        let text = std::fs::read_to_string(&path).expect("a source file");
        assert!(text.starts_with("//! "), "{}", path.display());
    }
}

#[test]
fn only_the_output_room_and_the_last_words_of_a_defect_write_to_the_streams() {
    for path in files(&source()) {
        let code = code(&path);
        let is_allowed = path.starts_with(source().join("output")) || path == source().join("main.rs");
        let writes =
            ["io::stdout()", "io::stderr()", "println!", "eprintln!"].iter().any(|word| code.contains(word));
        assert!(is_allowed || !writes, "{}", path.display());
    }
}
