//! Files that are wrong: every line that is refused is named, and nothing is sent.

use serde_json::json;

use super::{answer, batch, keys, line, line_of, lines, order, server};
use crate::support::server::{Answer, Step, paid};
use crate::support::{Home, Server, env};

#[test]
fn every_invalid_line_is_named_and_nothing_is_sent() {
    let (home, server) = (Home::new(), server());
    let text = [
        line("good"),
        "{\"id\": \"cut\", \"path\"\n".to_owned(),
        "\n".to_owned(),
        line("good"),
        "{\"id\": \"get\", \"method\": \"GET\", \"path\": \"customers\"}\n".to_owned(),
        "{\"id\": \"gone\", \"method\": \"DELETE\", \"path\": \"cus_1\"}\n".to_owned(),
        "{\"id\": \"typo\", \"path\": \"customers\", \"dta\": {}}\n".to_owned(),
        "{\"path\": \"customers\"}\n".to_owned(),
        line("Good"),
    ];
    let seen = batch(&home, &server, &text.concat()).run().exits(2).says("nothing was sent");
    let named: Vec<_> = seen
        .err()
        .lines()
        .filter_map(|line| line.strip_prefix("error: line "))
        .map(|line| line.split([' ', ':']).next().expect("a number").to_owned())
        .collect();
    assert_eq!(named, ["2", "4", "5", "6", "7", "8"], "{seen}");
    assert!(seen.err().contains("its id \"good\" is that of line 1, too"), "{seen}");
    assert!(seen.out().is_empty() && server.connections() == 0, "{seen}");
    assert!(home.entries().is_empty());
}

#[test]
fn ids_that_differ_in_case_are_two_lines() {
    let (home, server) = (Home::new(), server());
    batch(&home, &server, &format!("{}{}", line("a"), line("A"))).run().exits(0);
    assert_eq!(keys(&server).len(), 2);
}

#[test]
fn two_lines_never_have_one_key() {
    let (home, server) = (Home::new(), server());
    let own = |id: &str| line(id).replace("\"id\":", "\"idempotency_key\":\"k-1\",\"id\":");
    batch(&home, &server, &format!("{}{}", own("a"), own("b"))).run().exits(2).says("line 2 (b)");
    assert_eq!(server.connections(), 0);
}

#[test]
fn credentials_and_card_numbers_are_refused_and_not_shown() {
    let (home, server) = (Home::new(), server());
    let secret = format!("whsec_{}", "Abc1".repeat(7));
    let card = ["4111", "1111", "1111", "1111"].concat();
    for (what, line) in [
        ("credential", line_of("a", &json!({"description": secret}))),
        ("credential", line_of(&secret, &json!({"amount": 1}))),
        ("card number", line_of("a", &json!({"card": {"number": card}}))),
        ("credential", line("a").replace("\"id\":", &format!("\"idempotency_key\":\"{secret}\",\"id\":"))),
    ] {
        let seen = batch(&home, &server, &line).run().exits(2);
        let names_it = seen.err().contains("line 1") && !seen.err().contains("Abc1Abc1");
        assert!(names_it, "{what}: {seen}");
    }
    assert!(server.connections() == 0 && home.entries().is_empty());
}

#[test]
fn bytes_that_are_no_text_and_lines_without_end_are_named() {
    let (home, server) = (Home::new(), server());
    let mut bytes = line("a").into_bytes();
    bytes.extend(b"{\"id\": \"\xff\", \"path\": \"customers\"}\n");
    bytes.extend(format!("{{\"id\": \"{}\"}}\n", "x".repeat(2 << 20)).into_bytes());
    bytes.extend(line("b").into_bytes());
    let file = home.file("orders.ndjson", &bytes);
    let seen = home.at(&server, ["batch", &file]).run().exits(2);
    assert!(seen.err().contains("line 2: it is not valid UTF-8"), "{seen}");
    assert!(seen.err().contains("line 3: it is longer than 1048576 bytes"), "{seen}");
    assert!(!seen.err().contains("line 4"), "{seen}");
    assert_eq!(server.connections(), 0);
}

