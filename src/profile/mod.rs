//! Profiles: which mode, which account and which API a command works with.

mod mode;

pub use mode::{Mode, ParseModeError};
