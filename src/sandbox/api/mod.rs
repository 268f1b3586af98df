//! The way of a request: who asks, for what, under which key, and what is answered.

pub(in crate::sandbox) mod answer;
mod auth;
mod execute;
mod expand;
pub(in crate::sandbox) mod in_process;
pub(in crate::sandbox) mod reply;
