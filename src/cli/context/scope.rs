//! The global options that a printed command needs, so that it acts where the command before it did.

use super::{Context, variable};

/// Commands that act on no profile's account and take none of its options.
const WITHOUT_PROFILE: [&str; 4] = ["config", "help", "profile", "sandbox"];

/// The profile, the mode and the API of this call, as options.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cli) struct Scope {
    options: Vec<String>,
}

impl Scope {
    /// A whole command that can be typed as it stands.
    pub(in crate::cli) fn complete(&self, command: &str) -> String {
        let first = command.split(' ').next().unwrap_or_default();
        let is_complete = first == "-p" || WITHOUT_PROFILE.contains(&first);
        let options = if is_complete { &[][..] } else { &self.options };
        let mut words = vec!["paycli"];
        words.extend(options.iter().map(String::as_str));
        words.push(command);
        words.join(" ")
    }
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
        Scope { options }
    }
}

/// A word as a POSIX shell reads it back. No shell reads a NUL back, and no such option was typed.
pub(super) fn shell_word(text: &str) -> String {
    shlex::try_quote(text).map_or_else(|_| text.to_owned(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_gets_the_options_once_and_only_where_they_mean_something() {
        let scope = Scope { options: ["-p", "live", "--live"].map(str::to_owned).to_vec() };
        assert_eq!(scope.complete("keys status"), "paycli -p live --live keys status");
        assert_eq!(scope.complete("config path"), "paycli config path");
        assert_eq!(scope.complete("-p other keys list"), "paycli -p other keys list");
        assert_eq!(Scope::default().complete("keys status"), "paycli keys status");
    }
}
