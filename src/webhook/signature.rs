//! Stripe's signature scheme: the `Stripe-Signature` header made, and verified as the official libraries do.
//!
//! The message is the timestamp, a dot and the raw body; the key is the whole secret as text; the signature
//! is the lower-case hexadecimal HMAC-SHA256. The body is never parsed. Source: Stripe documentation,
//! "Verify webhook signatures manually", and the answers of stripe-python 16 and stripe-node 23.

use std::fmt::Write;

use super::dialect::{self, BYTE_ORDER_MARK};
use super::header::items;
use super::signing_key::{SigningKey, is_same_hex};
use super::verdict::{Reason, Verdict, Window};

/// A timestamp of so many digits is read alike everywhere: JavaScript's numbers are exact up to 2^53.
const PLAIN_DIGITS: usize = 15;

/// The value of a `Stripe-Signature` header: one `v1` for each key, as Stripe sends while a secret is being
/// rolled. `timestamp` is in Unix seconds.
#[must_use]
pub fn sign(body: &[u8], timestamp: i64, keys: &[SigningKey]) -> String {
    let time = timestamp.to_string();
    let mut header = format!("t={time}");
    for key in keys {
        let signature = key.hex(&[time.as_bytes(), b".", body]);
        let signature = std::str::from_utf8(&signature).expect("hexadecimal digits are text");
        write!(header, ",v1={signature}").expect("a string takes what is written to it");
    }
    header
}

/// Verifies a delivery against a `Stripe-Signature` header. A match with any of the keys counts.
///
/// It accepts and refuses what stripe-python and stripe-node both accept and refuse; where one accepts what
/// the other refuses it refuses, with [`Reason::LibrariesDisagree`].
#[must_use]
pub fn verify(body: &[u8], header: Option<&[u8]>, keys: &[SigningKey], window: Window) -> Verdict {
    let Some(header) = header.filter(|header| !header.is_empty()) else {
        return Verdict::refused(Reason::NoHeader, None);
    };
    if keys.is_empty() {
        return Verdict::refused(Reason::NoSecret, None);
    }
    match PlainHeader::of(header, body) {
        Some(plain) => plain.verify(body, header, keys, window),
        None => dialect::verify(body, header, keys, window),
    }
}

/// Whether every library makes the same text of a body.
fn is_read_alike(body: &[u8]) -> bool {
    !body.starts_with(BYTE_ORDER_MARK) && std::str::from_utf8(body).is_ok()
}

/// A header that all libraries read alike: one `t` of plain digits, and `v1` signatures of plain text.
struct PlainHeader<'a> {
    time: &'a [u8],
    timestamp: i64,
}

impl<'a> PlainHeader<'a> {
    /// Such a header over a body that they read alike too.
    fn of(header: &'a [u8], body: &[u8]) -> Option<Self> {
        Self::read(header).filter(|_| is_read_alike(body))
    }

    fn read(header: &'a [u8]) -> Option<Self> {
        let mut time = None;
        let mut has_signature = false;
        for (key, value) in items(header) {
            match key {
                b"t" if time.is_some() => return None,
                b"t" => time = Some(value?),
                b"v1" => {
                    value.filter(|signature| !signature.is_empty() && signature.is_ascii())?;
                    has_signature = true;
                }
                _ => {}
            }
        }
        let time = time.filter(|_| has_signature)?;
        Some(Self { time, timestamp: plain_integer(time)? })
    }

    fn verify(&self, body: &[u8], header: &[u8], keys: &[SigningKey], window: Window) -> Verdict {
        let timestamp = Some(self.timestamp);
        let matched = keys.iter().position(|key| {
            let expected = key.hex(&[self.time, b".", body]);
            signatures(header).any(|signature| is_same_hex(signature, &expected))
        });
        let reason = match matched {
            None => Reason::NoMatch,
            Some(_) if window.tolerance_seconds > 0 && window.is_too_old(self.timestamp.into()) => {
                Reason::TimestampTooOld
            }
            Some(_) => Reason::Ok,
        };
        Verdict { reason, timestamp, matched, accepted_by: Vec::new() }
    }
}

fn signatures(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    items(header).filter(|(key, _)| *key == b"v1").filter_map(|(_, value)| value)
}

/// An integer as every library would print it again: ASCII digits, no sign, no leading zero.
fn plain_integer(text: &[u8]) -> Option<i64> {
    let is_plain = text.len() <= PLAIN_DIGITS && (text == b"0" || !text.starts_with(b"0"));
    let text = std::str::from_utf8(text).ok().filter(|_| is_plain)?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That the fast way is taken where it may be, and nowhere else; what it answers is a property.
    #[test]
    fn what_every_library_reads_alike_goes_the_fast_way() {
        for plain in
            ["t=1,v1=ab", "v1=ab,t=0", "t=999999999999999,v1=ab,v1=cd", "t=1,v0=x,v1=ab,new", "t=1,v1=a=b"]
        {
            let read = PlainHeader::of(plain.as_bytes(), b"{}").unwrap_or_else(|| panic!("{plain}"));
            assert_eq!(read.timestamp.to_string().as_bytes(), read.time, "{plain}");
        }
        for odd in [
            "",
            "t=1",
            "v1=ab",
            "t,v1=ab",
            "t=,v1=ab",
            "t=1,t=1,v1=ab",
            "t=01,v1=ab",
            "t=-1,v1=ab",
            "t=1.0,v1=ab",
            "t=1000000000000000,v1=ab",
            "t=1,v1",
            "t=1,v1=",
            "t=1,v1=ab,v1=",
            "t=1,v1=é",
        ] {
            assert!(PlainHeader::read(odd.as_bytes()).is_none(), "{odd}");
        }
        for (body, is_alike) in
            [(&b"{}"[..], true), (b"", true), (b"\xef\xbb\xbf{}", false), (b"\xff", false)]
        {
            assert_eq!(PlainHeader::of(b"t=1,v1=ab", body).is_some(), is_alike, "{body:?}");
        }
    }
}
