//! Operations, and which of them a path leads to.

use std::sync::OnceLock;

use super::data::tables;
use super::kinds::{Shape, Type};
use super::nearest::distance;

/// A method on a path.
#[derive(Debug)]
pub struct Operation {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// The path, with names in braces for what differs: `/v1/customers/{id}`.
    pub path: &'static str,
    parameters: &'static str,
    answer: &'static str,
}

impl Operation {
    /// Its parameters, apart from those in the path.
    #[must_use]
    pub fn parameters(&self) -> Shape {
        Type::read(self.parameters).as_shape().expect("the parameters of an operation are a shape")
    }

    /// What it answers.
    #[must_use]
    pub fn answer(&self) -> Type {
        Type::read(self.answer)
    }
}

/// All operations, sorted by path and method.
#[must_use]
pub fn operations() -> &'static [Operation] {
    static OPERATIONS: OnceLock<Vec<Operation>> = OnceLock::new();
    OPERATIONS.get_or_init(|| tables().operations.iter().map(|line| read(line)).collect())
}

fn read(line: &'static str) -> Operation {
    let mut parts = line.split('\t');
    let mut part = || parts.next().expect("an operation has four parts");
    // The types are read where they are asked for: whoever looks for a path passes over hundreds of others.
    Operation { method: part(), path: part(), parameters: part(), answer: part() }
}

/// The operation of a method at a path, which may be a template as it is.
#[must_use]
pub fn operation(method: &str, path: &str) -> Option<&'static Operation> {
    let of_method = operations().iter().filter(|operation| operation.method == method);
    of_method
        .filter_map(|operation| Some((fit(operation.path, path)?, operation)))
        .min_by(by_fit)
        .map(|best| best.1)
}

/// The operations at a path, one a method; none where the map does not know it.
#[must_use]
pub fn operations_at(path: &str) -> Vec<&'static Operation> {
    let fitting =
        || operations().iter().filter_map(|operation| Some((fit(operation.path, path)?, operation)));
    let Some((best, _)) = fitting().min_by(by_fit) else { return Vec::new() };
    fitting().filter(|(fit, _)| *fit == best).map(|(_, operation)| operation).collect()
}

fn by_fit(one: &(Vec<bool>, &Operation), other: &(Vec<bool>, &Operation)) -> std::cmp::Ordering {
    one.0.cmp(&other.0)
}

/// For each segment whether a name in braces stands for it, where a template fits a path. The least is the best:
/// `/v1/customers/search` is more than a customer of that id.
fn fit(template: &str, path: &str) -> Option<Vec<bool>> {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    let mut fit = Vec::new();
    loop {
        match (template.next(), path.next()) {
            (Some(known), Some(typed)) if is_name(known) && !typed.is_empty() => fit.push(true),
            (Some(known), Some(typed)) if known == typed => fit.push(false),
            (None, None) => return Some(fit),
            _ => return None,
        }
    }
}

fn is_name(segment: &str) -> bool {
    segment.starts_with('{')
}

/// The path that was meant, where the map does not know one: the same but for one segment that is like it.
#[must_use]
pub fn nearest_path(path: &str) -> Option<String> {
    let near = operations().iter().filter_map(|operation| corrected(operation.path, path));
    near.min().map(|(_, path)| path)
}

/// A path with its one wrong segment put right after a template, and how far that is.
fn corrected(template: &str, path: &str) -> Option<(usize, String)> {
    let (template, typed): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    if template.len() != typed.len() {
        return None;
    }
    let mut wrong = None;
    let mut segments = Vec::with_capacity(typed.len());
    for (known, typed) in template.into_iter().zip(typed) {
        if known == typed || is_name(known) && !typed.is_empty() {
            segments.push(typed);
            continue;
        }
        if wrong.is_some() {
            return None;
        }
        wrong = Some(distance(typed, known)?);
        segments.push(known);
    }
    Some((wrong?, segments.join("/")))
}
