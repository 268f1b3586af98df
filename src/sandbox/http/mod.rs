//! Bytes in and out: the server, its connections, and what a request and an answer look like on the wire.

mod body;
mod connections;
mod headers;
mod outgoing;
mod receive;
pub(in crate::sandbox) mod server;
