//! Text that others control, made safe for a terminal.

use std::borrow::Cow;

/// Replaces control characters, which could move the cursor, colour the screen or hide text, by `?`.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unsafe) {
        return Cow::Owned(text.chars().map(|c| if is_unsafe(c) { '?' } else { c }).collect());
    }
    Cow::Borrowed(text)
}

/// Control characters, and those that turn the direction of writing around.
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_a_terminal_is_taken_out() {
        assert_eq!(clean("a\u{1b}[31mb\r\n\u{9b}c\u{202e}d"), "a?[31mb???c?d");
        assert!(matches!(clean("Jérôme"), Cow::Borrowed(_)));
    }
}
