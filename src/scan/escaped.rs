//! Keys whose marks are escaped, as JSON, JavaScript, URLs, HTML and Markdown write them: `sk\u005flive\u005f…`. Pure.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

/// The escapes of a mark, each with its hexadecimal code in place of `@`.
const ESCAPES: &str = r"(?:%@|\\{1,2}u00@|\\{1,2}x@|&#[xX]@;)";

/// The marks of keys: code, the mark, and how else it is escaped.
const MARKS: &[(&str, u8, &str)] = &[
    ("5[fF]", b'_', r"\\{1,2}_|&#95;|&lowbar;"),
    ("2[fF]", b'/', r"\\{1,2}/|&#47;|&sol;"),
    ("2[bB]", b'+', r"&#43;|&plus;"),
    ("3[dD]", b'=', r"&#61;|&equals;"),
];

/// The forms of keys in which a mark is escaped at least once.
static FORM: LazyLock<Regex> = LazyLock::new(|| {
    let [underscore, slash, plus, equals] = [0, 1, 2, 3].map(escape);
    regex(&format!(
        "(?-u)(?:sk|rk){underscore}(?:live|test)(?:_|{underscore})[A-Za-z0-9]{{10,}}\
        |(?:sk{underscore}org|rkcs|oak){underscore}(?:[A-Za-z0-9_]|{underscore}){{10,}}\
        |whsec(?:_|{underscore})(?:[A-Za-z0-9+/]|{slash}|{plus}){{24,}}(?:=|{equals}){{0,2}}"
    ))
});

/// One escape of each mark, in the order of `MARKS`.
static ANY: LazyLock<Regex> = LazyLock::new(|| {
    let groups: Vec<_> = (0..MARKS.len()).map(|mark| format!("({})", escape(mark))).collect();
    regex(&format!("(?-u){}", groups.join("|")))
});

fn escape(mark: usize) -> String {
    let (code, _, others) = MARKS[mark];
    format!("(?:{}|{others})", ESCAPES.replace('@', code))
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern that a test compiles")
}

/// What may be a key with escapes, from `from` on: where it stands, and what it is without them.
pub(super) fn escaped(text: &[u8], from: usize) -> impl Iterator<Item = (Range<usize>, Vec<u8>)> {
    let hits = FORM.find_iter(&text[from..]);
    hits.filter_map(move |hit| match unescaped(hit.as_bytes()) {
        Cow::Borrowed(_) => None,
        Cow::Owned(plain) => Some((from + hit.start()..from + hit.end(), plain)),
    })
}

fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    ANY.replace_all(text, |found: &regex::bytes::Captures<'_>| {
        let mark = (0..MARKS.len()).find(|mark| found.get(mark + 1).is_some());
        vec![MARKS[mark.expect("one of the marks was found")].1]
    })
}
