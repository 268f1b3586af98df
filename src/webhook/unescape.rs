//! The escapes of a JSON text undone, many bytes at a time: an event in pretty JSON has one every seven bytes.
//!
//! It stays because a batch of text payloads takes 58 % longer by `serde_json`, and 42 % byte by byte
//! (`benches/README.md`).

use wide::u8x16;

/// So many bytes are looked at together.
const BLOCK: usize = 64;

/// So many bytes are copied together where no more are wanted; what is too much is written over.
const CHUNK: usize = 16;

/// Undoes the escapes of a text, which replaces what was in `out`. `text` begins after the opening quote, and the
/// answer is how much of it was read, the closing quote included.
///
/// Nothing where there is no closing quote, and for what is rare or wrong: `\u`, other escapes that JSON does not
/// have, and control characters.
pub(super) fn unescape(text: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    out.clear();
    out.resize(text.len() + CHUNK, 0);
    let mut copy = Copy { text, out, from: 0, dropped: 0 };
    loop {
        while let Some(block) = text[copy.from..].first_chunk() {
            let Some(escapes) = escapes_alone(block) else { break };
            copy.block(escapes)?;
        }
        let rest = &text[copy.from..];
        let at = copy.from + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
        match text[at] {
            b'"' => {
                copy.up_to(at);
                let length = at - copy.dropped;
                out.truncate(length);
                return Some(at + 1);
            }
            b'\\' => copy.escape(at)?,
            _ => return None,
        }
    }
}

/// A text on its way.
struct Copy<'a> {
    text: &'a [u8],
    out: &'a mut [u8],
    /// What is not copied yet.
    from: usize,
    /// How many bytes shorter the copy is: one for each escape.
    dropped: usize,
}

impl Copy<'_> {
    /// Copies a block that has these escapes, as bits from the lowest.
    fn block(&mut self, mut escapes: u64) -> Option<()> {
        let start = self.from;
        while escapes != 0 {
            self.escape(start + escapes.trailing_zeros() as usize)?;
            escapes &= escapes - 1;
        }
        // The last escape may reach one byte into the next block.
        self.up_to(self.from.max(start + BLOCK));
        Some(())
    }

    /// Copies up to the escape at a place, and what it stands for.
    fn escape(&mut self, at: usize) -> Option<()> {
        self.up_to(at);
        self.out[at - self.dropped] = stands_for(*self.text.get(at + 1)?)?;
        self.from = at + 2;
        self.dropped += 1;
        Some(())
    }

    /// Copies up to a place.
    fn up_to(&mut self, end: usize) {
        let to = self.from - self.dropped;
        match self.text[self.from..].first_chunk::<CHUNK>() {
            Some(chunk) if end - self.from <= CHUNK => self.out[to..to + CHUNK].copy_from_slice(chunk),
            _ => self.out[to..end - self.dropped].copy_from_slice(&self.text[self.from..end]),
        }
        self.from = end;
    }
}

/// Where the escapes of a block begin, as bits from the lowest. Nothing where the text may end in it, or where
/// one backslash follows another and may be escaped itself.
fn escapes_alone(block: &[u8; BLOCK]) -> Option<u64> {
    let (mut backslashes, mut ends) = (0, 0);
    for (index, chunk) in block.as_chunks::<16>().0.iter().enumerate() {
        let bytes = u8x16::new(*chunk);
        let is = |byte| bytes.simd_eq(u8x16::splat(byte));
        let is_control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
        backslashes |= u64::from(is(b'\\').to_bitmask()) << (16 * index);
        ends |= u64::from((is(b'"') | is_control).to_bitmask()) << (16 * index);
    }
    let escaped = backslashes << 1;
    (ends & !escaped == 0 && backslashes & escaped == 0).then_some(backslashes)
}

/// What an escape stands for.
fn stands_for(escape: u8) -> Option<u8> {
    const TABLE: [u8; 256] = {
        let mut table = [0; 256];
        let pairs = *b"\"\"\\\\//n\nt\tr\rb\x08f\x0c";
        let mut index = 0;
        while index < pairs.len() {
            table[pairs[index] as usize] = pairs[index + 1];
            index += 2;
        }
        table
    };
    Some(TABLE[usize::from(escape)]).filter(|byte| *byte != 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::unescape;

    fn by_serde(text: &str) -> Option<String> {
        let whole = format!("\"{text}");
        serde_json::Deserializer::from_str(&whole).into_iter::<String>().next()?.ok()
    }

    #[test]
    fn what_is_not_a_text_or_rare_is_left_alone() {
        let long = "a".repeat(100);
        for text in [r"\u00e9", r"\x", "\n", "\\\n", "\\", "", "a", "\u{1}"] {
            for text in [
                text.to_owned(),
                format!("{text}\""),
                format!("{long}{text}{long}"),
                format!("{long}{text}\""),
            ] {
                let is_end = text == "\""
                    || text == "a\""
                    || text == format!("{long}\"")
                    || text == format!("{long}a\"");
                assert_eq!(unescape(text.as_bytes(), &mut Vec::new()).is_some(), is_end, "{text:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn it_is_what_serde_makes_of_it(text in r#"([ !#-\[\]-~é東]{0,9}|\\["\\/bfnrt]|\\\\|[a-z]{64}){0,60}"#, more in "[a-z\"]{0,80}") {
            let mut out = b"left over".to_vec();
            let read = unescape(format!("{text}\"{more}").as_bytes(), &mut out);
            prop_assert_eq!(read, Some(text.len() + 1));
            prop_assert_eq!(Some(String::from_utf8(out).expect("text")), by_serde(&format!("{text}\"")));
        }

        #[test]
        fn what_serde_refuses_is_refused(text in r#"([ -~]{0,9}|\\["\\/bfnrtux]|[a-z]{64}|[\x00-\x20]){0,30}"#) {
            let mut out = Vec::new();
            if let Some(read) = unescape(text.as_bytes(), &mut out) {
                prop_assert_eq!(Some(String::from_utf8(out).expect("text")), by_serde(&text[..read]));
            }
        }
    }
}
