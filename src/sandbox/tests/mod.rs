//! The sandbox as its clients see it: real requests over real connections.

mod client;
mod http;
mod idempotency;
mod money;
mod resources;
mod storage;
mod tables;
