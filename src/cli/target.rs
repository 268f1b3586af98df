//! Where a request goes: the API's base, the key for it, and the sandbox when it is in process.

use std::net::Ipv4Addr;

use tokio::net::TcpListener;

use crate::journal::Intent;
use crate::profile::{Api, ApiBase, Profile};
use crate::request::is_keyed;
use crate::sandbox::{Clock, Sandbox, SandboxKeys, Storage};

use super::api_key::agree;
use super::context::{Context, variable};
use super::failure::Failure;
use super::held::{FoundKey, stored_key};

/// The base that the journal writes for the sandbox, whose port is another one every time.
pub(super) const SANDBOX: &str = "sandbox";

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// To an API over the network.
    Base(ApiBase),
    /// To the embedded sandbox.
    Sandbox,
}

impl Destination {
    /// The flag's or the environment's base, else the profile's.
    pub(super) fn of(context: &Context, profile: &Profile) -> Result<Self, Failure> {
        if let Some(base) = &context.global.api_base {
            return Ok(Self::Base(ApiBase::parse(base)?));
        }
        if let Some(base) = variable("PAYCLI_API_BASE") {
            let base = ApiBase::parse(&base);
            return base
                .map(Self::Base)
                .map_err(|error| Failure::configuration(format!("PAYCLI_API_BASE: {error}")));
        }
        Ok(match &profile.api {
            Api::Stripe => Self::Base(ApiBase::stripe()),
            Api::Stored(base) => Self::Base(base.clone()),
            Api::Sandbox => Self::Sandbox,
        })
    }

    /// The base that the journal names, which is where its key means something. One that the flag or the
    /// environment gives has to be the same.
    pub(super) fn of_entry(context: &Context, profile: &Profile, base: &str) -> Result<Self, String> {
        let is_given = context.global.api_base.is_some() || variable("PAYCLI_API_BASE").is_some();
        let route = if is_given {
            Self::of(context, profile).map_err(|failure| failure.message)?
        } else if base == SANDBOX {
            Self::Sandbox
        } else {
            Self::Base(ApiBase::parse(base).map_err(|error| error.to_string())?)
        };
        if route.name() != base {
            return Err(format!("it was sent to {base}, and its key means nothing to {}", route.name()));
        }
        route.admit(profile).map_err(|failure| failure.message)?;
        Ok(route)
    }

    /// The base as the journal writes it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Base(base) => base.as_str(),
            Self::Sandbox => SANDBOX,
        }
    }

    /// The base as people read it, for a request that is only printed.
    pub(super) fn shown(&self) -> ApiBase {
        match self {
            Self::Base(base) => base.clone(),
            Self::Sandbox => ApiBase::parse("http://127.0.0.1:12111").expect("a constant that is a URL"),
        }
    }

    /// Lets a live key go only to Stripe, to this machine, or to the base that the profile stores.
    pub(super) fn admit(&self, profile: &Profile) -> Result<(), Failure> {
        let Self::Base(base) = self else { return Ok(()) };
        let is_stored = matches!(&profile.api, Api::Stored(stored) if stored == base);
        if !profile.mode.is_live() || base.is_stripe() || base.is_loopback() || is_stored {
            return Ok(());
        }
        let message =
            format!("a live key is not sent to {base}, which is neither Stripe's nor stored in the profile");
        let next = format!("config set profiles.{}.api_base {base}", profile.name);
        Err(Failure::configuration(message).next(next))
    }

    /// The key for this route. The sandbox has its own: keys of the environment mean nothing to it.
    pub(super) fn key(&self, context: &mut Context, profile: &Profile) -> Result<FoundKey, Failure> {
        let is_given = context.global.api_key.is_some() || context.global.api_key_file.is_some();
        if *self != Self::Sandbox || is_given {
            return context.key(profile);
        }
        let found = match stored_key(context, profile)? {
            Some(stored) => stored,
            None => FoundKey::given(sandbox_keys()?.secret, "the sandbox".into()),
        };
        agree(profile, &found)?;
        Ok(found)
    }

    /// The base to connect to; starts the sandbox where that is the route. Must be called inside a
    /// runtime, which the sandbox lives as long as.
    pub(super) async fn open(&self) -> Result<ApiBase, Failure> {
        match self {
            Self::Base(base) => Ok(base.clone()),
            Self::Sandbox => start_sandbox().await,
        }
    }
}

/// The keys of this home's sandbox, made the first time.
pub(super) fn sandbox_keys() -> Result<SandboxKeys, Failure> {
    Ok(SandboxKeys::load_or_create(&Context::paths()?.sandbox_keys_file())?)
}

async fn start_sandbox() -> Result<ApiBase, Failure> {
    let storage = Storage::File(Context::paths()?.sandbox_file());
    let sandbox = Sandbox::open(&storage, &sandbox_keys()?, Clock::system())?;
    let failed = |error: std::io::Error| Failure::internal(format!("the sandbox cannot listen: {error}"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    tokio::spawn(sandbox.serve(listener, std::future::pending()));
    Ok(ApiBase::parse(&format!("http://{address}")).expect("an address of this machine is a base"))
}

/// The account that the request is for, or a mark of the key where nothing tells the account.
pub(super) fn name_account(intent: &mut Intent, profile: &Profile, found: &FoundKey) -> Result<(), Failure> {
    intent.account = profile.account.clone().or_else(|| found.account());
    // Only what the journal keeps needs the mark, so that reading works without it.
    if intent.account.is_none() && is_keyed(intent.family, intent.method) {
        intent.credential = Some(Context::mark(&found.key)?);
    }
    Ok(())
}
