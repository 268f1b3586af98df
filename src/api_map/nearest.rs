//! The name that was meant, where one is typed that does not exist.

/// The known name that is most like one that was typed, if any is like it at all: a slip of a letter or two, another
/// way of writing (`paymentMethod`, `payment-method`), or its beginning.
#[must_use]
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = as_the_api_writes(typed);
    let near = known.into_iter().filter_map(|name| Some((distance(&typed, name)?, name)));
    near.min().map(|(_, name)| name)
}

/// The number of letters between two names, where one may have been meant by the other.
pub(super) fn distance(typed: &str, name: &str) -> Option<usize> {
    // Nobody types a name that long, and the comparison takes the square of it.
    if typed.is_empty() || typed.len() > 100 {
        return None;
    }
    let distance = strsim::damerau_levenshtein(typed, name);
    let is_slip = distance <= (typed.len() / 3).max(1);
    let is_beginning = typed.len() >= 3 && name.starts_with(typed);
    (is_slip || is_beginning).then_some(distance)
}

/// `paymentMethod` and `Payment-Method` as `payment_method`.
fn as_the_api_writes(name: &str) -> String {
    let mut written = String::with_capacity(name.len() + 4);
    let mut was_small = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && was_small {
            written.push('_');
        }
        was_small = c.is_ascii_lowercase() || c.is_ascii_digit();
        written.push(if c == '-' { '_' } else { c.to_ascii_lowercase() });
    }
    written
}
