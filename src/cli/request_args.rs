//! The options of a request, as they are typed.

use std::time::Duration;

use clap::{ArgAction, Args};

use crate::profile::parse_duration;

/// `paycli request METHOD PATH …`.
#[derive(Debug, Args)]
pub(super) struct RequestArgs {
    /// GET, POST or DELETE
    #[arg(value_name = "METHOD")]
    pub(super) method: String,
    /// The path (/v1/customers, customers) or an object's id (cus_…)
    #[arg(value_name = "PATH|ID")]
    pub(super) path: String,
    #[command(flatten)]
    pub(super) options: RequestOptions,
}

/// `paycli get|post|delete PATH …`.
#[derive(Debug, Args)]
pub(super) struct MethodArgs {
    /// The path (/v1/customers, customers) or an object's id (cus_…)
    #[arg(value_name = "PATH|ID")]
    pub(super) path: String,
    #[command(flatten)]
    pub(super) options: RequestOptions,
}

/// What may be said of a request.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct RequestOptions {
    /// A parameter, in order: a[b]=c, a[]=x; K@FILE reads the value, K@- from standard input
    #[arg(short, long, value_name = "K=V")]
    pub(super) data: Vec<String>,
    /// A JSON body for /v2 paths: the text, @FILE or - for standard input
    #[arg(long, value_name = "JSON|@FILE|-", allow_hyphen_values = true, conflicts_with = "data")]
    pub(super) body: Option<String>,
    /// The idempotency key to send
    #[arg(short = 'i', long, alias = "idempotency", value_name = "KEY", conflicts_with_all = ["operation", "new_key"])]
    pub(super) idempotency_key: Option<String>,
    /// A named operation: every run of the same name sends the same key
    #[arg(long, value_name = "NAME", conflicts_with = "new_key")]
    pub(super) operation: Option<String>,
    /// Never go on with an unfinished run of the same request: a new key
    #[arg(long)]
    pub(super) new_key: bool,
    /// Expand a field of the answer
    #[arg(short, long, value_name = "FIELD")]
    pub(super) expand: Vec<String>,
    /// How many objects a page of a list has
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) limit: Option<u32>,
    /// List what comes after this object
    #[arg(short = 'a', long, value_name = "ID")]
    pub(super) starting_after: Option<String>,
    /// List what comes before this object
    #[arg(short = 'b', long, value_name = "ID", conflicts_with = "starting_after")]
    pub(super) ending_before: Option<String>,
    /// Follow all pages of a list and print its objects, one a line
    #[arg(long, conflicts_with_all = ["dry_run", "curl"])]
    pub(super) all: bool,
    /// Act for a connected account
    #[arg(long, value_name = "ACCOUNT")]
    pub(super) stripe_account: Option<String>,
    /// The Stripe-Context to act in
    #[arg(long, value_name = "CONTEXT")]
    pub(super) stripe_context: Option<String>,
    /// The version of the API
    #[arg(long, value_name = "VERSION")]
    pub(super) stripe_version: Option<String>,
    /// Another header
    #[arg(short = 'H', long, value_name = "K:V")]
    pub(super) header: Vec<String>,
    /// How often to try again, with the same key and the same bytes
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(super) max_retries: u32,
    /// How long to go on trying
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = parse_duration)]
    pub(super) retry_budget: Duration,
    /// Send nothing from this time on, whatever the method: a time, or a duration from now
    #[arg(long, value_name = "TIME|DURATION")]
    pub(super) not_after: Option<String>,
    /// Show the headers of the answer on standard error
    #[arg(short, long)]
    pub(super) show_headers: bool,
    /// Print the request and send nothing
    #[arg(long, conflicts_with = "curl")]
    pub(super) dry_run: bool,
    /// Print the equivalent curl command and send nothing
    #[arg(long, action = ArgAction::SetTrue)]
    pub(super) curl: bool,
    /// Exit 14 when the answer repeats an earlier result, that of a lost attempt of this run included
    #[arg(long)]
    pub(super) fail_on_replay: bool,
    /// Refuse a parameter or a path that the API's map does not have; without it, it is pointed out
    #[arg(long)]
    pub(super) strict: bool,
}
