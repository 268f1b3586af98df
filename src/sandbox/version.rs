//! The version of the API that the sandbox imitates.

/// As it stands in `Stripe-Version`, in events and in event destinations.
pub(in crate::sandbox) const API_VERSION: &str = "2026-10-28.endive";
