//! `paycli api`: the API's resources, operations and parameters, offline.

mod found;
mod json;
mod view;

use clap::Args;

use crate::api_map::{Operation, nearest_path, nearest_resources, operation, operations_at, resources};
use crate::exit::ExitCode;
use crate::request::{Method, RequestPath};

use super::context::{Context, shell_word};
use super::failure::Failure;
use found::Found;

/// Shown under the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  paycli api
  paycli api customers
  paycli api /v1/payment_intents
  paycli api post /v1/checkout/sessions --depth 3";

/// Shown under the options of `--help`, and in the man page.
pub(super) const LONG_EXAMPLES: &str = "\
Examples:
  paycli api
  paycli api customers
  paycli api /v1/payment_intents
  paycli api post /v1/checkout/sessions --depth 3
  paycli api post customers --json | jq -r '.operations[].parameters[].name'

With --json: {schema, api_version, resources: [{name, operations}]} for resources, and
{schema, api_version, operations: [{method, path, answer, parameters}]} for a resource or a
path. Parameters are listed for a path only:
[{name, type, required, nullable, values, open_values}]. A name is written as after -d, with
[] for an element of an array and [KEY] for a name of your own. A parameter within another is
required where the other is given. Values are null where any are allowed; with open_values
the API may take others too.";

/// Options of `api`.
#[derive(Debug, Args)]
pub(super) struct ApiArgs {
    /// A resource (customers), or a path with or without a method (post /v1/customers); none: all resources
    #[arg(value_name = "PATH|RESOURCE", num_args = 0..=2)]
    what: Vec<String>,
    /// How many levels of nested parameters to show [default: 2; with --json all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
    depth: Option<u8>,
}

/// Shows what the map of the API says. Nothing is sent, and nothing but the map is read.
pub(super) fn run(context: &Context, args: &ApiArgs) -> Result<ExitCode, Failure> {
    let words: Vec<_> = args.what.iter().flat_map(|text| text.split_whitespace()).collect();
    let found = match words[..] {
        [] => Found::Resources(resources()),
        [what] => find(what)?,
        [method, path] => Found::Operations(vec![of_method(method.parse()?, path)?]),
        _ => return Err(Failure::usage("give one path or resource, with or without a method before it")),
    };
    let depth = args.depth.map(usize::from);
    if context.printer.is_json() {
        return json::show(context, &found, depth);
    }
    let width = context.printer.width();
    let text = match &found {
        Found::Resources(resources) => view::resources(resources),
        Found::Resource(resource) => view::operations(&resource.operations),
        Found::Operations(operations) => view::parameters(operations, depth.unwrap_or(2), width),
    };
    context.printer.line(&text)?;
    Ok(ExitCode::Success)
}

/// A resource by its name, resources by what their names begin with, or a path.
fn find(what: &str) -> Result<Found, Failure> {
    let name = what.trim_end_matches('/');
    let mut all = resources();
    if let Some(index) = all.iter().position(|resource| resource.name == name) {
        return Ok(Found::Resource(all.swap_remove(index)));
    }
    let path = RequestPath::parse(what)?;
    let operations = operations_at(path.path());
    if !operations.is_empty() {
        return Ok(Found::Operations(operations));
    }
    let group = name.trim_start_matches('/');
    match group.strip_prefix("v1").filter(|rest| rest.is_empty() || rest.starts_with('/')) {
        Some("") => all.retain(|resource| !resource.name.starts_with("v2/")),
        rest => {
            let group = format!("{}/", rest.map_or(group, |rest| &rest[1..]));
            all.retain(|resource| resource.name.starts_with(&group));
        }
    }
    if all.is_empty() { Err(unknown(what, path.path())) } else { Ok(Found::Resources(all)) }
}

fn of_method(method: Method, path: &str) -> Result<&'static Operation, Failure> {
    let parsed = RequestPath::parse(path)?;
    if let Some(operation) = operation(method.as_str(), parsed.path()) {
        return Ok(operation);
    }
    let known = operations_at(parsed.path());
    let Some(first) = known.first() else { return Err(unknown(path, parsed.path())) };
    let has: Vec<_> = known.iter().map(|operation| operation.method).collect();
    let message = format!("the API has no {method} {}: it has {}", first.path, has.join(" and "));
    Err(Failure::usage(message))
}

/// Neither a resource nor a path, with what may have been meant.
fn unknown(typed: &str, path: &str) -> Failure {
    let is_path = typed.starts_with('/') || typed.starts_with("v1/");
    let mut meant: Vec<String> = Vec::new();
    if !is_path {
        meant.extend(nearest_resources(typed).into_iter().map(str::to_owned));
    }
    if meant.is_empty() {
        meant.extend(nearest_path(path));
    }
    let what = if is_path { "path" } else { "path or resource" };
    let message = format!("the API has no {what} {typed:?}");
    let Some((first, _)) = meant.split_first() else { return Failure::usage(message).next("api") };
    Failure::usage(format!("{message}: did you mean {}?", meant.join(" or ")))
        .next(format!("api {}", shell_word(first)))
}
