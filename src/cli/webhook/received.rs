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
    /// A body and what `--header` gave: bare values of `Stripe-Signature`, or headers with their names.
    pub(super) fn with_headers(body: Vec<u8>, texts: &[Vec<u8>], scheme: Option<Scheme>) -> Self {
        let (mut named, mut stripe) = (Vec::new(), None);
        for text in texts {
            let found = named_headers(text);
            if found.is_empty() {
                stripe = Some(text.clone());
            }
            named.extend(found);
        }
        let of_name = named.iter().find(|(name, _)| name == NAMES[0]).map(|(_, value)| value.clone());
        Self::new(body, stripe.or(of_name), named, None, scheme)
    }

    /// A whole HTTP request.
    pub(super) fn captured(bytes: &[u8], scheme: Option<Scheme>) -> Result<Self, Failure> {
        let capture = Capture::read(bytes)?;
        let headers = NAMES.iter().filter_map(|name| Some(((*name).to_owned(), capture.header(name)?)));
        let named: Vec<_> = headers.collect();
        let stripe = capture.header(NAMES[0]);
        Ok(Self::new(capture.body.into_owned(), stripe, named, capture.content_length, scheme))
    }

    fn new(
        body: Vec<u8>,
        stripe: Option<Vec<u8>>,
        named: Vec<(String, Vec<u8>)>,
        content_length: Option<u64>,
        scheme: Option<Scheme>,
    ) -> Self {
        let is_standard = stripe.is_none() && named.iter().any(|(name, _)| name != NAMES[0]);
        let guessed = if is_standard { Scheme::Standard } else { Scheme::Stripe };
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

/// The lines of a text that are headers about a signature, their names in lower case.
fn named_headers(text: &[u8]) -> Vec<(String, Vec<u8>)> {
    let header = |line: &[u8]| {
        let at = line.iter().position(|byte| *byte == b':')?;
        let name = std::str::from_utf8(&line[..at]).ok()?.trim().to_ascii_lowercase();
        NAMES.contains(&name.as_str()).then(|| (name, line[at + 1..].trim_ascii().to_vec()))
    };
    text.split(|byte| *byte == b'\n').filter_map(header).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(texts: &[&str]) -> Received {
        let texts: Vec<_> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        Received::with_headers(Vec::new(), &texts, None)
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
    }
}
