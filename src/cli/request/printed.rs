//! A request that is only printed: `--dry-run` and `--curl`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::target::Destination;
use crate::exit::ExitCode;
use crate::journal::Intent;
use crate::output::redact;
use crate::request::{headers, to_curl};

#[derive(Serialize)]
struct Printed<'a> {
    schema: u32,
    dry_run: bool,
    method: &'a str,
    url: &'a str,
    idempotency_key: Option<&'a str>,
    headers: BTreeMap<&'a str, &'a str>,
    body: Option<Body<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Json(&'a RawValue),
    Form(String),
}

/// Prints a request and sends nothing.
pub(super) fn show(
    context: &Context,
    route: &Destination,
    intent: &Intent,
    key: Option<&str>,
    as_curl: bool,
) -> Result<ExitCode, Failure> {
    let base = route.shown();
    let text = if as_curl {
        to_curl(&base, intent, key)
    } else if context.printer.is_json() {
        as_json(&format!("{base}{}", intent.path), intent, key)
    } else {
        as_text(&format!("{base}{}", intent.path), intent, key)
    };
    context.printer.line(&redact(&text))?;
    context
        .printer
        .notice("nothing was sent; a key that is not your own is a new one, which the journal does not keep");
    Ok(ExitCode::Success)
}

fn as_text(url: &str, intent: &Intent, key: Option<&str>) -> String {
    let mut lines = vec![format!("{} {url}", intent.method)];
    lines.extend(headers(intent, key).into_iter().map(|(name, value)| format!("{name}: {value}")));
    if !intent.body.is_empty() {
        lines.push(String::new());
        lines.push(String::from_utf8_lossy(&intent.body).into_owned());
    }
    lines.join("\n")
}

fn as_json(url: &str, intent: &Intent, key: Option<&str>) -> String {
    let headers = headers(intent, key);
    let json = Printed {
        schema: 1,
        dry_run: true,
        method: intent.method.as_str(),
        url,
        idempotency_key: key,
        headers: headers.into_iter().collect(),
        body: (!intent.body.is_empty()).then(|| match serde_json::from_slice(&intent.body) {
            Ok(json) => Body::Json(json),
            Err(_) => Body::Form(String::from_utf8_lossy(&intent.body).into_owned()),
        }),
    };
    serde_json::to_string(&json).expect("strings, numbers and valid JSON are JSON")
}
