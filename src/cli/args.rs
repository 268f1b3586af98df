//! The command line's shape: global options and commands.

use clap::{Parser, Subcommand};

use super::context::GlobalArgs;
use super::request_args::{MethodArgs, RequestArgs};
use super::{
    api, batch, complete, config, doctor, exec, generate, help, journal, keys, profile, sandbox, webhook,
};

const AFTER_HELP: &str = "\
Topics: paycli help exit-codes | environment | idempotency | security
Without an account: paycli -p sandbox post customers -d name=Jenny";

/// A command-line client for Stripe's API, for money that must move exactly once.
#[derive(Debug, Parser)]
#[command(name = "paycli", version, propagate_version = true, disable_help_subcommand = true)]
#[command(after_help = AFTER_HELP, max_term_width = 100)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What may be typed after `paycli`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Send any request to the API.
    Request(RequestArgs),
    /// Read an object or a list: `request GET`.
    Get(MethodArgs),
    /// Create or change an object: `request POST`.
    Post(MethodArgs),
    /// Remove an object: `request DELETE`.
    Delete(MethodArgs),
    /// Send the requests of a file, each exactly once.
    Batch(batch::BatchArgs),
    /// Show the API's resources, operations and parameters, offline.
    #[command(after_help = api::EXAMPLES, after_long_help = api::LONG_EXAMPLES)]
    Api(api::ApiArgs),
    /// See what was sent under which key, and go on with what is unfinished.
    #[command(subcommand)]
    Journal(journal::JournalCommand),
    /// Profiles: one mode, one account, one API each.
    #[command(subcommand)]
    Profile(profile::ProfileCommand),
    /// The configuration file.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Keys: store, list, rotate and revoke them.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Run a command with the profile's API key in its environment.
    #[command(after_help = exec::EXAMPLES)]
    Exec(exec::ExecArgs),
    /// Store the API key of the profile: `keys add`.
    Login(keys::AddArgs),
    /// Forget the API key of the profile on this machine.
    Logout,
    /// Tell which profile, mode, account and key a command would use.
    Whoami,
    /// Check whether this machine can run paycli, and how to mend what is wrong.
    Doctor(doctor::DoctorArgs),
    /// The embedded sandbox: a local API to try everything on.
    #[command(subcommand)]
    Sandbox(sandbox::SandboxCommand),
    /// Webhook signatures: make them, verify them, find out why they fail.
    #[command(subcommand)]
    Webhook(webhook::WebhookCommand),
    /// Make a webhook event and deliver it: `webhook trigger`.
    Trigger(webhook::TriggerArgs),
    /// Receive webhook deliveries on this machine: `webhook listen`.
    Listen(webhook::ListenArgs),
    /// Print a completion script for a shell.
    Completions(complete::CompletionsArgs),
    /// Write the completion scripts and the man pages.
    #[command(hide = true)]
    Generate(generate::GenerateArgs),
    /// Explain a command or a topic.
    Help(help::HelpArgs),
}
