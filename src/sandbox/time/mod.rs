//! Time in the sandbox: its clock, and the system's that it is ahead of.

pub(in crate::sandbox) mod clock;
pub(in crate::sandbox) mod system;
