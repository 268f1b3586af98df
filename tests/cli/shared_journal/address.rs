//! The address of the database: bad ones, TLS, and a password that is nowhere to be seen.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;
use crate::support::server::paid;
use crate::support::tls::{Certificate, Issued, issue};

/// Put together at run time, so that no text here looks like a real one.
fn password() -> String {
    ["hunter", "-", "2026"].concat()
}

#[test]
fn a_bad_url_is_refused_and_none_of_it_is_repeated() {
    let (home, server) = (Home::new(), Server::always(paid()));
    let secret = password();
    for url in [
        format!("mysql://u:{secret}@h/d"),
        format!("{secret}@h"),
        format!("postgres://u:{secret}@h:port/d"),
        format!("postgres://u:a?{secret}@h/d"),
        format!("postgres://u:{secret}@h/d?sslmode=maybe"),
        format!("postgres://u:{secret}@h/d?sslkey=k"),
        "postgres:///d".into(),
    ] {
        let seen = home.at(&server, PAY).args(["-v"]).env("PAYCLI_JOURNAL_URL", &url).run().exits(78);
        let seen = seen.says("PAYCLI_JOURNAL_URL").says("nothing was sent");
        assert!(!seen.err().contains(&secret), "{seen}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_lease_that_is_no_duration_is_refused() {
    let database = Postgres::shared().database();
    let (home, server) = (Home::new(), Server::always(paid()));
    for lease in ["soon", "0s", "2h"] {
        let run = pay(&home, &server, &database).env("PAYCLI_JOURNAL_LEASE", lease);
        run.run().exits(78).says("PAYCLI_JOURNAL_LEASE");
    }
    assert_eq!(server.connections(), 0);
}

/// A server that takes a password alone, and whoever has it.
fn with_password(secret: &str) -> Postgres {
    let server = Postgres::over_tcp(|folder| {
        let rules = "local all all trust\nhost all all all scram-sha-256\n";
        fs::write(folder.join("rules"), rules).expect("a file");
        vec![format!("hba_file={}", folder.join("rules").display())]
    });
    server.sql("postgres", &format!("CREATE USER pay SUPERUSER PASSWORD '{secret}'"));
    server
}

#[test]
fn a_password_comes_from_the_environment_or_a_file_and_is_shown_nowhere() {
    let secret = password();
    let postgres = with_password(&secret);
    let database = postgres.database();
    let (home, server) = (Home::new(), Server::always(paid()));
    let (port, name) = (postgres.port(), &database.name);
    let url = format!("postgres://pay@localhost:{port}/{name}");
    let in_url = format!("postgres://pay:{secret}@localhost:{port}/{name}");
    let run = |url: &str| home.at(&server, PAY).args(["-v"]).env("PAYCLI_JOURNAL_URL", url);
    let file = home.file(".pgpass", format!("localhost:{port}:*:pay:{secret}\n"));
    let mode =
        |mode| fs::set_permissions(Path::new(&file), fs::Permissions::from_mode(mode)).expect("a mode");

    mode(0o644);
    let open = run(&url).run().exits(78).says("chmod 600");
    mode(0o600);
    let by_file = run(&url).run().exits(0);
    fs::remove_file(&file).expect("a file");
    let none = run(&url).run().exits(23).says("password");
    let wrong = run(&url).env("PGPASSWORD", "another").run().exits(23).says("password");
    let by_variable = run(&url).env("PGPASSWORD", &secret).run().exits(0);
    let by_url = run(&in_url).run().exits(0);
    let moved = run(&in_url.replace(name, "nowhere")).args(["--json"]).run().exits(23);
    assert!(moved.out().contains("nowhere"), "{moved}");
    for seen in [open, by_file, none, wrong, by_variable, by_url, moved] {
        assert!(!seen.err().contains(&secret) && !seen.out().contains(&secret), "{seen}");
    }
    for (file, bytes) in home.files() {
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "the password is in {}", file.display());
    }
}

/// A server that takes TLS alone.
fn with_tls(issued: &Issued) -> Postgres {
    Postgres::over_tcp(|folder| {
        let put = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).expect("a file");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("a mode");
            path.display().to_string()
        };
        let rules = put("rules", "local all all trust\nhostssl all all all trust\n");
        let (certificate, key) = (put("server.crt", &issued.certificate), put("server.key", &issued.key));
        vec![
            "ssl=on".into(),
            format!("hba_file={rules}"),
            format!("ssl_cert_file={certificate}"),
            format!("ssl_key_file={key}"),
        ]
    })
}

