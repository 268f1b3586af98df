//! The generated files beside the source are fresh, and there are no others.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let listing = std::fs::read_dir(dir).expect("a folder of generated files");
    let read = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().expect("a name that is text");
        (name, std::fs::read(entry.path()).expect("a generated file"))
    };
    listing.map(|entry| read(entry.expect("an entry"))).collect()
}

#[test]
fn completions_and_man_pages_are_what_the_command_line_makes_of_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fresh = tempfile::tempdir().expect("a directory");
    let target = if std::env::var_os("PAYCLI_REWRITE").is_some() { root } else { fresh.path() };
    let made = Command::new(env!("CARGO_BIN_EXE_paycli")).arg("generate").arg(target).status();
    assert!(made.expect("paycli runs").success());
    for dir in ["completions", "man"] {
        let (kept, made) = (files(&root.join(dir)), files(&target.join(dir)));
        assert_eq!(kept.keys().collect::<Vec<_>>(), made.keys().collect::<Vec<_>>(), "{dir}/");
        for (name, bytes) in made {
            assert!(kept[&name] == bytes, "{dir}/{name} is stale: run `cargo run -- generate`");
        }
    }
}

#[test]
fn no_help_shows_the_value_of_a_variable() {
    let help = Command::new(env!("CARGO_BIN_EXE_paycli"))
        .args(["request", "--help"])
        .env("PAYCLI_API_KEY", "canary-value")
        .env("STRIPE_API_KEY", "canary-value")
        .env("PAYCLI_PROFILE", "canary-value")
        .output()
        .expect("paycli runs");
    let text = String::from_utf8(help.stdout).expect("text");
    assert!(text.contains("PAYCLI_API_KEY") && !text.contains("canary-value"), "{text}");
}
