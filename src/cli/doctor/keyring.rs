//! Whether keys can be kept here, and whether the profile has one.

use crate::cli::context::Context;
use crate::cli::held::{FoundKey, stores};
use crate::cli::target::Destination;
use crate::keys::{OpenStore, SecretKind, StoreKind};
use crate::profile::Profile;

use super::check::{Check, Status};

/// Whether the store of the profile answers. Nothing is stored.
pub(super) fn check(context: &Context, profile: &Profile) -> Check {
    let name = "keyring";
    let kind = profile.keystore.unwrap_or(StoreKind::Keyring);
    if kind != StoreKind::Keyring {
        return Check::new(
            name,
            Status::Skipped,
            format!("profile {} keeps its keys elsewhere: {}", profile.name, kind.as_str()),
        );
    }
    let answer = stores(context, profile.mode)
        .map_err(|failure| (failure.message, failure.advice.hint))
        .and_then(|stores| {
            // A slot that nobody has: any answer shows that the keyring works.
            let slot = crate::cli::held::default_id(profile, SecretKind::Api).slot("doctor");
            let asked = stores.open(StoreKind::Keyring).and_then(|store| store.get(&slot));
            asked.map(|_| ()).map_err(|error| {
                let failure = crate::cli::failure::Failure::from(error);
                (failure.message, failure.advice.hint)
            })
        });
    match answer {
        Ok(()) => Check::ok(name, "the keyring answers"),
        Err((why, hint)) => {
            let check = Check::warning(name, why).mend("paycli keys add --keystore file");
            Check { hint, ..check }
        }
    }
}

/// Whether the profile has a key, and the key.
pub(super) fn key(context: &mut Context, profile: &Profile) -> (Check, Option<FoundKey>) {
    let found = Destination::of(context, profile).and_then(|route| route.key(context, profile));
    match found {
        Ok(found) => (Check::ok("key", format!("{} (from {})", found.key, found.source)), Some(found)),
        Err(failure) => (Check::of("key", Status::Warning, failure, context), None),
    }
}
