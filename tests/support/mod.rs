//! What every integration test stands on: a hermetic home, a scripted server, a ledger and a killer.

pub(crate) mod answer;
pub(crate) mod corpus;
pub(crate) mod env;
pub(crate) mod events;
pub(crate) mod http;
pub(crate) mod keyring;
pub(crate) mod keys;
pub(crate) mod killer;
pub(crate) mod ledger;
pub(crate) mod postgres;
pub(crate) mod run;
pub(crate) mod sandbox;
pub(crate) mod server;
pub(crate) mod tls;
pub(crate) mod webhooks;

pub(crate) use env::Home;
pub(crate) use run::{Run, Running, Seen};
pub(crate) use server::{Server, Step};
