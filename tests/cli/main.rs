//! The integration tests: one binary, a module per command or promise.

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod architecture;
mod bad_input;
mod config_file;
mod exit_codes;
mod fresh_home;
mod full_disk;
mod generated;
mod harness;
mod journal;
mod keys;
mod kill;
mod modes;
mod paging;
mod peers;
mod request;
mod sandbox;
mod sandbox_kill;
mod sandbox_peers;
mod secrets;
mod transparency;
mod twins;
mod webhook;
mod webhook_bad_input;
mod webhook_deliver;
mod webhook_events;
mod webhook_events_peers;
mod webhook_peers;
mod webhook_trigger;
mod window;
