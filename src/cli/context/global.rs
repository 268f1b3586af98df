//! The options that every command takes.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::output::ColourChoice;
use crate::profile::parse_duration;

/// When to use colour.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ColorArg {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl From<ColorArg> for ColourChoice {
    fn from(arg: ColorArg) -> Self {
        match arg {
            ColorArg::Auto => Self::Auto,
            ColorArg::Always => Self::Always,
            ColorArg::Never => Self::Never,
        }
    }
}

/// The form of what is written to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputArg {
    /// For people.
    Human,
    /// One documented JSON object, or one a line.
    Json,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// The profile to use [env: PAYCLI_PROFILE]
    #[arg(short, long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Act in live mode; only with a live profile
    #[arg(long, global = true)]
    pub live: bool,
    /// Answer every confirmation with yes
    #[arg(short, long, global = true, visible_alias = "confirm", visible_short_alias = 'c')]
    pub yes: bool,
    /// The form of standard output
    #[arg(long, global = true, value_name = "FORM", default_value = "human")]
    pub output: OutputArg,
    /// The same as --output json
    #[arg(long, global = true)]
    pub json: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorArg,
    /// Say nothing but errors on standard error
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Trace requests and retries on standard error
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// The base URL of the API: https, or http on this machine [env: PAYCLI_API_BASE]
    #[arg(long, global = true, value_name = "URL")]
    pub api_base: Option<String>,
    /// How long one attempt may take
    #[arg(long, global = true, value_name = "DURATION", default_value = "80s", value_parser = positive_duration)]
    pub timeout: Duration,
    /// Take the API key from env:NAME, file:PATH or - (standard input) [env: PAYCLI_API_KEY, STRIPE_API_KEY]
    #[arg(long, global = true, value_name = "SOURCE", allow_hyphen_values = true)]
    pub api_key: Option<String>,
    /// Take the API key from a file
    #[arg(long, global = true, value_name = "PATH", conflicts_with = "api_key")]
    pub api_key_file: Option<std::path::PathBuf>,
}

impl GlobalArgs {
    /// Whether standard output is JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.json || self.output == OutputArg::Json
    }
}

/// The longest that one attempt may take.
const LONGEST: Duration = Duration::from_secs(86_400);

fn positive_duration(text: &str) -> Result<Duration, String> {
    match parse_duration(text) {
        Ok(duration) if duration.is_zero() => {
            Err("it must be more than nothing: nothing waits for ever".into())
        }
        Ok(duration) if duration > LONGEST => Err("it must be a day at most".into()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(error.to_string()),
    }
}
