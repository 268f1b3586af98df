//! Credentials on the command line where none belongs: refused before a command runs, and so before anything is
//! stored or sent.

use clap::{Arg, ArgMatches, Command};

use crate::credential::{Credential, find};

use super::failure::Failure;

/// Options that say where a secret comes from. In test mode they take one as it is, with a warning.
const TAKE_SECRETS: [&str; 3] = ["api_key", "secret", "from"];

/// What is verified is neither stored nor sent, whatever it holds.
const VERIFIED: [&str; 2] = ["header", "payload"];

/// Refuses a command line that holds a credential in any other place.
pub(super) fn refuse(command: &Command, matches: &ArgMatches) -> Result<(), Failure> {
    let is_webhook = command.get_name() == "webhook";
    refuse_within(command, matches, is_webhook)
}

fn refuse_within(command: &Command, matches: &ArgMatches, is_webhook: bool) -> Result<(), Failure> {
    for arg in command.get_arguments() {
        let id = arg.get_id().as_str();
        if TAKE_SECRETS.contains(&id) || is_webhook && VERIFIED.contains(&id) {
            continue;
        }
        let values = matches.try_get_raw(id).ok().flatten().into_iter().flatten();
        let found = values.filter_map(|value| find(value.as_encoded_bytes()));
        // The client secret of a confirmation is a parameter; the request itself is judged later.
        let mut found = found.filter(|found| !(id == "data" && *found == Credential::ClientSecret));
        if let Some(found) = found.next() {
            return Err(refusal(command, arg, found));
        }
    }
    let Some((name, matches)) = matches.subcommand() else { return Ok(()) };
    let within = command.find_subcommand(name).expect("a subcommand that was matched is one");
    refuse_within(within, matches, is_webhook || name == "webhook")
}

fn refusal(command: &Command, arg: &Arg, found: Credential) -> Failure {
    let place = match (arg.get_long(), arg.get_value_names()) {
        (Some(long), _) => format!("--{long}"),
        (None, Some([name, ..])) => name.to_string(),
        _ => arg.get_id().to_string(),
    };
    let message = format!("{place} holds {}, which does not belong there", found.words());
    let failure = Failure::usage(message).hint(
        "an API key goes into --api-key env:NAME, file:PATH or - (standard input), or into the keyring: paycli login",
    );
    let sends = ["request", "get", "post", "delete"].contains(&command.get_name());
    if sends { failure.unsent() } else { failure }
}
