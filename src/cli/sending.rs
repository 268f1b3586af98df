//! What a request is sent with: the way to the API, and a key that has passed the gate.

use crate::journal::Intent;
use crate::keys::{ApiKey, KnownTestKeys};
use crate::profile::{ApiBase, Profile};
use crate::request::{AdmittedKey, Interrupt, ModeGate, RetryPolicy, Sender, Transport, Turn};

use super::context::Context;
use super::failure::Failure;
use super::held::{FoundKey, previous_key};
use super::progress::tell;
use super::target::Destination;

/// Where to, for whom, and how long.
pub(super) struct Sending<'a> {
    pub(super) context: &'a Context,
    pub(super) profile: &'a Profile,
    pub(super) found: &'a FoundKey,
    pub(super) base: &'a ApiBase,
    pub(super) policy: RetryPolicy,
}

impl Sending<'_> {
    /// Lets the key through for a request, and does something with a sender.
    pub(super) async fn with<T>(
        &self,
        intent: &Intent,
        interrupt: &Interrupt,
        work: impl AsyncFnOnce(&mut Sender<'_>) -> T,
    ) -> Result<T, Failure> {
        let transport = Transport::new(self.base, self.policy.timeout)?;
        let gate = gate(&transport, self.profile)?;
        let api_key = tokio::select! {
            admitted = admit(&gate, &self.found.key, intent) => admitted?,
            () = interrupt.pressed(1) => return Err(Failure::interrupted()),
        };
        let scope = self.context.scope();
        let mut sender = Sender {
            transport: &transport,
            gate: &gate,
            api_key,
            previous: previous_key(self.context, self.profile, self.found),
            policy: self.policy,
            turn: Turn::default(),
            interrupt,
            notify: &mut |progress| tell(self.context.printer, &scope, &progress),
        };
        Ok(work(&mut sender).await)
    }
}

/// The gate of a profile on its way to an API.
pub(super) fn gate<'a>(transport: &'a Transport, profile: &Profile) -> Result<ModeGate<'a>, Failure> {
    Ok(ModeGate { transport, mode: profile.mode, known: KnownTestKeys::of(&Context::paths()?) })
}

/// Lets a key through the gate for whatever will be sent with it; the API is asked for its mode where nothing
/// else tells it.
pub(super) async fn let_through(
    context: &Context,
    profile: &Profile,
    route: &Destination,
    key: &ApiKey,
) -> Result<(), Failure> {
    let transport = Transport::new(&route.open().await?, context.global.timeout)?;
    let account = Intent::get(profile, route.name(), "/v1/account");
    admit(&gate(&transport, profile)?, key, &account).await.map(drop)
}

/// Lets a key through the gate, or says why not.
pub(super) async fn admit(
    gate: &ModeGate<'_>,
    key: &ApiKey,
    intent: &Intent,
) -> Result<AdmittedKey, Failure> {
    Ok(gate.admit(key, intent).await?)
}
