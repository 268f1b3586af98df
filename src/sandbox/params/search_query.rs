//! Stripe's search query language: `email:'a@b.c' AND -metadata['k']:'v'`. Pure.

use super::api_error::ApiError;

/// The most clauses that a query has.
const MOST: usize = 10;

/// A query: clauses that all have to hold, or of which one has to.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sandbox) struct SearchQuery {
    /// Its clauses, at least one.
    pub(in crate::sandbox) clauses: Vec<Clause>,
    /// Whether one clause that holds is enough.
    pub(in crate::sandbox) any: bool,
}

/// One comparison.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sandbox) struct Clause {
    /// A field's name, or the key in the metadata.
    pub(in crate::sandbox) field: SearchField,
    /// How the field is compared.
    pub(in crate::sandbox) comparison: Comparison,
    /// What it is compared with; nothing for `null`.
    pub(in crate::sandbox) value: Option<String>,
    /// Whether it must not hold.
    pub(in crate::sandbox) negated: bool,
}

/// What a clause looks at.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum SearchField {
    /// A field of the object, by its name in the query language.
    Name(String),
    /// The value under a key of the metadata.
    Metadata(String),
}

/// How a clause compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Comparison {
    /// `:`, or `=`.
    Equals,
    /// `~`.
    Contains,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
}

/// Longer signs stand before those that they begin with.
const SIGNS: &[(&str, Comparison)] = &[
    (">=", Comparison::GreaterOrEqual),
    ("<=", Comparison::LessOrEqual),
    (":", Comparison::Equals),
    ("=", Comparison::Equals),
    ("~", Comparison::Contains),
    (">", Comparison::Greater),
    ("<", Comparison::Less),
];

/// Reads a query.
pub(in crate::sandbox) fn parse(text: &str) -> Result<SearchQuery, ApiError> {
    let malformed = || {
        let message = "We were unable to parse your search query. Try using the format `metadata[\"key\"]:\"value\"` to \
                       query for metadata or key:\"value\" to query for other fields.";
        ApiError::invalid(message).param("query")
    };
    if text.contains(|letter: char| letter.is_control()) {
        return Err(malformed());
    }
    let mut rest = text.trim();
    let (mut clauses, mut joints) = (Vec::new(), Vec::new());
    while !rest.is_empty() {
        if !clauses.is_empty() {
            let (joint, after) = joint(rest);
            joints.push(joint);
            rest = after;
        }
        let (clause, after) = clause(rest).ok_or_else(malformed)?;
        clauses.push(clause);
        rest = after.trim_start();
        // What follows a clause is kept apart from it.
        if !rest.is_empty() && rest.len() == after.len() {
            return Err(malformed());
        }
    }
    let any = joints.contains(&Joint::Or);
    if any && joints.iter().any(|joint| *joint != Joint::Or) {
        let message =
            "We were unable to parse your search query: AND and OR cannot be combined in one query.";
        return Err(ApiError::invalid(message).param("query"));
    }
    if clauses.is_empty() {
        return Err(malformed());
    }
    if clauses.len() > MOST {
        let message = format!("Your search query has {} clauses; {MOST} are allowed.", clauses.len());
        return Err(ApiError::invalid(message).param("query"));
    }
    Ok(SearchQuery { clauses, any })
}

/// What stands between two clauses. A blank alone means `AND`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
}

fn joint(text: &str) -> (Joint, &str) {
    let word = |word: &str| {
        let (start, rest) = text.split_at_checked(word.len())?;
        (start.eq_ignore_ascii_case(word) && rest.starts_with(' ')).then(|| rest.trim_start())
    };
    match (word("and"), word("or")) {
        (Some(rest), _) => (Joint::And, rest),
        (None, Some(rest)) => (Joint::Or, rest),
        (None, None) => (Joint::And, text),
    }
}

fn clause(text: &str) -> Option<(Clause, &str)> {
    let (negated, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (field, rest) = field(text)?;
    let (comparison, rest) =
        SIGNS.iter().find_map(|(sign, comparison)| Some((*comparison, rest.strip_prefix(sign)?)))?;
    let (value, rest) = match rest.chars().next()? {
        '\'' | '"' => {
            let (value, rest) = quoted(rest)?;
            (Some(value), rest)
        }
        _ => {
            let (word, rest) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
            match word {
                "null" => (None, rest),
                number if number.parse::<i64>().is_ok() => (Some(number.to_owned()), rest),
                _ => return None,
            }
        }
    };
    Some((Clause { field, comparison, value, negated }, rest))
}

fn field(text: &str) -> Option<(SearchField, &str)> {
    if let Some(rest) = text.strip_prefix("metadata[") {
        let (key, rest) = quoted(rest)?;
        return Some((SearchField::Metadata(key), rest.strip_prefix(']')?));
    }
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.');
    let (name, rest) = text.split_at(text.find(|letter| !is_part(letter))?);
    (!name.is_empty()).then(|| (SearchField::Name(name.to_owned()), rest))
}

/// A text in quotes of one kind; a backslash lets the next letter be itself.
fn quoted(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|letter| matches!(letter, '\'' | '"'))?;
    let mut letters = text.char_indices().skip(1);
    let mut value = String::new();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\\' => value.push(letters.next()?.1),
            end if end == quote => return Some((value, &text[place + 1..])),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause_of(text: &str) -> Clause {
        parse(text).expect(text).clauses.remove(0)
    }

    #[test]
    fn clauses_are_read() {
        let clause = clause_of("-metadata[\"or\\\"der\"]~'it\\'s'");
        let expected = Clause {
            field: SearchField::Metadata("or\"der".into()),
            comparison: Comparison::Contains,
            value: Some("it's".into()),
            negated: true,
        };
        assert_eq!(clause, expected);
        assert_eq!(clause_of("amount>=500").comparison, Comparison::GreaterOrEqual);
        assert_eq!(clause_of("amount<500").value.as_deref(), Some("500"));
        assert_eq!(clause_of("email:null").value, None);
        assert_eq!(clause_of("a.b:'x'").field, SearchField::Name("a.b".into()));
    }

    #[test]
    fn clauses_are_joined_by_one_word() {
        for (text, count, any) in [
            ("a:'x' AND b:'y'", 2, false),
            ("a:'x' and b:'y' c:'z'", 3, false),
            ("a:'x' OR b:'y' or c:'z'", 3, true),
            (" a:'AND b' ", 1, false),
        ] {
            let query = parse(text).expect(text);
            assert_eq!((query.clauses.len(), query.any), (count, any), "{text}");
        }
        let many = ["a:'x'"; 11].join(" ");
        for text in [
            "",
            " ",
            "a",
            "a:",
            "a:x",
            "a:'x",
            ":'x'",
            "a:'x'b:'y'",
            "a:'x' AND",
            "a:'x' OR b:'y' AND c:'z'",
            "metadata[k]:'v'",
            "metadata['k':'v'",
            "(a:'x')",
            "a!'x'",
            "a:'\u{0}'",
            "'a':'x'",
            &many,
        ] {
            assert_eq!(parse(text).map_err(|error| error.status()), Err(400), "{text}");
        }
    }
}
