//! The data file: opening it, writing it by one thread, and the objects and settings in it.

pub(in crate::sandbox) mod database;
pub(in crate::sandbox) mod db;
pub(in crate::sandbox) mod error;
pub(in crate::sandbox) mod ids;
pub(in crate::sandbox) mod settings;
pub(in crate::sandbox) mod store;
pub(in crate::sandbox) mod writer;
