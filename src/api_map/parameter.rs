//! Parameters of an operation by the names that are typed: `amount`, `items[0][price]`, `metadata[order]`.

use super::kinds::{Shape, Type};
use super::nearest::nearest;
use super::operation::Operation;

/// A parameter, with those that it is part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its whole name: `items[][price_data][currency]`, `currency_options[KEY][unit_amount]`.
    pub name: String,
    /// How many others it is part of.
    pub depth: usize,
    /// Whether it has to be given, where what it is part of is given.
    pub is_required: bool,
    /// What it is.
    pub kind: Type,
}

/// A name that the map does not have for an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownParameter {
    /// The name as it was typed, up to the part that is not known: `items[0][prise]`.
    pub name: String,
    /// What was probably meant: `items[0][price]`.
    pub nearest: Option<String>,
}

impl Operation {
    /// What a parameter is.
    ///
    /// # Errors
    /// When the operation has no such parameter.
    pub fn parameter(&self, name: &str) -> Result<Type, UnknownParameter> {
        let (first, rest) = name.split_at(name.find('[').unwrap_or(name.len()));
        // Every operation of v1 takes it; the declarations leave it out where nothing can be expanded.
        if first == "expand" && self.path.starts_with("/v1/") {
            return Ok(Type::Array(Box::new(Type::Text)));
        }
        within_shape(self.parameters(), "", first, rest)
    }

    /// All parameters, each followed by those within it; the required ones first, then by name.
    #[must_use]
    pub fn all_parameters(&self) -> Vec<Parameter> {
        let mut all = Vec::new();
        collect(self.parameters(), "", 0, &mut all);
        all
    }
}

/// Looks a segment up among the fields of a shape, and what is behind it within the field.
fn within_shape(shape: Shape, before: &str, segment: &str, rest: &str) -> Result<Type, UnknownParameter> {
    let Some(field) = shape.field(segment) else {
        return Err(UnknownParameter {
            name: joined(before, segment),
            nearest: nearest(segment, shape.names()).map(|name| joined(before, name)),
        });
    };
    within(field.kind, &joined(before, segment), rest)
}

/// What the rest of a name (`[0][price]`) leads to within a type.
fn within(kind: Type, before: &str, rest: &str) -> Result<Type, UnknownParameter> {
    let Some((segment, after)) = segment(rest) else { return Ok(kind) };
    match kind {
        Type::Nullable(inner) => within(*inner, before, rest),
        Type::Shape(shape) => within_shape(shape, before, segment, after),
        Type::Array(inner) if segment.bytes().all(|byte| byte.is_ascii_digit()) => {
            within(*inner, &joined(before, segment), after)
        }
        Type::Array(inner) => {
            // `items[price]`, where `items[0][price]` was meant.
            let place = format!("{before}[0]");
            let is_meant = within(*inner, &place, rest).is_ok();
            Err(UnknownParameter {
                name: joined(before, segment),
                nearest: is_meant.then(|| joined(&place, segment)),
            })
        }
        Type::Map(inner) => within(*inner, &joined(before, segment), after),
        Type::Union(choices) => {
            let mut found = choices.into_iter().map(|choice| within(choice, before, rest));
            let first = found.next().expect("a union has choices");
            found.fold(first, better)
        }
        Type::Any => Ok(Type::Any),
        _ => Err(UnknownParameter { name: joined(before, segment), nearest: None }),
    }
}

/// What is known, else what can be put right.
fn better(
    one: Result<Type, UnknownParameter>,
    other: Result<Type, UnknownParameter>,
) -> Result<Type, UnknownParameter> {
    match (one, other) {
        (Ok(kind), _) | (_, Ok(kind)) => Ok(kind),
        (Err(one), Err(other)) => Err(if one.nearest.is_some() { one } else { other }),
    }
}

/// `[0][price]` as `0` and `[price]`; nothing where no bracket is left.
fn segment(rest: &str) -> Option<(&str, &str)> {
    let inner = rest.strip_prefix('[')?;
    Some(inner.split_once(']').unwrap_or((inner, "")))
}

fn joined(before: &str, segment: &str) -> String {
    if before.is_empty() { segment.to_owned() } else { format!("{before}[{segment}]") }
}

fn collect(shape: Shape, before: &str, depth: usize, all: &mut Vec<Parameter>) {
    let mut fields: Vec<_> = shape.fields().collect();
    fields.sort_by_key(|field| !field.is_required);
    for field in fields {
        let name = joined(before, field.name);
        let parts = parts(&field.kind, &name);
        all.push(Parameter { name, depth, is_required: field.is_required, kind: field.kind });
        for (shape, name) in parts {
            collect(shape, &name, depth + 1, all);
        }
    }
}

/// The shapes within a type, each with the name under which its fields are given.
fn parts(kind: &Type, name: &str) -> Vec<(Shape, String)> {
    match kind {
        Type::Shape(shape) => vec![(*shape, name.to_owned())],
        Type::Nullable(inner) => parts(inner, name),
        Type::Array(inner) => parts(inner, &format!("{name}[]")),
        Type::Map(inner) => parts(inner, &format!("{name}[KEY]")),
        Type::Union(choices) => choices.iter().flat_map(|choice| parts(choice, name)).collect(),
        _ => Vec::new(),
    }
}
