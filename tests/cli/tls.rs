//! A certificate that is not trusted: nothing is sent, nothing is tried again, and what is wrong is said.

use crate::support::tls::{Certificate, TlsServer};
use crate::support::{Home, Run};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

/// A payment at a server, with its issuer trusted.
fn pay(home: &Home, server: &TlsServer) -> Run {
    let roots = home.file("roots.pem", &server.issuer);
    home.paycli(["--api-base", &server.url]).args(PAY).env("SSL_CERT_FILE", roots)
}

/// Pays once and expects that it is refused at the first handshake, with these words.
fn refused(run: impl Fn(&Home) -> Run, server: &TlsServer, words: &[&str]) {
    let home = Home::new();
    let before = server.connections();
    let mut seen = run(&home).args(["--max-retries", "3"]).run().exits(22).says("nothing was sent");
    for word in words {
        seen = seen.says(word);
    }
    assert_eq!(server.connections(), before + 1, "tried again: {seen}");
    assert!(!seen.err().contains("run the same command again"), "{seen}");
    assert_eq!(home.only_entry()["state"], "retryable", "{seen}");
}

#[test]
fn one_that_is_trusted_works() {
    let server = TlsServer::start(Certificate::GOOD);
    pay(&Home::new(), &server).run().exits(0);
}

#[test]
fn one_of_an_unknown_issuer_names_the_variable() {
    let server = TlsServer::start(Certificate::GOOD);
    let other = TlsServer::start(Certificate::GOOD);
    let run = |home: &Home| pay(home, &server).env("SSL_CERT_FILE", home.file("other.pem", &other.issuer));
    refused(run, &server, &["certificate", "issuer", "SSL_CERT_FILE"]);
}

#[test]
fn one_that_has_expired_names_the_day_and_the_clock() {
    let server = TlsServer::start(Certificate { years: (2000, 2010), ..Certificate::GOOD });
    refused(|home| pay(home, &server), &server, &["expired", "2010-01-01", "clock"]);
}

#[test]
fn one_that_is_not_yet_valid_names_the_clock() {
    let server = TlsServer::start(Certificate { years: (2080, 2090), ..Certificate::GOOD });
    refused(|home| pay(home, &server), &server, &["not valid before", "2080-01-01", "clock"]);
}

#[test]
fn one_for_another_name_names_both() {
    let server = TlsServer::start(Certificate { name: "payments.example", ..Certificate::GOOD });
    refused(|home| pay(home, &server), &server, &["localhost", "payments.example", "--api-base"]);
}

#[test]
fn one_of_an_authority_is_said_to_be_that_in_words() {
    let server = TlsServer::start(Certificate { is_authority: true, ..Certificate::GOOD });
    refused(|home| pay(home, &server), &server, &["an authority's own", "self-signed", "SSL_CERT_FILE"]);
}

#[test]
fn a_read_says_the_same() {
    let server = TlsServer::start(Certificate { name: "payments.example", ..Certificate::GOOD });
    let home = Home::new();
    let roots = home.file("roots.pem", &server.issuer);
    let get =
        home.paycli(["--api-base", &server.url, "get", "customers", "--json"]).env("SSL_CERT_FILE", roots);
    let seen = get.run().exits(22);
    assert_eq!((server.connections(), &seen.json()["next"]), (1, &"none".into()), "{seen}");
}
