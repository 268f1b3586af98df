//! Reads any input, of whatever size, in windows that overlap, and finds the keys in it.

use std::io::{self, Read};

use memchr::{memchr_iter, memmem, memrchr};

use super::patterns::{Match, matches};
use crate::keys::Secret;

/// Bytes that are looked at together. Most files are shorter and take one read.
pub(super) const WINDOW: usize = 1 << 20;

/// A key that begins so near the end of a window is left to the next one: the longest takes 360 bytes in base64 and
/// four times 255 where a character takes four bytes, and the comment behind it counts too.
const OVERLAP: usize = 8 << 10;

/// So much of what was read already stays before the overlap: the beginning of a line.
const BEFORE: usize = 2 << 10;

/// A comment allows a key at so many characters before or behind it on its line: in a minified file everything is
/// one line.
const COMMENT_REACH: usize = 300;

/// The word that allows a key.
const ALLOW: &[u8] = b"paycli:allow";

/// What a line begins with that is a comment as a whole.
const COMMENT_MARKS: &[&[u8]] =
    &[b"#", b"//", b"/*", b"*", b"--", b"<!--", b";", b"%", b"{#", b"REM ", b"rem "];

/// Beginnings of archives and compressed files, which hold what is not read.
const ARCHIVES: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"Rar!\x1a\x07", "a rar archive"),
];

/// A key in an input.
#[derive(Debug)]
pub struct Hit {
    /// The line, counted from 1.
    pub line: u64,
    /// The character in the line, counted from 1.
    pub column: u64,
    /// The key.
    pub secret: Secret,
    /// What stands before it on its line, or the end of that.
    pub line_before: Vec<u8>,
}

/// What was seen of an input.
#[derive(Debug, Default)]
pub struct Seen {
    /// The keys, in order.
    pub hits: Vec<Hit>,
    /// How many keys a comment allows.
    pub allowed: u64,
    /// Bytes read.
    pub bytes: u64,
    /// What kind of archive it is, where it is one. Nothing more of it was read.
    pub archive: Option<&'static str>,
}

/// Finds the keys in an input. `window` is memory to be used again from call to call.
///
/// # Errors
/// When the input cannot be read.
pub fn search(input: &mut impl Read, window: &mut Vec<u8>) -> io::Result<Seen> {
    window.resize(WINDOW, 0);
    let (mut seen, mut position) = (Seen::default(), Position::default());
    let (mut filled, mut from) = (0, 0);
    loop {
        let is_end = fill(input, window, &mut filled, &mut seen.bytes)?;
        let text = &window[..filled];
        if position.offset == 0
            && let Some((_, what)) = ARCHIVES.iter().find(|(magic, _)| text.starts_with(magic))
        {
            seen.archive = Some(what);
            return Ok(seen);
        }
        let limit = if is_end { filled } else { filled - OVERLAP };
        for found in matches(text, from.min(filled)).into_iter().filter(|found| found.range.start < limit) {
            from = from.max(found.range.end);
            take(text, &mut position.clone(), found, &mut seen);
        }
        if is_end {
            return Ok(seen);
        }
        let kept_from = limit - BEFORE;
        position.pass(&text[..kept_from]);
        from = from.max(limit) - kept_from;
        window.copy_within(kept_from..filled, 0);
        filled -= kept_from;
    }
}

