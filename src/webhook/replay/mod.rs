//! Events delivered again, from the store or from a file: in order, at a rate, over many connections, and with
//! progress that a kill does not lose.
//!
//! A reader hands events to lanes; a lane has one connection and one event at a time, and takes the next one only
//! when what came of the last is durable. So a kill leaves at most one event a lane that was delivered and is not
//! known to be. Events of one object go through one lane, in their order.

mod file;
mod identity;
mod lane;
mod plan;
mod recorder;
mod run;
mod source;
mod summary;
mod worker;

pub use file::{FileError, FileEvents};
pub use identity::{ReplayIdentity, Signing};
pub use plan::{Plan, ReplayError};
pub use run::run;
pub use source::{Item, ItemEvent, ReplaySource, SourceError};
pub use summary::{Failure, Latencies, Summary};
