//! Looking for leaked keys: in files, staged changes, the history of a git repository and standard input.
//!
//! `patterns` finds what has the form of a key, `escaped` what has it once escapes are undone, `judge` tells keys from
//! what only looks like one, `place` says how bad it is where it is. All four are pure. `stream` reads any input in
//! windows, `walk` and `git` bring the inputs, `report` writes what was found, never a whole secret.

mod baseline;
mod entropy;
mod escaped;
mod finding;
pub mod git;
mod judge;
mod patterns;
mod place;
pub mod report;
mod samples;
mod stream;
mod walk;

pub use baseline::{Baseline, BaselineError};
pub use finding::{Alive, Commit, Finding, InUse, Leak, Scan, Severity, Unread};
pub use place::Place;
pub use stream::{Hit, search};
pub use walk::{Selection, stdin, walk};
