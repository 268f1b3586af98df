//! Batches: many requests from a file, each under a key that belongs to its line for good.
//!
//! A batch is read twice. The first pass looks at every line, so that nothing is sent while one is wrong; the
//! second sends, many at a time. Intents and results are durable in groups, each before it leaves or is shown.

mod check;
mod feed;
mod form;
mod line;
mod line_breaks;
mod order;
mod outlet;
mod rows;
mod run;
mod source;
mod summary;
mod unique;
mod window;

pub use check::{CheckError, Checked, Lookup, Patterns, Refusal, Refused, check};
pub use form::FormError;
pub use line::{BatchName, BatchNameError, Line, LineError, MAX_LINE, ReadLine};
pub use outlet::{LineReport, Show};
pub use rows::HeaderError;
pub use run::{Audience, HowFar, Means, Notify, Plan, run};
pub use source::{Lines, Source, SourceError, default_name};
pub use summary::{StopReason, Summary};
