//! The embedded sandbox: a local API that behaves as Stripe's does where this tool cares.
