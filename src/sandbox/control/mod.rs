//! How the command line reaches a server: the admin path, and the other end of it.

pub(in crate::sandbox) mod admin;
pub(in crate::sandbox) mod client;
