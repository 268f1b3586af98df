//! The way to the API: certificates, proxy, TLS, whether it takes the key, and the clock.

use std::path::Path;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::cli::context::{Context, variable};
use crate::cli::failure::Failure;
use crate::cli::held::FoundKey;
use crate::cli::runtime::runtime;
use crate::cli::sending::{admit, gate};
use crate::cli::target::Destination;
use crate::journal::Intent;
use crate::profile::{ApiBase, Profile};
use crate::request::{Answer, Reply, Transport, shell_quote};

use super::check::{Check, Status};

/// A signature is accepted for 300 s, and a key is judged with an hour to spare: more than this is worth a word.
const MOST_SKEW_SECONDS: i64 = 30;

/// With more, signatures that are made here are refused.
const BAD_SKEW_SECONDS: i64 = 300;

const PROXIES: &[&str] = &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Everything between this machine and the API. Without a key nothing is sent, since the API answers nobody else.
pub(super) fn checks(
    context: &Context,
    profile: &Profile,
    found: Option<FoundKey>,
    is_offline: bool,
) -> Vec<Check> {
    let mut checks = vec![certificates(), proxy()];
    let route = match Destination::of(context, profile) {
        Ok(route) => route,
        Err(failure) => {
            checks.push(Check::of("api", Status::Failed, failure, context));
            return checks;
        }
    };
    let skipped = |why: &str| Check::new("api", Status::Skipped, why);
    let checked = match found {
        _ if is_offline => vec![skipped("--offline")],
        _ if route == Destination::Sandbox => vec![Check::ok("api", "the sandbox is in process")],
        None => vec![skipped("without a key the API answers nothing")],
        Some(_) if profile.mode.is_live() && !context.global.live => {
            let message = format!("profile {} is live: nothing is sent without --live", profile.name);
            vec![skipped(&message).mend(format!("paycli -p {} --live doctor", profile.name))]
        }
        Some(found) => match ask(context, profile, &route, &found) {
            Ok(answer) => answered(&route, &answer),
            Err(failure) => {
                let check = Check::of("api", Status::Failed, failure, context);
                let mended = check.next_command.is_some();
                let look = format!("curl -sSv -o /dev/null {}", shell_quote(route.name()));
                vec![if mended { check } else { check.mend(look) }]
            }
        },
    };
    checks.extend(checked);
    checks
}

fn certificates() -> Check {
    let name = "certificates";
    let Some(file) = variable("SSL_CERT_FILE") else { return Check::ok(name, "the system's") };
    match std::fs::read(Path::new(&file)) {
        Ok(text) if text.windows(10).any(|part| part == b"-----BEGIN") => {
            Check::ok(name, format!("{file} (SSL_CERT_FILE)"))
        }
        Ok(_) => Check::failed(name, format!("SSL_CERT_FILE is {file}, which holds no certificate"))
            .mend("unset SSL_CERT_FILE"),
        Err(error) => {
            Check::failed(name, format!("SSL_CERT_FILE is {file}: {error}")).mend("unset SSL_CERT_FILE")
        }
    }
}

fn proxy() -> Check {
    let set = PROXIES.iter().find_map(|name| variable(name).map(|value| (name, value)));
    let Some((name, value)) = set else { return Check::ok("proxy", "none") };
    match url::Url::parse(&value) {
        Ok(url) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            let host = url.host_str().unwrap_or_default();
            Check::ok("proxy", format!("{}://{host}{port} ({name})", url.scheme()))
        }
        Err(error) => {
            Check::failed("proxy", format!("{name} is not a URL: {error}")).mend(format!("unset {name}"))
        }
    }
}

/// One request that changes nothing.
fn ask(
    context: &Context,
    profile: &Profile,
    route: &Destination,
    found: &FoundKey,
) -> Result<Answer, Failure> {
    route.admit(profile)?;
    context.admit(profile, false)?;
    let runtime = runtime()?;
    let base = runtime.block_on(route.open())?;
    let transport = Transport::new(&base, context.global.timeout)?;
    let intent = Intent::get(profile, route.name(), "/v1/balance");
    let reply = runtime.block_on(async {
        let key = admit(&gate(&transport, profile)?, &found.key, &intent).await?;
        Ok::<_, Failure>(transport.attempt(&intent, None, &key).await)
    })?;
    match reply {
        Reply::Answer(answer) => Ok(answer),
        Reply::NotSent(why) => Err(unreachable(route, &base, &why.to_string())),
        Reply::Lost(why) => Err(unreachable(route, &base, &why)),
    }
}

fn unreachable(route: &Destination, base: &ApiBase, why: &str) -> Failure {
    let has_proxy = PROXIES.iter().any(|name| variable(name).is_some());
    let hint = match (has_proxy, base.uses_tls()) {
        (true, _) => "a proxy is set: check it, or leave this host out with NO_PROXY",
        (false, true) => "check the network, and SSL_CERT_FILE where a proxy makes its own certificates",
        (false, false) => "check that a server listens there",
    };
    Failure::internal(format!("{} cannot be reached: {why}", route.name())).hint(hint)
}

fn answered(route: &Destination, answer: &Answer) -> Vec<Check> {
    let api = match answer.status {
        200 | 403 => Check::ok("api", format!("{} answers, and takes the key", route.name())),
        401 => Check::failed("api", format!("{} answers, and refuses the key (401)", route.name()))
            .mend("paycli keys status"),
        status => Check::warning("api", format!("{} answers with {status}", route.name())),
    };
    vec![api, clock(answer)]
}

/// How far this machine's clock is from the server's.
fn clock(answer: &Answer) -> Check {
    let header = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("date"));
    let server = header.and_then(|(_, date)| rfc2822::DateTimeParser::new().parse_timestamp(date).ok());
    let Some(server) = server else {
        return Check::new("clock", Status::Skipped, "the answer tells no time");
    };
    let ahead = Timestamp::now().as_second() - server.as_second();
    let direction = if ahead < 0 { "behind" } else { "ahead of" };
    let message = format!("{} s {direction} the server", ahead.abs());
    match ahead.abs() {
        0..=MOST_SKEW_SECONDS => Check::ok("clock", message),
        seconds if seconds < BAD_SKEW_SECONDS => {
            Check::warning("clock", message).mend("sudo timedatectl set-ntp true")
        }
        _ => Check::failed("clock", message)
            .mend("sudo timedatectl set-ntp true")
            .hint("keys expire by this clock, and signatures made here are refused"),
    }
}
