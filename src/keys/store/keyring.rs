//! The keyring of the operating system: Secret Service, Keychain or Credential Manager.

use std::collections::HashMap;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};

use uuid::Uuid;

use super::{SecretStore, StoreError};
use crate::keys::Slot;
use crate::profile::Mode;

/// The name of the entry that holds the keyring's identity.
const IDENTITY: &str = "store";

/// After this long a person is told what is being waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// The keyring. Each call is made in a thread of its own and given up after a time: the service behind it
/// may hang, or wait for a prompt that nobody sees.
pub struct KeyringStore {
    limit: Duration,
    on_wait: Box<dyn Fn()>,
}

impl KeyringStore {
    /// A keyring that has `limit` for each call. `on_wait` is called when one takes longer than a second.
    #[must_use]
    pub fn new(limit: Duration, on_wait: Box<dyn Fn()>) -> Self {
        Self { limit, on_wait }
    }

    /// Makes one call to the service, if it can be reached.
    fn call<T: Send + 'static>(
        &self,
        name: String,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, StoreError> {
        within(self.limit, PATIENCE, &self.on_wait, move || match Entry::store_status() {
            // The error of a failed opening says nothing; its cause is kept apart.
            Err(cause) => Err(StoreError::Unavailable(innermost(cause))),
            Ok(()) => work().map_err(|error| translate(&error, &name)),
        })
    }
}

/// Does something in a thread of its own, and gives it up after `limit`; `on_wait` is called once, after
/// `patience`. A thread that is given up stays behind; it does not keep the process from ending.
fn within<T: Send + 'static>(
    limit: Duration,
    patience: Duration,
    on_wait: &dyn Fn(),
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (sender, receiver) = channel();
    let run = move || {
        // Whoever asked may have given up.
        let _ = sender.send(work());
    };
    std::thread::Builder::new()
        .name("keyring".into())
        .spawn(run)
        .map_err(|error| StoreError::Failed(error.to_string()))?;
    let first = patience.min(limit);
    let answer = receiver.recv_timeout(first).or_else(|error| {
        let rest = limit.saturating_sub(first);
        if error == RecvTimeoutError::Disconnected || rest.is_zero() {
            return Err(error);
        }
        on_wait();
        receiver.recv_timeout(rest)
    });
    match answer {
        Ok(done) => done,
        Err(RecvTimeoutError::Timeout) => Err(StoreError::Timeout(limit)),
        Err(RecvTimeoutError::Disconnected) => {
            Err(StoreError::Failed("its library ended without an answer".into()))
        }
    }
}

impl SecretStore for KeyringStore {
    fn get(&self, slot: &Slot) -> Result<Option<SecretString>, StoreError> {
        let (service, user) = (service(slot.mode), slot.path.clone());
        self.call(slot.path.clone(), move || Ok(password(&service, &user)?.map(SecretString::from)))
    }

    fn set(&self, slot: &Slot, secret: &SecretString) -> Result<(), StoreError> {
        let (secret, mode, user) = (secret.clone(), slot.mode, slot.path.clone());
        self.call(slot.path.clone(), move || {
            identify(mode)?;
            Entry::new(&service(mode), &user)?.set_password(secret.expose_secret())
        })
    }

    fn delete(&self, slot: &Slot) -> Result<(), StoreError> {
        let (service, user) = (service(slot.mode), slot.path.clone());
        self.call(slot.path.clone(), move || match Entry::new(&service, &user)?.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            done => done,
        })
    }

    fn identity(&self, mode: Mode) -> Result<Option<String>, StoreError> {
        self.call(IDENTITY.to_owned(), move || password(&identity_service(mode), IDENTITY))
    }

    fn slots(&self, mode: Mode) -> Result<Vec<String>, StoreError> {
        let service = service(mode);
        self.call("slots".to_owned(), move || {
            let found = keyring_core::Entry::search(&HashMap::from([("service", &*service)]))?;
            let specifiers = found.iter().filter_map(keyring_core::Entry::get_specifiers);
            Ok(specifiers.filter(|(of, _)| *of == service).map(|(_, user)| user).collect())
        })
    }
}

/// The service that secrets of a mode belong to. Test and live share none.
fn service(mode: Mode) -> String {
    format!("paycli.{mode}")
}

/// The service of the identity: apart from the secrets, so that it is none of them.
fn identity_service(mode: Mode) -> String {
    format!("paycli.{mode}.identity")
}

/// The text of an entry, or nothing where there is none.
fn password(service: &str, user: &str) -> Result<Option<String>, Error> {
    match Entry::new(service, user)?.get_password() {
        Ok(text) => Ok(Some(text)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Gives the keyring its identity, where it has none.
fn identify(mode: Mode) -> Result<(), Error> {
    let service = identity_service(mode);
    if password(&service, IDENTITY)?.is_some() {
        return Ok(());
    }
    Entry::new(&service, IDENTITY)?.set_password(&Uuid::new_v4().to_string())
}

/// Our own error for one of the library's, two of which hold the secret: nothing of those is kept.
fn translate(error: &Error, user: &str) -> StoreError {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            StoreError::NotText(format!("the keyring's entry {user}"))
        }
        Error::NoStorageAccess(cause) => StoreError::Locked(cause.to_string()),
        Error::TooLong(..) => StoreError::TooLong,
        Error::Ambiguous(_) => StoreError::Ambiguous(user.to_owned()),
        Error::NoEntry => StoreError::Failed("the entry is gone".into()),
        other => StoreError::Failed(innermost(other)),
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_that_hold_the_secret_lose_it() {
        let secret = "hunter2-hunter2".as_bytes().to_vec();
        let cause = Box::new(std::io::Error::other("x"));
        for error in [Error::BadEncoding(secret.clone()), Error::BadDataFormat(secret.clone(), cause)] {
            let ours = translate(&error, "test/api/1");
            assert!(!format!("{ours} {ours:?}").contains("104, 117"), "{ours:?}");
            assert!(matches!(ours, StoreError::NotText(_)));
        }
    }

    /// A store that answers when the test lets it, or after a minute.
    fn slow() -> (std::sync::mpsc::Sender<()>, impl FnOnce() -> Result<(), StoreError> + Send) {
        let (release, released) = channel();
        let work = move || {
            let _ = released.recv_timeout(Duration::from_secs(60));
            Ok(())
        };
        (release, work)
    }

    #[test]
    fn a_call_that_hangs_is_told_of_once_and_given_up_while_it_hangs() {
        let told = std::cell::Cell::new(0);
        let (limit, patience) = (Duration::from_millis(60), Duration::from_millis(20));
        let (release, work) = slow();
        let answer = within(limit, patience, &|| told.set(told.get() + 1), work);
        assert!(matches!(answer, Err(StoreError::Timeout(given)) if given == limit), "{answer:?}");
        assert_eq!(told.get(), 1);
        release.send(()).expect("the call still hangs");
    }

    #[test]
    fn a_call_that_takes_longer_than_the_patience_is_waited_for() {
        let (release, work) = slow();
        let on_wait = || release.send(()).expect("the call waits");
        let answer = within(Duration::from_secs(60), Duration::from_millis(20), &on_wait, work);
        assert!(answer.is_ok(), "{answer:?}");
    }

    #[test]
    fn a_call_whose_thread_ends_without_an_answer_is_an_error_and_not_waited_for() {
        let never = || panic!("it is over, and nobody waits");
        let limit = Duration::from_secs(60);
        let answer = within::<()>(limit, limit, &never, || std::panic::resume_unwind(Box::new(())));
        assert!(matches!(answer, Err(StoreError::Failed(_))), "{answer:?}");
    }
}
