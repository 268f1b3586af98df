//! Asks the API which of the keys that were found still work. Each key is asked about once.

use std::collections::HashMap;

use crate::cli::context::{Context, variable};
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::keys::{Api, ApiKey, Probe};
use crate::profile::{Mode, Profile};
use crate::scan::{Alive, Finding};

use super::api::HttpApi;

/// Adds to each finding what the API says of its key.
pub(super) fn verify(context: &Context, findings: &mut [Finding]) -> Result<(), Failure> {
    let (test, live) = (profile(context, Mode::Test)?, profile(context, Mode::Live)?);
    let mut of_test = KeyVerifier::new(HttpApi::of(context, &test)?);
    let mut of_live = None;
    if context.global.live {
        context.admit(&live, false)?;
        context.printer.live_banner("live keys are verified");
        of_live = Some(KeyVerifier::new(HttpApi::of(context, &live)?));
    }
    for finding in findings {
        let Some(key) = finding.leak.secret.key() else {
            finding.alive = Some(Alive::Unknown("the API cannot be asked about a signing secret".into()));
            continue;
        };
        // A key that does not tell its mode counts as live.
        let asked = if key.mode() == Some(Mode::Test) { Some(&mut of_test) } else { of_live.as_mut() };
        let not_asked = || Alive::Unknown("live keys are verified with --live".into());
        finding.alive = Some(asked.map_or_else(not_asked, |asked| asked.ask(key)));
    }
    Ok(())
}

/// The profile whose API is asked about the keys of a mode: the chosen one where it is of that mode. `--live` needs no
/// live profile to be named here, since no key of a profile is used; a test profile that is named with it is refused.
fn profile(context: &Context, mode: Mode) -> Result<Profile, Failure> {
    let chosen = context.profile()?;
    let is_named = context.global.profile.is_some() || variable("PAYCLI_PROFILE").is_some();
    if is_named {
        context.admit(chosen, false)?;
    }
    if chosen.mode == mode {
        return Ok(chosen.clone());
    }
    Ok(context.config()?.profile(mode.as_str())?.clone())
}

/// An API and what it said of each key.
struct KeyVerifier<'a> {
    api: HttpApi<'a>,
    answers: HashMap<String, Alive>,
    /// Why it could not be reached: then it is asked no more.
    unreachable: Option<String>,
}

impl<'a> KeyVerifier<'a> {
    fn new(api: HttpApi<'a>) -> Self {
        Self { api, answers: HashMap::new(), unreachable: None }
    }

    fn ask(&mut self, key: &ApiKey) -> Alive {
        if let Some(known) = self.answers.get(key.expose()) {
            return known.clone();
        }
        if let Some(why) = &self.unreachable {
            return Alive::Unknown(why.clone());
        }
        let answer = match self.api.probe(key) {
            Probe::Alive { .. } => Alive::Works,
            Probe::Refused => Alive::Refused,
            Probe::Unknown(failure) => {
                self.unreachable = (failure.code == ExitCode::NotSent).then(|| failure.why.clone());
                Alive::Unknown(failure.why)
            }
        };
        self.answers.insert(key.expose().to_owned(), answer.clone());
        answer
    }
}
