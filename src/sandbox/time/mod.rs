//! Time in the sandbox: its clock, the system's that it is ahead of, and who is next as it passes.

pub(in crate::sandbox) mod clock;
pub(in crate::sandbox) mod system;
pub(in crate::sandbox) mod walk;
