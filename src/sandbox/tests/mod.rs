//! The sandbox as its clients see it: real requests over real connections.

mod admin;
mod api_keys;
mod client;
mod customer_balance;
mod deliveries;
mod faults;
mod http;
mod idempotency;
mod keys;
mod money;
mod operations;
mod previews;
mod proration;
mod receiver;
mod resources;
mod search;
mod shop;
mod storage;
mod tables;
mod time;
mod v2;
mod words;
mod year;
