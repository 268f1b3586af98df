//! `paycli config`: the settings of the configuration file.

use clap::Subcommand;
use serde::Serialize;

use crate::exit::ExitCode;
use crate::profile::ConfigSettings;

use super::context::Context;
use super::failure::Failure;

/// What may be done with the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// List the settings that the file makes.
    List,
    /// Print a setting.
    Get {
        /// `live`, `default_profile`, `journal.bodies` or `profiles.NAME.api_base|api_version|account|keystore|max_age|warn_at`
        setting: String,
    },
    /// Change a setting: `config set live deny` locks live mode, `config set journal.bodies none` keeps no bodies of answers.
    Set {
        /// `live`, `default_profile`, `journal.bodies` or `profiles.NAME.api_base|api_version|account|keystore|max_age|warn_at`
        setting: String,
        /// The value
        value: String,
    },
    /// Remove a setting, so that the default holds.
    Unset {
        /// `live`, `default_profile`, `journal.bodies` or `profiles.NAME.api_base|api_version|account|keystore|max_age|warn_at`
        setting: String,
    },
    /// Print where the file is.
    Path,
}

/// Runs a command of the configuration.
pub(super) fn run(context: &Context, command: ConfigCommand) -> Result<ExitCode, Failure> {
    match command {
        ConfigCommand::List => list(context),
        ConfigCommand::Get { setting } => get(context, &setting),
        ConfigCommand::Set { setting, value } => {
            context.change_config(|editor| Ok(editor.set(&setting, &value)?))
        }
        ConfigCommand::Unset { setting } => context.change_config(|editor| Ok(editor.unset(&setting)?)),
        ConfigCommand::Path => {
            context.printer.line(&Context::paths()?.config_file().display().to_string())?;
            Ok(ExitCode::Success)
        }
    }
}

fn list(context: &Context) -> Result<ExitCode, Failure> {
    let settings = ConfigSettings::read(&Context::paths()?.config_file())?.list();
    if context.printer.is_json() {
        #[derive(Serialize)]
        struct ListJson {
            schema: u32,
            settings: serde_json::Map<String, serde_json::Value>,
        }
        let settings = settings.into_iter().map(|(name, value)| (name, value.into())).collect();
        return context.print_json(&ListJson { schema: 1, settings });
    }
    for (name, value) in settings {
        context.printer.line(&format!("{name}={value}"))?;
    }
    Ok(ExitCode::Success)
}

fn get(context: &Context, setting: &str) -> Result<ExitCode, Failure> {
    let settings = ConfigSettings::read(&Context::paths()?.config_file())?;
    let value = settings.get(setting).or_else(|| match setting {
        "live" => Some("allow".into()),
        "default_profile" => Some("test".into()),
        "journal.bodies" => Some("redacted".into()),
        _ => None,
    });
    let value = value.ok_or_else(|| Failure::configuration(format!("the file does not set {setting}")))?;
    context.printer.line(&value)?;
    Ok(ExitCode::Success)
}
