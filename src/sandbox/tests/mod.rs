//! The sandbox as its clients see it: real requests over real connections.

mod api_keys;
mod client;
mod http;
mod idempotency;
mod resources;
mod storage;
