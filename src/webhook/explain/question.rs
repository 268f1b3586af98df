//! What is asked: a delivery, and what is known besides.

use crate::keys::SigningSecret;

use crate::webhook::StandardHeaders;
use crate::webhook::verdict::Window;

/// A secret and where it was found.
#[derive(Clone, Copy)]
pub struct Named<'a> {
    /// The words for where it was found.
    pub name: &'a str,
    /// The secret.
    pub secret: &'a SigningSecret,
}

/// The headers of a delivery.
#[derive(Debug, Clone, Copy)]
pub enum DeliveryHeaders<'a> {
    /// The value of `Stripe-Signature`.
    Stripe(Option<&'a [u8]>),
    /// The three headers of Standard Webhooks.
    Standard(StandardHeaders<'a>),
}

/// A delivery to be explained, and what is known besides.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The body as it was received.
    pub body: &'a [u8],
    /// Its headers.
    pub headers: DeliveryHeaders<'a>,
    /// The secrets that it was verified with.
    pub secrets: &'a [Named<'a>],
    /// Every other secret at hand: of the other mode, the previous one, of other endpoints.
    pub others: &'a [Named<'a>],
    /// When it was verified, and how old it might be.
    pub window: Window,
    /// What `Content-Length` said, in bytes.
    pub content_length: Option<u64>,
    /// Whether the profile is a live one.
    pub is_live_profile: Option<bool>,
}
