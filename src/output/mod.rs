//! Output: the only room that writes to the streams. Data to standard output, everything else to standard
//! error.

mod colour;
mod json;
mod printer;
mod progress;
mod prompt;
mod table;
mod text;
mod width;

pub use crate::credential::redact;
pub use colour::{Colour, ColourChoice};
pub use json::{compact, pretty};
pub use printer::{OutputError, Printer};
pub use progress::Progress;
pub use prompt::{PromptError, ask_secret, confirm, has_terminal};
pub use table::{facts, table};
pub use text::clean;
