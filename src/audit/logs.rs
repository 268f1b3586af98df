//! Writes without an idempotency key, in logs of requests: a JSON object a line, or text as `curl -v` and servers write
//! it.

use std::path::Path;

use serde_json::Value;

use super::facts::{Facts, Seen, UnkeyedWrite};

/// Headers of a request are looked for in so many lines behind it.
const HEADER_LINES: usize = 40;

/// The most that is told of one log.
const MOST: usize = 20;

pub(super) fn look(facts: &Facts) -> Option<Vec<Seen>> {
    let seen = facts.unkeyed.as_ref()?.iter().map(|write| {
        let text =
            format!("{}:{}: POST {} has no idempotency key", write.file.display(), write.line, write.path);
        Seen { text, path: Some(write.file.clone()) }
    });
    Some(seen.collect())
}

/// The writes without a key in a log.
#[must_use]
pub fn unkeyed_writes(file: &Path, text: &str) -> Vec<UnkeyedWrite> {
    let lines: Vec<_> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let path = match serde_json::from_str::<Value>(line) {
            Ok(value) if value.is_object() => in_json(&value),
            _ => in_text(line, &lines[at + 1..]),
        };
        found.extend(path.map(|path| UnkeyedWrite { file: file.to_owned(), line: at + 1, path }));
    }
    found.truncate(MOST);
    found
}

/// The path of a write without a key, in an object that has it or a `request` that has it.
fn in_json(value: &Value) -> Option<String> {
    let request = value.get("request").filter(|request| request.is_object()).unwrap_or(value);
    let text = |names: &[&str]| names.iter().find_map(|name| request.get(name)?.as_str());
    let path = text(&["path", "url"]).and_then(api_path)?;
    let is_write = text(&["method"]).is_some_and(|method| method.eq_ignore_ascii_case("POST"));
    let headers = request.get("headers").and_then(Value::as_object);
    let in_headers = headers.is_some_and(|headers| headers.keys().any(|name| is_key_header(name)));
    let has_key =
        in_headers || text(&["idempotency_key", "idempotencyKey"]).is_some_and(|key| !key.is_empty());
    (is_write && !has_key).then_some(path)
}

/// The path of a write without a key, in a line and the headers below it.
fn in_text(line: &str, below: &[&str]) -> Option<String> {
    let (_, after) = line.split_once("POST ")?;
    let path = after.split([' ', '"', '\'']).find_map(api_path)?;
    let is_request = |line: &str| ["POST ", "GET ", "DELETE "].iter().any(|method| line.contains(method));
    let headers = below.iter().take(HEADER_LINES).take_while(|line| !is_request(line));
    let has_key = is_key_header(line) || headers.into_iter().any(|line| is_key_header(line));
    (!has_key).then_some(path)
}

fn is_key_header(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("idempotency-key") || text.contains("idempotency_key") || text.contains("idempotencykey")
}

/// The path of the API in a URL or a path. Other hosts have a v1 too: a whole URL has to be Stripe's or local.
fn api_path(text: &str) -> Option<String> {
    let is_url = text.contains("://");
    let is_api =
        !is_url || ["stripe.com/", "://127.0.0.1", "://localhost"].iter().any(|host| text.contains(host));
    let at = text.find("/v1/").filter(|at| is_url || *at == 0)?;
    is_api.then(|| text[at..].split('?').next().unwrap_or_default().to_owned())
}
