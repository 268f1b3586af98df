//! Templates of events: for each type the requests by which a sandbox makes one. Pure.

mod billing;
mod build;
mod catalog;
mod edit;
mod payments;
mod recipe;
mod thin;

pub use build::{BuildError, Maker};
pub use edit::{EventEdit, EventEditError, EventEditKind, apply};
pub use recipe::Template;

/// How many names are offered for one that is not known.
const OFFERED: usize = 3;

/// A type that there is no template for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown event type {name:?}; similar: {}", nearest.join(", "))]
pub struct UnknownType {
    /// What was asked for.
    pub name: String,
    /// The types whose names are nearest, the best first.
    pub nearest: Vec<&'static str>,
}

/// All templates, in the order of their types.
#[must_use]
pub fn all() -> Vec<&'static Template> {
    let tables = [payments::TEMPLATES, billing::TEMPLATES, catalog::TEMPLATES, thin::TEMPLATES];
    let mut all: Vec<_> = tables.into_iter().flatten().collect();
    all.sort_by_key(|template| template.kind);
    all
}

/// The template of a type.
///
/// # Errors
/// When there is none: then with the names that are nearest.
pub fn find(kind: &str) -> Result<&'static Template, UnknownType> {
    let all = all();
    if let Some(template) = all.iter().find(|template| template.kind == kind) {
        return Ok(template);
    }
    let names = all.iter().map(|template| template.kind);
    Err(UnknownType { name: kind.chars().take(80).collect(), nearest: nearest(kind, names) })
}

/// The names that are most like a text, the best first, each once.
fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut rated: Vec<_> = names.map(|name| (strsim::damerau_levenshtein(text, name), name)).collect();
    rated.sort_unstable();
    rated.dedup();
    rated.into_iter().take(OFFERED).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_at_least_ninety_types_and_none_twice() {
        let kinds: Vec<_> = all().iter().map(|template| template.kind).collect();
        assert!(kinds.len() >= 90, "{}", kinds.len());
        assert!(kinds.windows(2).all(|pair| pair[0] < pair[1]), "{kinds:?}");
    }

    #[test]
    fn an_unknown_type_names_the_nearest() {
        assert_eq!(find("charge.succeeded").expect("known").kind, "charge.succeeded");
        let error = find("payment_intent.suceeded").expect_err("unknown");
        assert_eq!(error.nearest[0], "payment_intent.succeeded");
        assert!(error.to_string().contains("payment_intent.succeeded"), "{error}");
    }
}
