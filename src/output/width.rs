//! How wide the text for people may be.

use std::ffi::OsString;

/// The width where nothing tells another, that of the help too.
const DEFAULT: usize = 100;

/// The narrowest that text is made for.
const NARROWEST: usize = 40;

/// The width of a line, in characters: that of `COLUMNS`, else the terminal's.
pub(super) fn width(columns: Option<OsString>) -> usize {
    let set = columns.and_then(|text| text.to_str()?.parse().ok()).filter(|width| *width > 0);
    let of_terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    set.or_else(of_terminal).unwrap_or(DEFAULT).max(NARROWEST)
}