#[test]
fn tls_is_as_strict_as_the_url_says() {
    let issued = issue(Certificate::GOOD);
    let postgres = with_tls(&issued);
    let database = postgres.database();
    let (home, server) = (Home::new(), Server::always(paid()));
    let roots = home.file("roots.pem", &issued.issuer);
    let other = home.file("other.pem", issue(Certificate::GOOD).issuer);
    let (port, name) = (postgres.port(), &database.name);
    for (host, parameters, code) in [
        ("localhost", "sslmode=disable".to_owned(), 23),
        ("localhost", "sslmode=prefer".to_owned(), 0),
        ("localhost", "sslmode=require".to_owned(), 0),
        ("localhost", format!("sslmode=verify-ca&sslrootcert={roots}"), 0),
        ("localhost", format!("sslmode=verify-full&sslrootcert={roots}"), 0),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={roots}"), 0),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={roots}"), 23),
        ("localhost", format!("sslmode=verify-full&sslrootcert={other}"), 23),
        ("localhost", format!("sslmode=verify-ca&sslrootcert={other}"), 23),
        ("localhost", "sslmode=verify-full".to_owned(), 23),
        ("localhost", "sslmode=verify-full&sslrootcert=/nowhere.pem".to_owned(), 23),
    ] {
        let url = format!("postgres://postgres@{host}:{port}/{name}?{parameters}");
        let seen = home.at(&server, PAY).env("PAYCLI_JOURNAL_URL", &url).run();
        assert_eq!(seen.code(), Some(code), "{url}: {seen}");
    }
    assert_eq!(server.requests().len(), 5);
}

/// What a person reads where the database cannot be used: plain words, and no name of a type or a number of the system.
fn refused_in_words(home: &Home, server: &Server, url: &str, words: &str) {
    let seen = home.at(server, PAY).env("PAYCLI_JOURNAL_URL", url).run().exits(23);
    let seen = seen.says(words).says("nothing was sent").says("PAYCLI_JOURNAL_URL");
    for name in [
        "UnknownIssuer",
        "InvalidCertificate",
        "DnsName",
        "IpAddress(",
        "Context",
        "Error {",
        "(os error",
        "Some(",
    ] {
        assert!(!seen.err().contains(name), "{name}: {seen}");
    }
    let listed = home.paycli(["journal", "list"]).env("PAYCLI_JOURNAL_URL", url).run().exits(23);
    listed.says(words);
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_certificate_that_is_not_trusted_is_told_in_words() {
    let issued = issue(Certificate::GOOD);
    let postgres = with_tls(&issued);
    let old = issue(Certificate { years: (2000, 2001), ..Certificate::GOOD });
    let expired = with_tls(&old);
    let (home, server) = (Home::new(), Server::always(paid()));
    let (roots, old_roots) = (home.file("roots.pem", &issued.issuer), home.file("old.pem", &old.issuer));
    let other = home.file("other.pem", issue(Certificate::GOOD).issuer);
    let url = |postgres: &Postgres, host: &str, roots: &str| {
        let port = postgres.port();
        format!("postgres://postgres@{host}:{port}/postgres?sslmode=verify-full&sslrootcert={roots}")
    };
    refused_in_words(&home, &server, &url(&postgres, "localhost", &other), "its issuer is unknown");
    refused_in_words(&home, &server, &url(&postgres, "127.0.0.1", &roots), "it is not for 127.0.0.1");
    refused_in_words(&home, &server, &url(&expired, "localhost", &old_roots), "it has expired");
    refused_in_words(&home, &server, &url(&postgres, "localhost", "/nowhere.pem"), "/nowhere.pem");
}

#[test]
fn a_server_that_cannot_be_used_is_told_in_words() {
    let secret = password();
    let postgres = with_password(&secret);
    let (home, server) = (Home::new(), Server::always(paid()));
    let port = postgres.port();
    let url = |user: &str, password: &str, rest: &str| {
        format!("postgres://{user}:{password}@localhost:{port}/{rest}")
    };
    let required = url("pay", &secret, "postgres?sslmode=require");
    refused_in_words(&home, &server, &required, "does not support TLS");
    let wrong = url("pay", "another", "postgres");
    refused_in_words(&home, &server, &wrong, "password authentication failed for user \"pay\"");
    refused_in_words(&home, &server, &url("pay", &secret, "nowhere"), "database \"nowhere\" does not exist");
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let free = closed.local_addr().expect("an address").port();
    drop(closed);
    let nobody = format!("postgres://pay@127.0.0.1:{free}/postgres");
    refused_in_words(&home, &server, &nobody, "Connection refused");
    let no_socket = "postgres:///postgres?host=/nowhere&user=pay";
    refused_in_words(&home, &server, no_socket, "No such file or directory");
}
