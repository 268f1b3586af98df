//! Whether a stream gets colour, decided for each stream by itself, and the few styles that there are.

use std::ffi::OsString;

use colored::Colorize;

/// What the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourChoice {
    /// Colour on a terminal.
    #[default]
    Auto,
    /// Colour everywhere.
    Always,
    /// No colour.
    Never,
}

/// Whether a stream gets colour, and the styles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(bool);

impl Colour {
    /// Decides for a stream: the flag, then `NO_COLOR`, then `CLICOLOR_FORCE`, then the terminal.
    pub fn decide(
        choice: ColourChoice,
        is_terminal: bool,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Self {
        let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
        let is_on = match choice {
            ColourChoice::Always => true,
            ColourChoice::Never => false,
            ColourChoice::Auto if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
            ColourChoice::Auto if is_set("CLICOLOR_FORCE") => true,
            ColourChoice::Auto => is_terminal && variable("TERM").is_none_or(|term| term != "dumb"),
        };
        // The crate decides by standard output alone: it is told, and only styles.
        colored::control::set_override(true);
        Self(is_on)
    }

    fn style(self, text: &str, style: impl Fn(&str) -> colored::ColoredString) -> String {
        if self.0 { style(text).to_string() } else { text.to_owned() }
    }

    /// What went wrong.
    #[must_use]
    pub fn error(self, text: &str) -> String {
        self.style(text, |text| text.red().bold())
    }

    /// What deserves a look.
    #[must_use]
    pub fn warning(self, text: &str) -> String {
        self.style(text, |text| text.yellow().bold())
    }

    /// What went well.
    #[must_use]
    pub fn success(self, text: &str) -> String {
        self.style(text, |text| text.green().bold())
    }

    /// What may be passed over.
    #[must_use]
    pub fn dim(self, text: &str) -> String {
        self.style(text, |text| text.dimmed())
    }

    /// Where money moves.
    #[must_use]
    pub fn live(self, text: &str) -> String {
        self.style(text, |text| text.white().on_red().bold())
    }

    /// The name of a member of JSON.
    #[must_use]
    pub fn name(self, text: &str) -> String {
        self.style(text, |text| text.blue())
    }

    /// A string of JSON.
    #[must_use]
    pub fn string(self, text: &str) -> String {
        self.style(text, |text| text.green())
    }

    /// A number, `true`, `false` or `null` of JSON.
    #[must_use]
    pub fn literal(self, text: &str) -> String {
        self.style(text, |text| text.cyan())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(choice: ColourChoice, is_terminal: bool, variables: &[(&str, &str)]) -> bool {
        let reader = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        };
        Colour::decide(choice, is_terminal, reader).0
    }

    #[test]
    fn the_flag_beats_the_variables_and_they_beat_the_terminal() {
        use ColourChoice::{Always, Auto, Never};
        assert!(decide(Auto, true, &[]) && !decide(Auto, false, &[]));
        assert!(
            decide(Always, false, &[("NO_COLOR", "1")]) && !decide(Never, true, &[("CLICOLOR_FORCE", "1")])
        );
        assert!(!decide(Auto, true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(
            decide(Auto, false, &[("CLICOLOR_FORCE", "1")])
                && !decide(Auto, false, &[("CLICOLOR_FORCE", "0")])
        );
        assert!(decide(Auto, true, &[("NO_COLOR", "")]));
        assert!(!decide(Auto, true, &[("TERM", "dumb")]));
    }
}
