//! The checker of the architecture can fail: it is shown small trees, and finds what is wrong with them.

use super::{arrows_in, circles, impurities, wrong_arrows, wrong_arrows_in_cli, wrong_arrows_in_sandbox};
use crate::architecture::sources::Sources;

const ROOMS: &[(&str, &[&str])] = &[("upper", &["lower"]), ("lower", &[])];

fn tree(files: &[(&str, &str)]) -> Sources {
    Sources::of(&files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
}

/// A tree of two rooms, with this text in a file of the lower one.
fn lower(text: &str) -> Sources {
    tree(&[
        ("lib.rs", "mod upper; mod lower;"),
        ("upper.rs", "pub struct Above; pub mod deep { pub fn f() {} }"),
        ("lower/mod.rs", "mod file;"),
        ("lower/file.rs", text),
    ])
}

#[test]
fn an_arrow_up_is_seen_wherever_it_stands() {
    for text in [
        "use crate::upper::Above;",
        "use crate::{lower, upper::{self, Above}};",
        "use crate::{upper as other};",
        "use super::super::upper::Above;",
        "fn f() { use crate::upper::Above; }",
        "fn f() { crate::upper::deep::f(); }",
        "fn f(_: &crate::upper::Above) {}",
        "fn f() -> Vec<Box<dyn Fn(crate::upper::Above)>> { Vec::new() }",
        "fn f() { println!(\"{}\", crate::upper::deep::f()); }",
        "#[arg(value_parser = crate::upper::deep::f)] struct A;",
        "#[cfg(test)] mod tests {} use crate::upper::Above;",
        "#[cfg(not(test))] use crate::upper::Above;",
        "#[cfg(any(test, unix))] use crate::upper::Above;",
        "mod inline { use super::super::super::upper::Above; }",
        "macro_rules! m { () => { $crate::upper::deep::f() } }",
        "macro_rules! m { () => { pub struct A(pub (crate::upper::Above, u8)); } }",
        "impl From<crate::upper::Above> for u8 { fn from(_: crate::upper::Above) -> u8 { 0 } }",
    ] {
        assert!(!wrong_arrows(&lower(text), ROOMS).is_empty(), "{text}");
    }
}

#[test]
fn what_is_for_tests_alone_may_know_everything() {
    for text in [
        "#[cfg(test)] use crate::upper::Above;",
        "#[cfg(all(test, unix))] fn f() { crate::upper::deep::f(); }",
        "#[cfg(test)] mod tests { use crate::upper::Above; }",
        "struct A; impl A { #[cfg(test)] fn f() { crate::upper::deep::f(); } }",
        "// crate::upper::Above\nconst A: &str = \"crate::upper::Above\";",
        "macro_rules! m { () => { pub(in crate::upper) const A: u8 = 0; } }",
    ] {
        assert_eq!(wrong_arrows(&lower(text), ROOMS), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn impurity_is_seen_wherever_it_stands() {
    for text in [
        "use std::fs;",
        "use std::{fmt, net::TcpStream};",
        "fn f() { std::fs::read(\"x\").unwrap(); }",
        "use std::time; fn f() { time::SystemTime::now(); }",
        "use jiff::Timestamp; fn f() { Timestamp::now(); }",
        "fn f() { other::Clock::now(); }",
        "#[cfg(test)] mod tests {} fn f() { std::env::var(\"X\").ok(); }",
        "async fn f() {}",
        "fn f() { g(async { 1 }); }",
        "fn f() { tokio::spawn(g()); }",
        "fn f() { assert!(std::env::var(\"X\").is_ok()); }",
    ] {
        let sources = lower(text);
        assert!(!impurities(sources.file("lower/file.rs")).is_empty(), "{text}");
    }
    let pure = lower("use std::fmt; #[cfg(test)] mod tests { use std::fs; } fn now() {}");
    assert_eq!(impurities(pure.file("lower/file.rs")), Vec::<String>::new());
}

#[test]
fn a_circle_is_seen_through_re_exports_and_a_lobby_is_none() {
    let room = |a: &str, b: &str| {
        tree(&[
            ("lib.rs", "mod room;"),
            ("room/mod.rs", "mod a; mod b; pub use a::A; pub use b::B as Bee;"),
            ("room/a.rs", a),
            ("room/b.rs", b),
        ])
    };
    let through_the_lobby = room("use super::Bee; pub struct A;", "use crate::room::A; pub struct B;");
    assert_eq!(circles(&arrows_in(&through_the_lobby, "room")), [["room/a.rs", "room/b.rs"]]);
    let down = room("use super::Bee; pub struct A;", "pub struct B;");
    assert_eq!(circles(&arrows_in(&down, "room")), Vec::<Vec<&str>>::new());
    let with_its_lobby = tree(&[
        ("lib.rs", "mod room;"),
        ("room/mod.rs", "mod a; pub struct Shared; fn f() { a::g(); }"),
        ("room/a.rs", "use super::Shared; pub fn g() {}"),
    ]);
    assert_eq!(circles(&arrows_in(&with_its_lobby, "room")), [["room/a.rs", "room/mod.rs"]]);
}

#[test]
fn a_command_that_knows_another_or_the_top_is_seen() {
    let cli = |pay: &str| {
        tree(&[
            ("lib.rs", "mod cli;"),
            ("cli/mod.rs", "mod args; mod context; mod keys; mod pay; fn run() { pay::run(); }"),
            ("cli/args.rs", "use super::keys::Add; pub struct Cli;"),
            ("cli/context.rs", "pub struct Context;"),
            ("cli/keys/mod.rs", "mod add; pub use add::Add; use super::context::Context;"),
            ("cli/keys/add.rs", "pub struct Add; use crate::cli::context::Context;"),
            ("cli/pay.rs", pay),
        ])
    };
    let wrong = |pay: &str| wrong_arrows_in_cli(&cli(pay));
    assert_eq!(wrong("use super::context::Context; pub fn run() {}"), Vec::<String>::new());
    assert_eq!(wrong("use super::keys::Add;"), ["cli/pay.rs knows cli/keys/add.rs"]);
    assert_eq!(wrong("fn f() { super::args::Cli; }"), ["cli/pay.rs knows cli/args.rs"]);
    assert_eq!(wrong("fn f() { super::run(); }"), ["cli/pay.rs knows cli/mod.rs"]);
}

#[test]
fn an_arrow_up_inside_the_sandbox_is_seen() {
    let wrong = |server: &str, state: &str| {
        let sources = tree(&[
            ("lib.rs", "mod sandbox;"),
            ("sandbox/mod.rs", "mod http; mod state; mod cards; pub use http::server::Sandbox;"),
            ("sandbox/http/mod.rs", "pub mod server; pub mod body; use super::state::Store;"),
            ("sandbox/http/server.rs", server),
            ("sandbox/http/body.rs", "pub struct Body;"),
            ("sandbox/state.rs", state),
            ("sandbox/cards.rs", "pub struct Card;"),
        ]);
        wrong_arrows_in_sandbox(&sources, &["mod", "http", "state", "cards"])
    };
    let server = "use super::body::Body; use crate::sandbox::state::Store; pub struct Sandbox;";
    let state = "use crate::sandbox::cards::Card; pub struct Store;";
    assert_eq!(wrong(server, state), Vec::<String>::new());
    for up in ["use super::Sandbox;", "fn f(_: crate::sandbox::http::server::Sandbox) {}"] {
        let found = wrong(server, &format!("{up} {state}"));
        assert_eq!(found, ["sandbox/state.rs knows sandbox/http/server.rs"], "{up}");
    }
    let lobby = wrong("fn f() { super::super::run(); } pub struct Sandbox;", state);
    assert_eq!(lobby, ["sandbox/http/server.rs knows sandbox/mod.rs"]);
    let nowhere = tree(&[("lib.rs", "mod sandbox;"), ("sandbox/mod.rs", "mod new;"), ("sandbox/new.rs", "")]);
    assert_eq!(wrong_arrows_in_sandbox(&nowhere, &["mod"]), ["sandbox/new.rs has no place in the order"]);
}

#[test]
fn an_assignment_by_name_is_seen() {
    let of = |text: &str| lower(text).file("lower/file.rs").assigned.clone();
    assert_eq!(of("fn f() { a[\"b\"][\"c\"] = 1; }").into_iter().collect::<Vec<_>>(), ["c"]);
    assert!(of("fn f() { if a[\"b\"] == 1 { a[0] = 2; } }").is_empty());
}
