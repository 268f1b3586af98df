//! Base64 as the Standard Webhooks libraries of python and node decode it: neither is strict, and each in
//! its own way.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Python's `base64.b64decode(text)`: other characters are passed over, and what follows the padding too.
pub(super) fn python(text: &[u8]) -> Option<Vec<u8>> {
    if !text.is_ascii() {
        return None;
    }
    let mut digits = Vec::with_capacity(text.len());
    let mut pads = 0;
    for &byte in text {
        if byte == b'=' {
            pads += usize::from(digits.len() % 4 >= 2);
            if digits.len() % 4 + pads >= 4 && pads > 0 {
                return bytes_of(&digits);
            }
        } else if ALPHABET.contains(&byte) {
            digits.push(byte);
            pads = 0;
        }
    }
    if digits.len() % 4 == 0 { bytes_of(&digits) } else { None }
}

/// `@stablelib/base64`: no other characters, at most two of padding, and a single digit left over at the
/// end is dropped unread.
pub(super) fn stablelib(text: &[u8]) -> Option<Vec<u8>> {
    let text: Vec<u16> = String::from_utf8_lossy(text).encode_utf16().collect();
    if text.is_empty() {
        return Some(Vec::new());
    }
    let pads = text.iter().rev().take_while(|unit| **unit == u16::from(b'=')).count();
    if text.len() < 4 || pads > 2 {
        return None;
    }
    let length = text.len() - pads;
    let length = if length % 4 == 1 { length - 1 } else { length };
    let digits: Vec<u8> = text[..length].iter().filter_map(|unit| u8::try_from(*unit).ok()).collect();
    let is_clean = digits.len() == length && digits.iter().all(|digit| ALPHABET.contains(digit));
    if is_clean { bytes_of(&digits) } else { None }
}

/// The whole bytes of some digits; the bits left over are dropped.
fn bytes_of(digits: &[u8]) -> Option<Vec<u8>> {
    let mut digits = digits.to_vec();
    // A strict decoder wants the bits left over to be zero, which these libraries do not.
    let mask = match digits.len() % 4 {
        2 => 0b11_0000,
        3 => 0b11_1100,
        _ => 0b11_1111,
    };
    if let Some(last) = digits.last_mut() {
        let value = ALPHABET.iter().position(|digit| digit == last)?;
        *last = ALPHABET[value & mask];
    }
    STANDARD_NO_PAD.decode(digits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_lenient_in_its_own_way() {
        type Decoded = Option<&'static [u8]>;
        let cases: &[(&str, Decoded, Decoded)] = &[
            ("AQID", Some(&[1, 2, 3]), Some(&[1, 2, 3])),
            ("AQIDBA==", Some(&[1, 2, 3, 4]), Some(&[1, 2, 3, 4])),
            ("AQ!ID", Some(&[1, 2, 3]), None),
            ("AQID ", Some(&[1, 2, 3]), Some(&[1, 2, 3])),
            ("AQID\r\n", Some(&[1, 2, 3]), None),
            ("AQIDBA", None, Some(&[1, 2, 3, 4])),
            ("AQ==ID", Some(&[1]), None),
            ("AQ", None, None),
            ("AQI==", Some(&[1, 2]), Some(&[1, 2])),
            ("AR==", Some(&[1]), Some(&[1])),
            ("", Some(&[]), Some(&[])),
        ];
        for (text, by_python, by_node) in cases {
            assert_eq!(python(text.as_bytes()).as_deref(), *by_python, "python {text:?}");
            assert_eq!(stablelib(text.as_bytes()).as_deref(), *by_node, "node {text:?}");
        }
    }
}
