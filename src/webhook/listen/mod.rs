//! A local endpoint for webhooks: it verifies what comes in, stores it, and forwards it.
//!
//! A delivery is answered 200 when it is on the disk, and not before. Forwarding comes after that, from a queue for
//! each target: a target that hangs or fails keeps nobody waiting but its own queue.

mod announcement;
mod forward;
mod intake;
mod listener;
mod poll;
mod report;
mod route;
mod server;

pub use announcement::Announcement;
pub use forward::{Forwarder, LastEvent};
pub use listener::{Explain, Listener};
pub use poll::{Fetched, PollError, Poller};
pub use report::ListenReport;
pub use route::{ForwardRoute, RouteError};
pub use server::serve;
