//! A delivery as a command was given it: the body, and the headers that are about its signature.

use crate::cli::failure::Failure;
use crate::webhook::explain::DeliveryHeaders;
use crate::webhook::{Capture, Scheme, StandardHeaders};

/// Headers that are about a signature.
const NAMES: &[&str] = &[
    "stripe-signature",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "svix-id",
    "svix-timestamp",
    "svix-signature",
];

/// A delivery that is to be verified.
pub(super) struct Received {
    pub(super) body: Vec<u8>,
    pub(super) scheme: Scheme,
    /// The value of `Stripe-Signature`.
    pub(super) stripe: Option<Vec<u8>>,
    /// The headers of Standard Webhooks.
    named: Vec<(String, Vec<u8>)>,
    pub(super) content_length: Option<u64>,
}

impl Received {
    /// A body and what `--header` gave: a bare value of the scheme's signature header, or headers with their
    /// names.
    pub(super) fn with_headers(
        body: Vec<u8>,
        texts: &[Vec<u8>],
        scheme: Option<Scheme>,
    ) -> Result<Self, Failure> {
        let (blocks, bare): (Vec<_>, Vec<_>) = texts.iter().partition(|text| is_header_block(text));
        if bare.len() > 1 {
            return Err(Failure::usage("--header gives more than one bare value")
                .hint("--header 'NAME: VALUE' for each header"));
        }
        let mut named: Vec<_> = blocks.into_iter().flat_map(|text| named_headers(text)).collect();
        let is_standard = scheme == Some(Scheme::Standard);
        let name = if is_standard { "webhook-signature" } else { "stripe-signature" };
        named.extend(bare.into_iter().map(|value| (name.to_owned(), value.clone())));
        Ok(Self::new(body, named, None, scheme))
    }

    /// A whole HTTP request.
    pub(super) fn captured(bytes: &[u8], scheme: Option<Scheme>) -> Result<Self, Failure> {
        let capture = Capture::read(bytes)?;
        let headers = NAMES.iter().filter_map(|name| Some(((*name).to_owned(), capture.header(name)?)));
        let named = headers.collect();
        Ok(Self::new(capture.body.into_owned(), named, capture.content_length, scheme))
    }

    fn new(
        body: Vec<u8>,
        named: Vec<(String, Vec<u8>)>,
        content_length: Option<u64>,
        scheme: Option<Scheme>,
    ) -> Self {
        let guessed = Scheme::of_headers(named.iter().map(|(name, _)| name.as_str()));
        let stripe =
            named.iter().find(|(name, _)| name == "stripe-signature").map(|(_, value)| value.clone());
        Self { body, scheme: scheme.unwrap_or(guessed), stripe, named, content_length }
    }

    /// The headers of Standard Webhooks.
    pub(super) fn standard(&self) -> StandardHeaders<'_> {
        StandardHeaders::find(self.named.iter().map(|(name, value)| (name.as_str(), value.as_slice())))
    }

    /// The headers of the delivery's scheme.
    pub(super) fn headers(&self) -> DeliveryHeaders<'_> {
        match self.scheme {
            Scheme::Stripe => DeliveryHeaders::Stripe(self.stripe.as_deref()),
            Scheme::Standard => DeliveryHeaders::Standard(self.standard()),
        }
    }
}

/// Whether a text is headers with their names, rather than a bare value.
fn is_header_block(text: &[u8]) -> bool {
    let is_header = |line: &[u8]| {
        header(line).is_some_and(|(name, value)| {
            let is_token = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            NAMES.contains(&name.as_str()) || name.len() > 2 && is_token && value.starts_with(b" ")
        })
    };
    let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).peekable();
    lines.peek().is_some() && lines.all(is_header)
}

/// The headers of a text that are about a signature, their names in lower case.
fn named_headers(text: &[u8]) -> impl Iterator<Item = (String, Vec<u8>)> {
    let headers = text.split(|byte| *byte == b'\n').filter_map(header);
    let of_signature = headers.filter(|(name, _)| NAMES.contains(&name.as_str()));
    of_signature.map(|(name, value)| (name, value.trim_ascii().to_vec()))
}

/// A line's name in lower case, and its value with the space before it.
fn header(line: &[u8]) -> Option<(String, &[u8])> {
    let at = line.iter().position(|byte| *byte == b':')?;
    let name = std::str::from_utf8(&line[..at]).ok()?.trim().to_ascii_lowercase();
    Some((name, &line[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(texts: &[&str]) -> Received {
        let texts: Vec<_> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        Received::with_headers(Vec::new(), &texts, None).expect("one bare value")
    }

    #[test]
    fn headers_come_bare_named_or_as_a_block() {
        assert_eq!(received(&["t=1,v1=a\n"]).stripe.as_deref(), Some(&b"t=1,v1=a\n"[..]));
        assert_eq!(received(&["t:1,v1:a"]).stripe.as_deref(), Some(&b"t:1,v1:a"[..]));
        assert_eq!(received(&["Stripe-Signature: t=1"]).stripe.as_deref(), Some(&b"t=1"[..]));
        let block = "Host: x\r\nSTRIPE-signature:t=1,v1=a\r\nAccept: */*\r\n";
        assert_eq!(received(&[block]).stripe.as_deref(), Some(&b"t=1,v1=a"[..]));
        let standard = received(&["webhook-id: m", "Webhook-Timestamp: 1", "webhook-signature: v1,a"]);
        assert_eq!(standard.scheme, Scheme::Standard);
        assert_eq!(standard.standard().signature, Some(&b"v1,a"[..]));
        assert_eq!(received(&[]).scheme, Scheme::Stripe);
        let other = received(&["Host: x\r\nAccept: */*\r\n"]);
        assert_eq!((other.scheme, other.stripe), (Scheme::Stripe, None));
        let twice = [b"t=1".to_vec(), b"t=2".to_vec()];
        assert!(Received::with_headers(Vec::new(), &twice, None).is_err());
        let bare = Received::with_headers(Vec::new(), &[b"v1,a".to_vec()], Some(Scheme::Standard));
        assert_eq!(bare.expect("one value").standard().signature, Some(&b"v1,a"[..]));
    }
}