/// Reads until the window is full or the input ends. Says whether it ended.
fn fill(input: &mut impl Read, window: &mut [u8], filled: &mut usize, bytes: &mut u64) -> io::Result<bool> {
    while *filled < window.len() {
        match input.read(&mut window[*filled..]) {
            Ok(0) => return Ok(true),
            Ok(count) => {
                *filled += count;
                *bytes += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

fn take(text: &[u8], position: &mut Position, found: Match, seen: &mut Seen) {
    let start = found.range.start;
    if is_allowed(text, &found) {
        seen.allowed += 1;
        return;
    }
    position.pass(&text[..start]);
    let line_start = memrchr(b'\n', &text[..start]).map_or(0, |at| at + 1);
    let line_before =
        without_nuls(&text[line_start.max(start.saturating_sub(COMMENT_REACH))..start], found.width);
    // Of text in two or four bytes a character, bytes were counted, and the zero byte of the line break.
    let column = position.column.div_ceil(found.width as u64);
    seen.hits.push(Hit { line: position.line, column, secret: found.secret, line_before });
}

fn without_nuls(text: &[u8], width: usize) -> Vec<u8> {
    if width == 1 { text.to_vec() } else { text.iter().copied().filter(|byte| *byte != 0).collect() }
}

/// Whether a comment on the line, or one alone on the line before, allows the key.
fn is_allowed(text: &[u8], found: &Match) -> bool {
    let reach = COMMENT_REACH * found.width;
    let before = &text[found.range.start.saturating_sub(reach)..found.range.start];
    let after = &text[found.range.end..text.len().min(found.range.end + reach)];
    let line_start = memrchr(b'\n', before);
    let line_end = memchr::memchr(b'\n', after).unwrap_or(after.len());
    let has = |part: &[u8]| memmem::find(&without_nuls(part, found.width), ALLOW).is_some();
    if has(&before[line_start.map_or(0, |at| at + 1)..]) || has(&after[..line_end]) {
        return true;
    }
    let Some(end) = line_start else { return false };
    let last = without_nuls(&before[memrchr(b'\n', &before[..end]).map_or(0, |at| at + 1)..end], found.width);
    let is_comment = COMMENT_MARKS.iter().any(|mark| last.trim_ascii_start().starts_with(mark));
    is_comment && has(&last)
}

/// A place in an input.
#[derive(Debug, Clone)]
struct Position {
    offset: u64,
    line: u64,
    column: u64,
}

impl Default for Position {
    fn default() -> Self {
        Self { offset: 0, line: 1, column: 1 }
    }
}

impl Position {
    /// Goes on over some bytes. Bytes within a UTF-8 character do not count.
    fn pass(&mut self, bytes: &[u8]) {
        self.offset += bytes.len() as u64;
        self.line += memchr_iter(b'\n', bytes).count() as u64;
        let last_line = match memrchr(b'\n', bytes) {
            Some(at) => {
                self.column = 1;
                &bytes[at + 1..]
            }
            None => bytes,
        };
        self.column += last_line.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(prefix: &str) -> String {
        format!("{prefix}Qz7Lm2Xv9Rt4Kw8Np3Jd6Hb1")
    }

    fn seen(input: &[u8]) -> Seen {
        search(&mut &*input, &mut Vec::new()).expect("memory can be read")
    }

    fn places(input: &[u8]) -> Vec<(u64, u64)> {
        seen(input).hits.iter().map(|hit| (hit.line, hit.column)).collect()
    }

    #[test]
    fn lines_and_characters_are_counted_from_one() {
        let text = format!("first\né = {}\r\n  {}", key("sk_live_"), key("whsec_"));
        assert_eq!(places(text.as_bytes()), [(2, 5), (3, 3)]);
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(places(&wide), [(2, 5), (3, 3)]);
    }

    #[test]
    fn a_key_across_the_end_of_a_window_is_found_once_wherever_it_stands() {
        for offset in [0, 5, 20, 60] {
            for edge in [WINDOW, WINDOW - OVERLAP, 2 * WINDOW - OVERLAP - BEFORE] {
                let mut text = b"a\n".repeat((edge - offset) / 2);
                let line = text.len() as u64 / 2 + 1;
                text.extend(key("sk_live_").bytes());
                text.extend(b"\n".repeat(WINDOW + 7));
                assert_eq!(places(&text), [(line, 1)], "{offset} before {edge}");
            }
        }
    }

    #[test]
    fn a_comment_allows_the_key_on_its_line_or_on_the_next() {
        let key = key("sk_live_");
        let allowed = [
            format!("a = {key} # paycli:allow"),
            format!("/* paycli:allow */ a = {key}"),
            format!("  // paycli:allow\n  a = {key}"),
        ];
        for text in allowed {
            let seen = seen(text.as_bytes());
            assert_eq!((seen.hits.len(), seen.allowed), (0, 1), "{text}");
        }
        let wide: Vec<u8> =
            format!("a={key} # paycli:allow").encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(places(&wide), []);
        let found = [
            format!("x # paycli:allow\na = {key}"),
            format!("# paycli:allow\n\na = {key}"),
            format!("a = {key}\n# paycli:allow"),
            format!("a = {key};{}// paycli:allow", "x".repeat(COMMENT_REACH)),
        ];
        for text in found {
            assert_eq!(places(text.as_bytes()).len(), 1, "{text}");
        }
    }

    #[test]
    fn an_archive_is_named_and_not_read() {
        let text = [b"PK\x03\x04".as_slice(), key("sk_live_").as_bytes()].concat();
        let seen = seen(&text);
        assert_eq!((seen.archive, seen.hits.len()), (Some("a zip archive"), 0));
    }
}
