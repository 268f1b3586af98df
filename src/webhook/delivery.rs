//! What a delivery carries besides its signature.

/// The headers of every delivery as Stripe makes them (seen on deliveries of Stripe's test mode), without
/// the signature.
pub const DELIVERY_HEADERS: &[(&str, &str)] = &[
    ("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
    ("Content-Type", "application/json; charset=utf-8"),
    ("Accept", "*/*; q=0.5, application/xml"),
    ("Cache-Control", "no-cache"),
];
