//! Taking a secret out of text that somebody else wrote, in whatever form it stands there. Pure.
//!
//! A program that gets a secret may print it as it is, inside JSON or a URL, or encoded for a header, and
//! base64(1) breaks its lines. So the text is searched without its white space, and for pieces: twelve
//! characters in a row of any form are enough.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Secret;

/// Characters in a row that are taken for a piece of a secret. Twelve of base64 hold nine of the secret.
const PIECE: usize = 12;

/// What stands in the place of a piece.
const GAP: &str = "****";

/// What URLs leave as it is (RFC 3986, 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The forms of one secret.
pub(super) struct Filter {
    text: String,
    shown: String,
    pieces: HashSet<Vec<u8>>,
    length: usize,
}

impl Filter {
    /// A filter for one secret.
    pub(super) fn new(secret: &Secret) -> Self {
        let text = secret.expose().to_owned();
        let length = PIECE.min(text.len());
        let forms = forms(text.as_bytes());
        let windows = forms.iter().flat_map(|form| form.windows(length).map(<[u8]>::to_ascii_lowercase));
        Self { pieces: windows.collect(), shown: secret.redacted(), text, length }
    }

    /// Whether any form of the secret is in a text.
    pub(super) fn finds(&self, text: &str) -> bool {
        let (bytes, _) = compact(text);
        bytes.windows(self.length).any(|window| self.pieces.contains(window))
    }

    /// The text without the secret.
    pub(super) fn clean(&self, text: &str) -> String {
        let text = text.replace(&self.text, &self.shown);
        let (bytes, places) = compact(&text);
        let mut hidden = vec![false; text.len()];
        for (at, window) in bytes.windows(self.length).enumerate() {
            if self.pieces.contains(window) {
                let (first, last) = (places[at], places[at + self.length - 1]);
                hidden[first..=last].fill(true);
            }
        }
        let mut clean = String::with_capacity(text.len());
        for (at, letter) in text.char_indices() {
            match hidden[at] {
                false => clean.push(letter),
                // A line break inside a piece stays, so that lines stay lines.
                true if letter == '\n' => clean.push(letter),
                true if at == 0 || !hidden[at - 1] => clean.push_str(GAP),
                true => {}
            }
        }
        clean
    }
}

/// The characters of a text without white space and in lower case, and where each of them stands. Case is
/// not told apart: hexadecimal has both, and a text that is the secret but for its case gives it away too.
fn compact(text: &str) -> (Vec<u8>, Vec<usize>) {
    let is_solid = |(_, byte): &(usize, u8)| !byte.is_ascii_whitespace();
    text.bytes().enumerate().filter(is_solid).map(|(at, byte)| (byte.to_ascii_lowercase(), at)).unzip()
}

/// Every form in which programs write a text.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(secret);
    let each = |form: &dyn Fn(u8) -> String| secret.iter().map(|byte| form(*byte)).collect::<String>();
    let mut forms = vec![
        text.clone().into_owned(),
        text.replace('/', "\\/"),
        hex::encode(secret),
        utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string(),
        utf8_percent_encode(&text, UNRESERVED).to_string(),
        each(&|byte| format!("%{byte:02x}")),
        each(&|byte| format!("\\u{byte:04x}")),
        each(&|byte| format!("\\x{byte:02x}")),
        each(&|byte| format!("{byte:02x}:")),
    ];
    // Inside a longer text base64 depends on how many bytes stand before; the characters that the bytes
    // around have a part in are left out.
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(secret);
        let (from, to) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            forms.push(engine.encode(&bytes)[from..to].to_owned());
        }
    }
    forms.into_iter().map(String::into_bytes).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::keys::SecretKind;

    fn secret() -> Secret {
        let text = ["whsec", "_a1+B2/c3D4e5F6g7H8i9J0kL+mN/oPqRsTuVwxyz"].concat();
        Secret::parse(SecretKind::Webhook, &SecretString::from(text)).expect("a secret")
    }

    /// No six characters in a row of a form are left.
    fn is_gone(clean: &str, form: &str) {
        for at in 0..form.len() - 20 {
            assert!(!clean.contains(&form[at..at + 20]), "{:?} is left in {clean:?}", &form[at..at + 20]);
        }
    }

    #[test]
    fn every_form_is_taken_out_wherever_it_stands() {
        let (secret, filter) = (secret(), Filter::new(&secret()));
        let text = secret.expose();
        for form in forms(text.as_bytes()) {
            let form = String::from_utf8(form).expect("text");
            let upper = form.to_ascii_uppercase();
            let wrapped =
                form.as_bytes().chunks(30).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
            for seen in [&form, &upper, &wrapped, &form[5..], &form[..form.len() - 5]] {
                let clean = filter.clean(&format!("é before {seen} after"));
                assert!(clean.starts_with("é before ") && clean.ends_with(" after"), "{clean}");
                is_gone(&clean, &form);
                assert!(filter.finds(seen));
            }
        }
        for before in ["", "x", "ab", "user:"] {
            let header = STANDARD_NO_PAD.encode(format!("{before}{text}:rest"));
            is_gone(&filter.clean(&header), &header);
        }
    }

    #[test]
    fn the_secret_itself_is_shown_cut_down_and_other_text_stays() {
        let filter = Filter::new(&secret());
        assert_eq!(filter.clean(&format!("got {}\nok", secret().expose())), "got whsec_****wxyz\nok");
        let plain = "nothing to see,\n  héllo {\"id\": \"we_123456789012345\"}\n";
        assert_eq!(filter.clean(plain), plain);
        assert!(!filter.finds(plain));
    }
}
