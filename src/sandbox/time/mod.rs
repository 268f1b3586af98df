//! What happens because time passes, and to whom.

pub(super) mod due;
pub(super) mod moment;
pub(super) mod walk;
