//! `paycli webhook sign`: the signature header of a payload.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use std::ffi::OsString;

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::profile::parse_unix_seconds;
use crate::request::shell_quote;
use crate::webhook::{DELIVERY_HEADERS, Scheme, SigningKey, StandardKey, signature, standard};

use super::scheme::SchemeArg;
use super::secrets::{self, NamedSecret};
use super::source;

const EXAMPLES: &str = "\
Examples:
  paycli webhook sign event.json
  curl \"$URL\" -H \"Stripe-Signature: $(paycli webhook sign event.json)\" --data-binary @event.json
  paycli webhook sign event.json --secret env:NEW --secret env:OLD     # as while a secret is being rolled";

/// Options of `webhook sign`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct SignArgs {
    /// The payload's file; - or nothing is standard input
    #[arg(value_name = "PAYLOAD|-")]
    payload: Option<OsString>,
    /// Sign with this secret: env:NAME, file:PATH or -; several give several signatures
    /// [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]
    #[arg(long, value_name = "SOURCE", allow_hyphen_values = true)]
    secret: Vec<OsString>,
    /// The time to sign at, Unix seconds or RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    timestamp: Option<String>,
    /// How to sign
    #[arg(long, value_name = "SCHEME", default_value = "stripe")]
    scheme: SchemeArg,
    /// The message's id, for Standard Webhooks [default: a new one]
    #[arg(long, value_name = "MSG_ID")]
    id: Option<String>,
}

#[derive(Serialize)]
struct SignJson<'a> {
    schema: u32,
    scheme: &'a str,
    timestamp: i64,
    id: Option<&'a str>,
    signature: &'a str,
    headers: Map<String, Value>,
    curl: String,
}

/// Signs a payload.
pub(super) fn run(context: &mut Context, args: &SignArgs) -> Result<ExitCode, Failure> {
    let timestamp = args.timestamp.as_deref().map_or_else(|| Ok(source::now()), parse_unix_seconds)?;
    let scheme = Scheme::from(args.scheme);
    if scheme == Scheme::Stripe && args.id.is_some() {
        return Err(Failure::usage("--id is for --scheme standard: Stripe's scheme signs no id"));
    }
    let profile = context.profile()?.clone();
    context.admit(&profile, true)?;
    if profile.mode.is_live() {
        context.printer.live_banner(&format!("signing with the profile {}", profile.name));
    }
    if scheme == Scheme::Standard && args.id.is_none() && context.printer.is_quiet() {
        return Err(Failure::usage("a new id would be told to nobody with --quiet").hint("--id MSG_ID"));
    }
    let secrets = secrets::find(context, &args.secret)?;
    if secrets.is_empty() {
        return Err(secrets::none(profile.name.as_str()));
    }
    let keys = secrets.iter().map(|named| key(named, scheme)).collect::<Result<Vec<_>, _>>()?;
    let payload = source::payload(context, args.payload.as_deref())?;
    if payload.is_empty() {
        context.printer.notice("the payload is empty");
    }
    let id = (scheme == Scheme::Standard).then(|| args.id.clone().unwrap_or_else(new_id));
    let (signature, headers) = match &id {
        None => {
            let signature = signature::sign(&payload, timestamp, &keys);
            (signature.clone(), vec![("Stripe-Signature", signature)])
        }
        Some(id) => {
            if id.is_empty() {
                return Err(Failure::usage("--id is empty, and a delivery without an id does not verify"));
            }
            let signature = standard::sign(&payload, id, timestamp, &keys);
            let time = timestamp.to_string();
            let own = [("webhook-id", id.clone()), ("webhook-timestamp", time)];
            (signature.clone(), own.into_iter().chain([("webhook-signature", signature)]).collect())
        }
    };
    if !context.printer.is_json() {
        if let Some(id) = id.filter(|_| args.id.is_none()) {
            context.printer.notice(&format!("webhook-id: {id}, webhook-timestamp: {timestamp}"));
        }
        context.printer.line(&signature)?;
        return Ok(ExitCode::Success);
    }
    let of_deliveries = DELIVERY_HEADERS.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let headers: Vec<_> = of_deliveries.chain(headers).collect();
    let curl = curl(&headers, args.payload.as_ref());
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
    let scheme = scheme.as_str();
    context.print_json(&SignJson {
        schema: 1,
        scheme,
        timestamp,
        id: id.as_deref(),
        signature: &signature,
        headers,
        curl,
    })
}

fn key(named: &NamedSecret, scheme: Scheme) -> Result<SigningKey, Failure> {
    let NamedSecret { name, secret } = named;
    if secret.is_blank() {
        return Err(Failure::authentication(format!("the signing secret from {name} is blank")));
    }
    if let Some(mistake) = secrets::mistake(named) {
        return Err(Failure::configuration(mistake));
    }
    let key = match scheme {
        Scheme::Stripe => SigningKey::stripe(secret),
        Scheme::Standard => StandardKey::new(secret).agreed().cloned(),
    };
    key.ok_or_else(|| {
        let message =
            format!("the secret from {name} is not base64 after whsec_, as Standard Webhooks has it");
        Failure::authentication(message).hint("--scheme stripe takes the secret as it is")
    })
}

fn new_id() -> String {
    format!("msg_{}", uuid::Uuid::new_v4().simple())
}

/// The command that delivers the payload to `$URL` with these headers.
fn curl(headers: &[(&str, String)], payload: Option<&OsString>) -> String {
    let file = payload.map_or("-".into(), |path| path.to_string_lossy());
    let mut command = String::from("curl -sS \"$URL\"");
    for (name, value) in headers {
        command.push_str(" -H ");
        command.push_str(&shell_quote(&format!("{name}: {value}")));
    }
    command + " --data-binary " + &shell_quote(&format!("@{file}"))
}
