//! What happens because time passes: who is next.

pub(super) mod walk;
