//! `paycli api --json`.

use serde::Serialize;

use crate::api_map::{Operation, Parameter, Resource, Words, api_version};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;

use super::found::Found;
use super::view::{type_name, values};

#[derive(Serialize)]
struct ApiJson {
    schema: u32,
    api_version: &'static str,
    #[serde(flatten)]
    content: Content,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Content {
    Resources(Vec<ResourceJson>),
    Operations(Vec<OperationJson>),
}

#[derive(Serialize)]
struct ResourceJson {
    name: &'static str,
    operations: usize,
}

#[derive(Serialize)]
struct OperationJson {
    method: &'static str,
    path: &'static str,
    answer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Vec<ParameterJson>>,
}

#[derive(Serialize)]
struct ParameterJson {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    required: bool,
    nullable: bool,
    values: Option<Vec<&'static str>>,
    open_values: bool,
}

/// Prints what was found, parameters of at most `depth` levels.
pub(super) fn show(context: &Context, found: &Found, depth: Option<usize>) -> Result<ExitCode, Failure> {
    let depth = depth.unwrap_or(usize::MAX);
    let listed = match found {
        Found::Resources(resources) => {
            let json = |resource: &Resource| ResourceJson {
                name: resource.name,
                operations: resource.operations.len(),
            };
            Content::Resources(resources.iter().map(json).collect())
        }
        Found::Resource(resource) => {
            Content::Operations(resource.operations.iter().map(|one| operation(one, None)).collect())
        }
        Found::Operations(operations) => {
            Content::Operations(operations.iter().map(|one| operation(one, Some(depth))).collect())
        }
    };
    context.print_json(&ApiJson { schema: 1, api_version: api_version(), content: listed })
}

fn operation(operation: &Operation, depth: Option<usize>) -> OperationJson {
    let within = |depth| {
        let all = operation.all_parameters().into_iter();
        all.filter(|parameter| parameter.depth < depth).map(parameter).collect()
    };
    OperationJson {
        method: operation.method,
        path: operation.path,
        answer: type_name(&operation.answer()),
        parameters: depth.map(within),
    }
}

fn parameter(parameter: Parameter) -> ParameterJson {
    let words = values(&parameter.kind);
    ParameterJson {
        kind: type_name(&parameter.kind),
        required: parameter.is_required,
        nullable: parameter.kind.without_null().1,
        values: words.map(|words| words.values().collect()),
        open_values: words.is_some_and(Words::is_open),
        name: parameter.name,
    }
}
