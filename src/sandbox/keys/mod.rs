//! The keys that the sandbox takes: those of the home, every other in its table, and what each may do.

pub(in crate::sandbox) mod home;
pub(in crate::sandbox) mod key_table;
pub(in crate::sandbox) mod permissions;
