//! Profiles: which mode, which account and which API a command works with.
//!
//! A profile has exactly one mode, and everything that is stored is stored per mode. This room reads the
//! configuration and names the files; it holds no key and opens no connection.

mod api_base;
mod config;
mod config_edit;
mod config_file;
mod mode;
mod paths;
mod regular_file;
mod span;
mod store_kind;

pub use api_base::{ApiBase, ApiBaseError};
pub use config::{Api, Config, ConfigError, KeepBodies, LiveAccess, Profile, ProfileName, ProfileNameError};
pub use config_edit::{ConfigEditor, ConfigSettings, EditError, ProfileSettings};
pub use mode::{Mode, ParseModeError};
pub use paths::{HomeError, Paths, create_private_dir, sync_dir};
pub use regular_file::{open_regular, read_whole};
pub use span::{ParseTimeError, parse_duration, parse_time, parse_time_or_age, parse_unix_seconds};
pub use store_kind::StoreKind;
