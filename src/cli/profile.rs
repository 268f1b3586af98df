//! `paycli profile`: one mode, one account, one API each.

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use crate::exit::ExitCode;
use crate::keys::days;
use crate::output::{facts, table};
use crate::profile::{Api, ApiBase, Mode, Profile, ProfileName, ProfileSettings, StoreKind};

use super::context::Context;
use super::failure::Failure;
use super::held::with_vault;

/// What may be done with profiles.
#[derive(Debug, Subcommand)]
pub(super) enum ProfileCommand {
    /// List the profiles.
    List,
    /// Show the profile in use, or another one.
    Show {
        /// The profile
        name: Option<String>,
    },
    /// Make a profile.
    Create(CreateArgs),
    /// Make a profile the default.
    Use {
        /// The profile
        name: String,
    },
    /// Remove a profile.
    Remove {
        /// The profile
        name: String,
    },
}

/// Options of `profile create`.
#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// Its name
    name: String,
    /// Its mode, for good
    #[arg(long, value_name = "MODE")]
    mode: ModeArg,
    /// The version of the API that it sends
    #[arg(long, value_name = "VERSION")]
    api_version: Option<String>,
    /// The account of its keys
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

/// A mode, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ModeArg {
    /// Nothing moves.
    Test,
    /// Money moves.
    Live,
}

#[derive(Serialize)]
struct ProfileJson<'a> {
    name: &'a str,
    mode: &'a str,
    api_base: &'a str,
    api_version: Option<&'a str>,
    account: Option<&'a str>,
    is_default: bool,
}

/// Runs a command of profiles.
pub(super) fn run(context: &Context, command: ProfileCommand) -> Result<ExitCode, Failure> {
    match command {
        ProfileCommand::List => list(context),
        ProfileCommand::Show { name } => show(context, name.as_deref()),
        ProfileCommand::Create(args) => create(context, args),
        ProfileCommand::Use { name } => {
            let name: ProfileName = name.parse()?;
            context.change_config(|editor| Ok(editor.set("default_profile", name.as_str())?))
        }
        ProfileCommand::Remove { name } => {
            let name: ProfileName = name.parse()?;
            has_no_keys(context, &name)?;
            context.change_config(|editor| Ok(editor.remove_profile(&name)?))
        }
    }
}

/// Without its profile nobody would find a key again.
fn has_no_keys(context: &Context, name: &ProfileName) -> Result<(), Failure> {
    let Ok(profile) = context.config()?.profile(name.as_str()) else { return Ok(()) };
    let stored = with_vault(context, profile.mode, |vault| Ok(vault.lineages_of(name, profile.mode)?))?;
    let Some((id, _)) = stored.first() else { return Ok(()) };
    let message = format!("keys are stored for the profile {name}: {}", id.name);
    let live = if profile.mode.is_live() { " --live" } else { "" };
    Err(Failure::configuration(message).next(format!("-p {name}{live} keys remove {}", id.name)))
}

fn api_base(profile: &Profile) -> &str {
    match &profile.api {
        Api::Stripe => ApiBase::STRIPE,
        Api::Stored(base) => base.as_str(),
        Api::Sandbox => "sandbox",
    }
}

fn json<'a>(context: &'a Context, profile: &'a Profile) -> Result<ProfileJson<'a>, Failure> {
    Ok(ProfileJson {
        name: profile.name.as_str(),
        mode: profile.mode.as_str(),
        api_base: api_base(profile),
        api_version: profile.api_version.as_deref(),
        account: profile.account.as_deref(),
        is_default: context.config()?.default_profile == profile.name,
    })
}

fn list(context: &Context) -> Result<ExitCode, Failure> {
    let config = context.config()?;
    if context.printer.is_json() {
        #[derive(Serialize)]
        struct ListJson<'a> {
            schema: u32,
            profiles: Vec<ProfileJson<'a>>,
        }
        let profiles = config.profiles().map(|profile| json(context, profile)).collect::<Result<_, _>>()?;
        return context.print_json(&ListJson { schema: 1, profiles });
    }
    let rows = config.profiles().map(|profile| {
        let default = if profile.name == config.default_profile { "*" } else { "" };
        vec![
            default.to_owned(),
            profile.name.to_string(),
            profile.mode.to_string(),
            api_base(profile).to_owned(),
            profile.account.clone().unwrap_or_else(|| "-".into()),
        ]
    });
    context.printer.line(&table(&["", "name", "mode", "api base", "account"], rows))?;
    Ok(ExitCode::Success)
}

fn show(context: &Context, name: Option<&str>) -> Result<ExitCode, Failure> {
    let profile = match name {
        Some(name) => context.config()?.profile(name)?,
        None => context.profile()?,
    };
    if context.printer.is_json() {
        #[derive(Serialize)]
        struct ShowJson<'a> {
            schema: u32,
            profile: ProfileJson<'a>,
        }
        return context.print_json(&ShowJson { schema: 1, profile: json(context, profile)? });
    }
    let age = |age: Option<std::time::Duration>| age.map_or_else(|| "not set".to_owned(), days);
    let shown = [
        ("name", profile.name.as_str()),
        ("mode", profile.mode.as_str()),
        ("api base", api_base(profile)),
        ("api version", profile.api_version.as_deref().unwrap_or("the account's own")),
        ("account", profile.account.as_deref().unwrap_or("not set")),
        ("keystore", profile.keystore.unwrap_or(StoreKind::Keyring).as_str()),
        ("max age", &age(profile.max_age)),
        ("warn at", &age(profile.warn_at)),
    ];
    context.printer.line(&facts(&shown))?;
    Ok(ExitCode::Success)
}

fn create(context: &Context, args: CreateArgs) -> Result<ExitCode, Failure> {
    let name: ProfileName = args.name.parse()?;
    let mode = match args.mode {
        ModeArg::Test => Mode::Test,
        ModeArg::Live => Mode::Live,
    };
    let api_base = context.global.api_base.as_deref().map(ApiBase::parse).transpose()?;
    let settings = ProfileSettings {
        api_base: api_base.map(|base| base.to_string()),
        api_version: args.api_version,
        account: args.account,
    };
    context.change_config(|editor| Ok(editor.create_profile(&name, mode, settings)?))
}
