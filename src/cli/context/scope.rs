//! The global options that a printed command needs, so that it acts where the command before it did.

use super::{Context, variable};
use crate::keys::SecretSource;
use crate::output::has_terminal;
use crate::profile::Mode;

/// Commands that act on no profile's account and take none of its options.
const WITHOUT_PROFILE: [&str; 4] = ["config", "help", "profile", "sandbox"];

/// Commands that work on stored keys, and look at no key that comes with the call.
const WITH_STORED_KEYS: [&str; 3] = ["keys", "login", "logout"];

/// Commands of stored keys that may ask for a confirmation.
const MAY_ASK_OF_KEYS: [&str; 7] =
    ["keys add", "keys doctor --mend", "keys remove", "keys revoke", "keys rotate", "login", "logout"];

/// Commands that may ask before they send a request in live mode.
const MAY_ASK_OF_REQUESTS: [&str; 5] = ["delete", "journal resume", "post", "request", "webhook trigger"];

/// The profile, the mode and the API of this call, as options, and how confirmations are answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cli) struct Scope {
    options: Vec<String>,
    /// Where the API key comes from, where the call said so.
    key: Vec<String>,
    /// `--yes` was given.
    is_confirmed: bool,
    /// There is a terminal, at which a question can be answered.
    can_ask: bool,
}

impl Scope {
    /// A whole command that can be typed as it stands.
    ///
    /// `--yes` goes with a command that may ask, where this call had it. Without a terminal the question could
    /// not be answered at all, so commands of stored keys get it then too; requests do not, since no text of
    /// paycli confirms a payment that nobody has confirmed yet.
    pub(in crate::cli) fn complete(&self, command: &str) -> String {
        let first = command.split(' ').next().unwrap_or_default();
        let is_complete = first == "-p" || WITHOUT_PROFILE.contains(&first);
        let mut words = vec!["paycli"];
        if !is_complete {
            words.extend(self.options.iter().map(String::as_str));
            if !WITH_STORED_KEYS.contains(&first) {
                words.extend(self.key.iter().map(String::as_str));
            }
        }
        if self.answers(command) {
            words.push("--yes");
        }
        words.push(command);
        words.join(" ")
    }

    /// The same for a report that is kept and read later, such as a CI job's: whoever types its commands is asked.
    pub(in crate::cli) fn of_report(self) -> Self {
        Self { can_ask: true, ..self }
    }

    fn answers(&self, command: &str) -> bool {
        let is_answered = command.split(' ').any(|word| ["--yes", "-y", "--confirm", "-c"].contains(&word));
        let is_one_of = |commands: &[&str]| commands.iter().any(|known| begins_with(command, known));
        let may_ask_of_keys = is_one_of(&MAY_ASK_OF_KEYS);
        let is_wanted = self.is_confirmed && (may_ask_of_keys || is_one_of(&MAY_ASK_OF_REQUESTS));
        !is_answered && (is_wanted || may_ask_of_keys && !self.can_ask)
    }
}

/// Whether a command is `known`, after the profile that it may name itself.
fn begins_with(command: &str, known: &str) -> bool {
    let mut words = command.split(' ').peekable();
    if words.next_if_eq(&"-p").is_some() {
        words.next();
        words.next_if_eq(&"--live");
    }
    known.split(' ').all(|word| words.next() == Some(word))
}

impl Context {
    /// The scope of this call. It needs no file that can be read: a failure to read one is told too.
    pub(in crate::cli) fn scope(&self) -> Scope {
        let mut options = Vec::new();
        if let Some(name) = self.global.profile.clone().or_else(|| variable("PAYCLI_PROFILE")) {
            options.extend(["-p".to_owned(), shell_word(&name)]);
        }
        if self.profile().is_ok_and(|profile| profile.mode.is_live()) {
            options.push("--live".to_owned());
        }
        if let Some(base) = &self.global.api_base {
            options.extend(["--api-base".to_owned(), shell_word(base)]);
        }
        Scope { options, key: self.key_options(), is_confirmed: self.global.yes, can_ask: has_terminal() }
    }

    /// The scope of a profile that need not be the one of this call.
    pub(in crate::cli) fn scope_of(&self, name: &str, mode: Mode) -> Scope {
        let live = mode.is_live().then(|| "--live".to_owned());
        let options = ["-p".to_owned(), shell_word(name)].into_iter().chain(live).collect();
        Scope { options, key: Vec::new(), is_confirmed: self.global.yes, can_ask: has_terminal() }
    }

    /// The option that named the API key, where the same can be typed again: standard input has been read, and
    /// a key that was given as it is belongs in no text.
    fn key_options(&self) -> Vec<String> {
        if let Some(path) = &self.global.api_key_file {
            return vec!["--api-key-file".to_owned(), shell_word(&path.to_string_lossy())];
        }
        let named =
            self.global.api_key.as_deref().filter(|text| {
                matches!(SecretSource::parse(text), SecretSource::Env(_) | SecretSource::File(_))
            });
        named.map_or_else(Vec::new, |text| vec!["--api-key".to_owned(), shell_word(text)])
    }
}

/// A word as a POSIX shell reads it back. No shell reads a NUL back, and no such option was typed.
pub(super) fn shell_word(text: &str) -> String {
    shlex::try_quote(text).map_or_else(|_| text.to_owned(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live() -> Scope {
        let options = ["-p", "live", "--live"].map(str::to_owned).to_vec();
        Scope { options, can_ask: true, ..Scope::default() }
    }

    #[test]
    fn a_command_gets_the_options_once_and_only_where_they_mean_something() {
        let scope = live();
        assert_eq!(scope.complete("keys status"), "paycli -p live --live keys status");
        assert_eq!(scope.complete("config path"), "paycli config path");
        assert_eq!(scope.complete("-p other keys list"), "paycli -p other keys list");
        assert_eq!(Scope::default().complete("keys status"), "paycli keys status");
        let key = ["--api-key", "env:KEY"].map(str::to_owned).to_vec();
        let scope = Scope { key, ..Scope::default() };
        assert_eq!(scope.complete("whoami"), "paycli --api-key env:KEY whoami");
        assert_eq!(scope.complete("keys status"), "paycli keys status");
    }

    #[test]
    fn a_confirmation_is_answered_where_it_was_and_for_stored_keys_where_nobody_can_be_asked() {
        let (asked, given) = (live(), Scope { is_confirmed: true, ..live() });
        let alone = Scope { can_ask: false, ..live() };
        for (command, of_given, of_alone) in [
            ("keys revoke --previous", true, true),
            ("keys rotate --abort --yes", false, false),
            ("keys doctor --mend", true, true),
            ("keys doctor", false, false),
            ("keys status", false, false),
            ("-p other --live keys remove api", true, true),
            ("journal resume key", true, false),
            ("post charges", true, false),
            ("journal show key", false, false),
        ] {
            let is_answered = |scope: &Scope| scope.complete(command).contains(" --yes ");
            assert_eq!(
                (is_answered(&asked), is_answered(&given), is_answered(&alone)),
                (false, of_given, of_alone),
                "{command}"
            );
        }
    }
}
