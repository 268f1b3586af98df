//! The idempotency keys that are being worked on in this process.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

type AccountKey = (String, String);

/// The set of them.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct InFlight {
    keys: Arc<Mutex<HashSet<AccountKey>>>,
}

/// The right to work under a key. Dropping it, on whatever way, gives the key free.
#[derive(Debug)]
pub(in crate::sandbox) struct Claim {
    keys: Arc<Mutex<HashSet<AccountKey>>>,
    key: AccountKey,
}

impl InFlight {
    /// Takes the key, unless somebody has it.
    pub(in crate::sandbox) fn claim(&self, account: &str, key: &str) -> Option<Claim> {
        let key = (account.to_owned(), key.to_owned());
        let taken = self.keys.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
        taken.then(|| Claim { keys: Arc::clone(&self.keys), key })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_holder_at_a_time() {
        let keys = InFlight::default();
        let first = keys.claim("acct_1", "k");
        assert!(first.is_some());
        assert!(keys.claim("acct_1", "k").is_none());
        assert!(keys.claim("acct_2", "k").is_some());
        drop(first);
        assert!(keys.claim("acct_1", "k").is_some());
    }
}
