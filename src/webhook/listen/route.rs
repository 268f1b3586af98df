//! Where events are forwarded: a target, and the types that go there. Pure.

use std::str::FromStr;

use crate::webhook::pattern::{PatternError, TypePatterns};
use crate::webhook::target::{Target, TargetError};

/// A target with the types of events that go there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardRoute {
    /// Where to.
    pub target: Target,
    /// Which types; none are all.
    pub patterns: TypePatterns,
}

/// A text that is no route.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// The target.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The patterns.
    #[error(transparent)]
    Pattern(#[from] PatternError),
}

impl FromStr for ForwardRoute {
    type Err = RouteError;

    /// Reads `URL` or `URL=charge.*,invoice.paid`. Behind a query, which may have a `=` of its own, the patterns
    /// follow two: `URL?x=1==charge.*`.
    fn from_str(text: &str) -> Result<Self, RouteError> {
        let mark = if text.contains('?') { "==" } else { "=" };
        let (target, patterns) =
            text.split_once(mark).map_or((text, None), |(target, rest)| (target, Some(rest)));
        Ok(Self { target: target.parse()?, patterns: TypePatterns::read(patterns)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_follow_the_target() {
        let read = |text: &str| text.parse::<ForwardRoute>().expect(text);
        assert!(read("3000/hook").patterns.matches("any.thing"));
        let some = read("http://localhost:3000/hook=charge.*,invoice.paid");
        assert_eq!(some.target.to_string(), "http://localhost:3000/hook");
        assert!(some.patterns.matches("charge.failed") && !some.patterns.matches("invoice.created"));
        let query = read("3000/hook?a=b.c");
        assert!(query.target.to_string().ends_with("/hook?a=b.c") && query.patterns.matches("any.thing"));
        let both = read("3000/hook?a=b==payout.*");
        assert!(both.target.to_string().ends_with("?a=b") && !both.patterns.matches("charge.failed"));
        for wrong in ["", "3000=", "3000=a b", "ftp://x=charge.*"] {
            assert!(wrong.parse::<ForwardRoute>().is_err(), "{wrong}");
        }
    }
}