#[test]
fn rows_that_are_ragged_and_quotes_that_are_not_closed_are_named() {
    let (home, server) = (Home::new(), server());
    let run = |text: &str| {
        let file = home.file("orders.csv", text);
        home.at(&server, ["batch", &file]).run()
    };
    let seen = run("id,path,amount\n1,customers\n2,customers,3,4\n3,customers,1\n").exits(2);
    assert!(
        seen.err().contains("line 2") && seen.err().contains("line 3") && !seen.err().contains("line 4"),
        "{seen}"
    );
    run(&format!("id,path\n1,\"{}\n", "x\n".repeat(2 << 20))).exits(2).says("line 2");
    run("id;path\n1;customers\n").exits(2).says("no column \"id\"");
    run("").exits(2).says("header row");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_line_that_was_changed_between_runs_is_refused_and_named_before_anything_is_sent() {
    let (home, server) = (Home::new(), server());
    batch(&home, &server, &lines(3)).run().exits(0);
    let changed = lines(5).replace("\"order-1\"}},\"id\"", "x");
    assert_eq!(changed, lines(5), "the test's own replacement does nothing");
    let changed: String = lines(5)
        .lines()
        .map(|line| if line.contains("\"order-1\"") { line.replace("2000", "2001") } else { line.to_owned() } + "\n")
        .collect();
    let seen =
        batch(&home, &server, &changed).run().exits(11).says("line 2 (order-1)").says("parameter amount");
    assert!(seen.err().contains("nothing was sent") && seen.out().is_empty(), "{seen}");
    assert_eq!(server.requests().len(), 3, "the new lines are not sent either");
    let own = lines(3).replacen("\"id\":", "\"idempotency_key\":\"k-1\",\"id\":", 1);
    batch(&home, &server, &own).run().exits(11).says("line 1 (order-0)").says("idempotency key");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_file_that_is_not_there_and_a_name_that_is_none_are_told() {
    let (home, server) = (Home::new(), server());
    home.at(&server, ["batch", "nowhere.ndjson"]).run().exits(2).says("nowhere.ndjson");
    batch(&home, &server, &lines(1)).args(["--name", "a/b"]).run().exits(2).says("a/b");
    batch(&home, &server, &lines(1)).args(["--rate", "0"]).run().exits(2).says("rate");
    batch(&home, &server, &lines(1)).args(["--concurrency", "0"]).run().exits(2);
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_empty_file_is_a_batch_of_no_lines() {
    let (home, server) = (Home::new(), server());
    batch(&home, &server, "").run().exits(0).says("0 lines");
    batch(&home, &server, "\n\n").run().exits(0);
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_file_that_is_changed_while_it_is_sent_stops_the_batch() {
    let home = Home::new();
    let file = home.file("orders.ndjson", lines(2000));
    let path = file.clone();
    let server = Server::answering(move |request| {
        if order(request) == "order-3" {
            std::fs::write(&path, lines(1999)).expect("a file");
        }
        answer(request).into()
    })
    .keep_alive();
    let seen = home.at(&server, ["batch", &file]).run().exits(20).says("was changed");
    assert!(server.requests().len() < 2000, "{seen}");
}

#[test]
#[cfg(unix)]
fn wherever_the_disk_fills_up_nothing_is_sent_that_is_not_in_the_journal() {
    let mut codes = std::collections::BTreeSet::new();
    for blocks in [0, 64, 128, 192, 256, 384, 512, 1024] {
        let home = Home::new();
        let server = Server::always(Step::from(paid()));
        let file = home.file("orders.ndjson", lines(200));
        let shell = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{}' \"$@\"", env::PAYCLI);
        let command = ["sh", "-c", &shell, "sh", "--api-base", &server.url(), "batch", &file];
        let seen =
            home.command(command.map(Into::into).to_vec()).key(&crate::support::keys::test_key()).run();
        codes.insert(seen.code());
        assert!(matches!(seen.code(), Some(0 | 20 | 23)), "{blocks} blocks: {seen}");
        let sent = server.requests();
        assert!(seen.code() != Some(23) || blocks > 0 || sent.is_empty(), "{blocks} blocks: {seen}");
        let known: std::collections::BTreeSet<_> = if sent.is_empty() {
            std::collections::BTreeSet::default()
        } else {
            home.entries().iter().map(|entry| entry["key"].as_str().expect("a key").to_owned()).collect()
        };
        for request in sent {
            assert!(known.contains(request.key().expect("a key")), "{blocks} blocks: {seen}");
        }
        batch(&home, &server, &lines(200)).run().exits(0);
        assert!(keys(&server).values().all(|keys| keys.iter().all(|key| *key == keys[0])), "{blocks} blocks");
    }
    assert!(codes.len() > 1, "{codes:?}");
}

#[test]
fn a_key_that_the_api_says_is_of_another_request_fails_its_line() {
    let home = Home::new();
    let server = Server::answering(|request| match &*order(request) {
        "order-1" => Answer::error(400, "idempotency_error", None).into(),
        _ => answer(request).into(),
    });
    let seen = batch(&home, &server, &lines(3)).run().exits(41);
    assert_eq!(seen.ndjson()[1]["outcome"], "key_mismatch", "{seen}");
}
