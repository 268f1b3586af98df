//! Patterns of event types, as in `charge.succeeded`, `invoice.*` or `*`. Pure.

use std::fmt;
use std::str::FromStr;

/// A pattern of event types: `*` stands for any characters, dots included, every other character for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypePattern(String);

/// A text that can match no event type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a pattern of event types: write charge.succeeded, invoice.* or *")]
pub struct PatternError(String);

impl FromStr for TypePattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let is_known = |c: char| c.is_ascii_alphanumeric() || "._*[]".contains(c);
        let is_good = !text.is_empty() && text.chars().all(is_known);
        if is_good { Ok(Self(text.to_owned())) } else { Err(PatternError(text.to_owned())) }
    }
}

impl fmt::Display for TypePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TypePattern {
    /// Whether a type matches the whole pattern.
    #[must_use]
    pub fn matches(&self, kind: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = kind.strip_prefix(first) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }

    /// The pattern as SQLite's `GLOB` takes it, which gives `[` and `]` a meaning of their own.
    pub(super) fn as_glob(&self) -> String {
        self.0.replace('[', "[[]")
    }
}

/// Several patterns, of which one has to match. None match everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypePatterns(Vec<TypePattern>);

impl TypePatterns {
    /// Reads patterns; each text may hold several, separated by commas.
    ///
    /// # Errors
    /// When one is empty or has characters that no event type has.
    pub fn read<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, PatternError> {
        let each = texts.into_iter().flat_map(|text| text.split(',')).map(str::trim);
        Ok(Self(each.map(str::parse).collect::<Result<_, _>>()?))
    }

    /// Whether one of them matches, or there are none.
    #[must_use]
    pub fn matches(&self, kind: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| pattern.matches(kind))
    }

    /// The patterns.
    #[must_use]
    pub fn patterns(&self) -> &[TypePattern] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_star_stands_for_any_characters_and_the_whole_type_counts() {
        for (pattern, kind, expected) in [
            ("*", "charge.succeeded", true),
            ("charge.*", "charge.succeeded", true),
            ("charge.*", "charge.dispute.created", true),
            ("charge.*", "charge", false),
            ("charge.succeeded", "charge.succeeded", true),
            ("charge.succeeded", "charge.succeeded2", false),
            ("*.created", "customer.subscription.created", true),
            ("*.created", "customer.created_late", false),
            ("invoice.*paid", "invoice.overpaid", true),
            ("c*.*.created", "charge.dispute.created", true),
            ("a*a", "a", false),
            ("v2.core.account[requirements].updated", "v2.core.account[requirements].updated", true),
        ] {
            assert_eq!(
                pattern.parse::<TypePattern>().expect(pattern).matches(kind),
                expected,
                "{pattern} {kind}"
            );
        }
    }

    #[test]
    fn lists_are_separated_by_commas_and_none_match_everything() {
        let patterns = TypePatterns::read(["charge.*, invoice.paid", "payout.paid"]).expect("patterns");
        assert_eq!(patterns.patterns().len(), 3);
        assert!(patterns.matches("invoice.paid") && patterns.matches("payout.paid"));
        assert!(!patterns.matches("invoice.created"));
        assert!(TypePatterns::default().matches("anything"));
        for wrong in ["", "a,,b", "charge succeeded", "charge/*", "é"] {
            assert!(TypePatterns::read([wrong]).is_err(), "{wrong}");
        }
    }

    /// The plain definition: try every place where a star may end.
    fn by_definition(pattern: &[u8], kind: &[u8]) -> bool {
        match (pattern.split_first(), kind.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) => (0..=kind.len()).any(|at| by_definition(rest, &kind[at..])),
            (Some((one, rest)), Some((other, after))) => one == other && by_definition(rest, after),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn it_matches_what_the_definition_matches(pattern in "[ab.*]{1,8}", kind in "[ab.]{0,8}") {
            let read: TypePattern = pattern.parse().expect("a pattern");
            prop_assert_eq!(read.matches(&kind), by_definition(pattern.as_bytes(), kind.as_bytes()));
        }
    }
}
