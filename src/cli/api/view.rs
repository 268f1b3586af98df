//! Resources, operations and parameters for people. Pure.

use std::fmt::Write;

use crate::api_map::{ListKind, Operation, Parameter, Resource, Type, Words};
use crate::output::table;

/// Resources and how many operations each has.
pub(super) fn resources(resources: &[Resource]) -> String {
    let row = |resource: &Resource| vec![resource.name.to_owned(), resource.operations.len().to_string()];
    table(&["resource", "operations"], resources.iter().map(row))
}

/// Operations, a line each.
pub(super) fn operations(operations: &[&Operation]) -> String {
    let row = |operation: &&Operation| {
        vec![operation.method.to_owned(), operation.path.to_owned(), type_name(&operation.answer())]
    };
    table(&["method", "path", "answer"], operations.iter().map(row))
}

/// Operations with parameters of at most `depth` levels, in lines of at most `width` characters.
pub(super) fn parameters(operations: &[&Operation], depth: usize, width: usize) -> String {
    let blocks: Vec<_> = operations.iter().map(|operation| block(operation, depth, width)).collect();
    blocks.join("\n\n")
}

fn block(operation: &Operation, depth: usize, width: usize) -> String {
    let mut lines = vec![format!("{} {}", operation.method, operation.path)];
    lines.extend(wrapped(&format!("answers: {}", type_name(&operation.answer())), 2, width));
    let all = operation.all_parameters();
    let shown = || all.iter().enumerate().filter(|(_, parameter)| parameter.depth < depth);
    let longest = shown().map(|(_, parameter)| parameter.name.len()).max().unwrap_or(0);
    let column = 2 + longest.min(width * 2 / 5) + 2;
    for (index, parameter) in shown() {
        let within = all[index + 1..].iter().take_while(|other| other.depth > parameter.depth).count();
        let hidden = if parameter.depth + 1 == depth { within } else { 0 };
        let mut described = wrapped(&describe(parameter, hidden), column, width).into_iter();
        let name = format!("  {}", parameter.name);
        if name.len() + 2 > column {
            lines.push(name);
        } else if let Some(first) = described.next() {
            lines.push(format!("{name:<column$}{}", first.trim_start()));
        }
        lines.extend(described);
    }
    if all.is_empty() {
        lines.push("  no parameters".to_owned());
    }
    if all.iter().any(|parameter| parameter.depth >= depth) {
        lines.push(format!("  (--depth {} shows another level)", depth + 1));
    }
    lines.join("\n")
}

/// `string, required: one of a, b`.
fn describe(parameter: &Parameter, hidden: usize) -> String {
    let mut text = type_name(&parameter.kind);
    if hidden > 0 {
        let _ = write!(text, " ({hidden} more within)");
    }
    if parameter.is_required {
        text += ", required";
    }
    if let Some(words) = values(&parameter.kind) {
        let shown = words.values().map(|value| if value.is_empty() { "\"\"" } else { value });
        let _ = write!(text, ": {}", shown.collect::<Vec<_>>().join(", "));
    }
    text
}

/// The values of the enum within a type.
pub(super) fn values(kind: &Type) -> Option<Words> {
    match kind {
        Type::Enum(words) => Some(*words),
        Type::Nullable(inner) | Type::Array(inner) | Type::Map(inner) => values(inner),
        Type::Union(choices) => choices.iter().find_map(values),
        _ => None,
    }
}

/// A type in words.
pub(super) fn type_name(kind: &Type) -> String {
    match kind {
        Type::Text | Type::Enum(_) => "string".into(),
        Type::Number => "number".into(),
        Type::Boolean => "boolean".into(),
        Type::True => "true".into(),
        Type::Decimal => "decimal string".into(),
        Type::IntegerText => "integer string".into(),
        Type::Null => "nothing".into(),
        Type::Any => "any".into(),
        Type::Shape(_) => "object".into(),
        Type::Object(object) => object.kind().unwrap_or_else(|| object.name()).into(),
        Type::Array(inner) => format!("array of {}", type_name(inner)),
        Type::Map(inner) => format!("map of {}", type_name(inner)),
        Type::List(ListKind::List | ListKind::Page, inner) => format!("list of {}", type_name(inner)),
        Type::List(ListKind::Search, inner) => format!("search result of {}", type_name(inner)),
        Type::Nullable(inner) => type_name(inner),
        Type::Union(choices) => {
            let mut names: Vec<String> = Vec::new();
            for name in choices.iter().map(type_name) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            names.join(" or ")
        }
    }
}

/// A text in lines of at most `width` characters, as far as its words allow, each indented.
fn wrapped(text: &str, indent: usize, width: usize) -> Vec<String> {
    let start = " ".repeat(indent);
    let mut lines = vec![start.clone()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a line");
        if line.len() > indent && line.len() + 1 + word.len() > width {
            lines.push(format!("{start}{word}"));
        } else {
            line.push_str(if line.len() > indent { " " } else { "" });
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_map::operation;

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let operation = operation("POST", "/v1/payment_intents").expect("an operation");
        for width in [60, 80, 120] {
            let text = parameters(&[operation], 2, width);
            let widest = text.lines().filter(|line| line.trim().contains(' ')).map(str::len).max();
            assert!(widest.is_some_and(|widest| widest <= width), "{widest:?} of {width}\n{text}");
            let unwrapped = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(unwrapped.contains("string: automatic, automatic_async, manual"), "{text}");
        }
    }
}
