//! Idempotency keys: what they mean, what is remembered under them, and which are being worked on.

pub(in crate::sandbox) mod cleaning;
pub(in crate::sandbox) mod header;
pub(in crate::sandbox) mod in_flight;
pub(in crate::sandbox) mod records;
pub(in crate::sandbox) mod rules;
