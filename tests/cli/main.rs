//! The integration tests: one binary, a module per command or promise.

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod architecture;
mod bad_input;
mod ci_templates;
mod config_file;
mod credentials;
mod doctor;
mod exit_codes;
mod file_size_limit;
mod fresh_home;
mod full_disk;
mod generated;
mod harness;
mod journal;
mod keys;
mod kill;
mod modes;
mod not_after;
mod old_journal;
mod paging;
mod peers;
mod request;
mod salt;
mod sandbox;
mod sandbox_kill;
mod sandbox_peers;
mod secrets;
mod tls;
mod transparency;
mod true_words;
mod twins;
mod uncertain;
mod unknown_mode;
mod webhook;
mod webhook_bad_input;
mod webhook_deliver;
mod webhook_events;
mod webhook_events_peers;
mod webhook_peers;
mod webhook_trigger;
mod window;
