//! The previous API key: while the overlap of a rotation lasts, it is tried once after a 401.

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, Mutex};

use crate::keys::ApiKey;

type Find = Box<dyn FnOnce() -> Option<ApiKey> + Send>;

/// A key that may have to be looked for, once. Looking can take as long as a keyring takes to answer, or a
/// person to type its password.
#[derive(Default)]
pub struct PreviousKey(Cell<Option<Find>>);

impl fmt::Debug for PreviousKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreviousKey")
    }
}

impl PreviousKey {
    /// One that `find` finds, when it is needed.
    #[must_use]
    pub fn found_by(find: impl FnOnce() -> Option<ApiKey> + Send + 'static) -> Self {
        Self(Cell::new(Some(Box::new(find))))
    }

    /// Looks for it on a thread of its own, so that Ctrl-C is heard meanwhile. The second time there is
    /// nothing to look for.
    pub(super) async fn look_up(&self) -> Option<ApiKey> {
        let find = self.0.take()?;
        let (sender, found) = tokio::sync::oneshot::channel();
        let look = move || {
            // Nobody waits any more when the user has stopped the run.
            let _ = sender.send(find());
        };
        std::thread::Builder::new().spawn(look).ok()?;
        found.await.ok().flatten()
    }
}

/// A previous key that many senders may need: the first one that does looks for it.
#[derive(Clone)]
pub struct SharedPreviousKey(Arc<Mutex<Looked>>);

enum Looked {
    NotYet(Option<Find>),
    Found(Option<ApiKey>),
}

impl fmt::Debug for SharedPreviousKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedPreviousKey")
    }
}

impl SharedPreviousKey {
    /// Shares a key that nobody has looked for yet.
    #[must_use]
    pub fn of(key: &PreviousKey) -> Self {
        Self(Arc::new(Mutex::new(Looked::NotYet(key.0.take()))))
    }

    /// The key for one sender.
    #[must_use]
    pub fn one(&self) -> PreviousKey {
        let shared = Arc::clone(&self.0);
        PreviousKey::found_by(move || {
            let mut looked = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Looked::NotYet(find) = &mut *looked {
                let found = find.take().and_then(|find| find());
                *looked = Looked::Found(found);
            }
            let Looked::Found(key) = &*looked else { return None };
            key.clone()
        })
    }
}
