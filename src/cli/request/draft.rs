//! A request as it was typed, read and checked: nothing of it needs a profile or a key.

use std::io::Read;

use serde_json::value::RawValue;

use crate::cli::api_version::api_version;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::request_args::RequestOptions;
use crate::cli::target::Destination;
use crate::journal::{Family, Intent};
use crate::profile::Profile;
use crate::request::{
    Method, OutsideTheMap, Param, ParamText, RequestPath, encode, holds_card_number, outside_the_map,
};

/// Headers that an option sets, with the option.
const OWNED_HEADERS: &[(&str, &str)] = &[
    ("authorization", "--api-key"),
    ("idempotency-key", "--idempotency-key"),
    ("stripe-version", "--stripe-version"),
    ("stripe-account", "--stripe-account"),
    ("stripe-context", "--stripe-context"),
    ("user-agent", "nothing: it is paycli's own"),
    ("content-type", "the path: v1 takes forms, v2 takes JSON"),
    ("content-length", "the body"),
    ("transfer-encoding", "the body"),
    ("connection", "nothing: it is paycli's own"),
    ("host", "--api-base"),
];

/// A request as it was typed.
pub(super) struct Draft {
    pub(super) method: Method,
    pub(super) path: RequestPath,
    body: Vec<u8>,
    headers: Vec<(String, String)>,
    version: Option<String>,
    stripe_account: Option<String>,
    stripe_context: Option<String>,
}

impl Draft {
    /// Reads the command line, and the files and standard input that it names.
    pub(super) fn read(
        context: &mut Context,
        method: &str,
        path: &str,
        options: &RequestOptions,
    ) -> Result<Self, Failure> {
        let method: Method = method.parse()?;
        let path = RequestPath::parse(path)?;
        let params = params(context, options)?;
        let takes_json = path.family() == Family::V2 && method == Method::Post;
        let (path, body) = match &options.body {
            Some(_) if !takes_json => {
                return Err(Failure::usage("--body is for POST on /v2 paths; give form parameters with -d"));
            }
            Some(body) => (path, json_body(context, body)?),
            None if takes_json && !params.is_empty() => {
                return Err(Failure::usage("/v2 paths take JSON: give it with --body instead of -d"));
            }
            None if method == Method::Post => (path, encode(&params).into_bytes()),
            None => (path.with_query(&encode(&params)), Vec::new()),
        };
        let in_query = || holds_card_number(Family::V1, path.query().as_bytes());
        if let Some(name) = holds_card_number(path.family(), &body).or_else(in_query) {
            let message = format!(
                "{name} holds a card number that is no test number, and the journal keeps no card numbers"
            );
            return Err(Failure::usage(message)
                .hint("make a token or a payment method in the browser and send its id"));
        }
        for (flag, value) in [
            ("--stripe-version", &options.stripe_version),
            ("--stripe-account", &options.stripe_account),
            ("--stripe-context", &options.stripe_context),
        ] {
            if value.as_ref().is_some_and(|value| !is_header_value(value)) {
                return Err(Failure::usage(format!("{flag} takes printable ASCII without spaces")));
            }
        }
        let headers = options.header.iter().map(|text| header(text)).collect::<Result<_, _>>()?;
        Ok(Self {
            method,
            path,
            body,
            headers,
            version: options.stripe_version.clone(),
            stripe_account: options.stripe_account.clone(),
            stripe_context: options.stripe_context.clone(),
        })
    }

    /// The intent for a profile; its account comes with the key.
    pub(super) fn intent(&self, profile: &Profile, route: &Destination) -> Result<Intent, Failure> {
        let family = self.path.family();
        let api_version = api_version(self.version.as_ref(), profile, family);
        if api_version.as_ref().is_some_and(|version| !is_header_value(version)) {
            return Err(Failure::configuration("the profile's api_version cannot be sent as a header"));
        }
        Ok(Intent {
            mode: profile.mode,
            profile: profile.name.to_string(),
            account: profile.account.clone(),
            credential: None,
            stripe_account: self.stripe_account.clone(),
            stripe_context: self.stripe_context.clone(),
            base_url: route.name().to_owned(),
            family,
            method: self.method,
            path: self.path.to_string(),
            api_version,
            headers: self.headers.clone(),
            body: self.body.clone(),
        })
    }

    /// What the map of the API does not have of the request.
    pub(super) fn outside_the_map(&self) -> Vec<OutsideTheMap> {
        outside_the_map(self.method, &self.path, &self.body)
    }

    /// Whether the request brings the client secret of an intent.
    pub(super) fn has_client_secret(&self) -> bool {
        form_urlencoded::parse(&self.body).any(|(name, value)| name == "client_secret" && !value.is_empty())
    }
}

fn is_header_value(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The parameters of `-d`, then those of the options that stand for one.
fn params(context: &mut Context, options: &RequestOptions) -> Result<Vec<Param>, Failure> {
    let mut params = Vec::with_capacity(options.data.len());
    for text in &options.data {
        params.push(match ParamText::parse(text)? {
            ParamText::Value(param) => param,
            ParamText::From { name, source } => Param { name, value: read_input(context, &source)? },
        });
    }
    params.extend(options.expand.iter().map(|field| Param::new("expand[]", field)));
    let limit = options.limit.map(|limit| limit.to_string());
    for (name, value) in [
        ("limit", &limit),
        ("starting_after", &options.starting_after),
        ("ending_before", &options.ending_before),
    ] {
        params.extend(value.as_ref().map(|value| Param::new(name, value)));
    }
    Ok(params)
}

fn read_input(context: &mut Context, source: &str) -> Result<Vec<u8>, Failure> {
    if source != "-" {
        return std::fs::read(source)
            .map_err(|error| Failure::usage(format!("{source} cannot be read: {error}")));
    }
    context.take_stdin()?;
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| Failure::usage(format!("standard input cannot be read: {error}")))?;
    Ok(bytes)
}

fn json_body(context: &mut Context, text: &str) -> Result<Vec<u8>, Failure> {
    let bytes = match text.strip_prefix('@') {
        Some(file) => read_input(context, file)?,
        None if text == "-" => read_input(context, "-")?,
        None => text.as_bytes().to_vec(),
    };
    match serde_json::from_slice::<&RawValue>(&bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::usage(format!("--body is not JSON: {error}"))),
    }
}

fn header(text: &str) -> Result<(String, String), Failure> {
    let (name, value) = text
        .split_once(':')
        .map(|(name, value)| (name.trim(), value.trim()))
        .ok_or_else(|| Failure::usage(format!("{text:?} is not a header: write -H 'Name: value'")))?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(Failure::usage(format!("{name:?} cannot be the name of a header")));
    }
    if !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(Failure::usage(format!(
            "the value of the header {name} has more than printable ASCII in it"
        )));
    }
    let reserved = OWNED_HEADERS.iter().find(|(reserved, _)| reserved.eq_ignore_ascii_case(name));
    match reserved {
        Some((_, owner)) => {
            Err(Failure::usage(format!("the header {name} is not set with -H but by {owner}")))
        }
        None => Ok((name.to_owned(), value.to_owned())),
    }
}
