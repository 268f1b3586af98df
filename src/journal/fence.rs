//! The fence in front of a send: whether the key is still this process's, asked at the last moment before a
//! request leaves.

use std::fmt::Debug;
use std::sync::Arc;

/// Who holds a key by a lease that can be lost.
pub(super) trait Holder: Debug + Send + Sync {
    /// Whether nobody else can have the key yet, as far as this machine knows without asking.
    fn holds(&self) -> bool;

    /// The name of the holder, as the entry has it.
    fn name(&self) -> &str;

    /// Lets a key go, where nobody has taken it over since this attempt.
    fn release(&self, entry: &str, attempt: u32);
}

/// A key that is held by such a lease, and comes free when this is dropped.
#[derive(Debug)]
pub(super) struct KeyHold {
    pub(super) holder: Arc<dyn Holder>,
    /// The id of the entry.
    pub(super) entry: String,
    /// The attempt that was begun: a number that every later holder of the key counts on from.
    pub(super) attempt: u32,
    /// Whether the entry still names the holder.
    pub(super) is_held: bool,
}

impl Drop for KeyHold {
    fn drop(&mut self) {
        if self.is_held {
            self.holder.release(&self.entry, self.attempt);
        }
    }
}

/// Whether a request may still leave. Asked right before its bytes do: a process may have been stopped, or its
/// database away, for longer than its lease.
#[derive(Debug, Clone, Default)]
pub struct Fence(Option<Arc<dyn Holder>>);

impl Fence {
    pub(super) fn of(hold: &KeyHold) -> Self {
        Self(Some(Arc::clone(&hold.holder)))
    }

    /// Whether it can close: a lease that the kernel keeps is never lost.
    #[must_use]
    pub const fn can_be_lost(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the key is still this process's to send. A lease that the kernel keeps cannot be lost.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.0.as_ref().is_none_or(|holder| holder.holds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_of_the_kernel_is_never_lost() {
        assert!(Fence::default().holds());
    }
}
