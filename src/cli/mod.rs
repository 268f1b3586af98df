//! The command line: what a person types. It parses, calls one function of a room and shows the result.

mod api;
mod api_key;
mod api_version;
mod args;
mod batch;
mod complete;
mod config;
mod confirm;
mod context;
mod doctor;
mod exec;
mod failure;
mod generate;
mod held;
mod help;
mod journal;
mod keys;
mod profile;
mod progress;
mod request;
mod request_args;
mod runtime;
mod sandbox;
mod sending;
mod show;
mod target;
mod typed_credentials;
mod webhook;
mod whoami;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches};

use crate::exit::ExitCode;
use crate::output::Printer;

pub use args::Cli;
pub use context::GlobalArgs;

use args::Command;
use context::Context;
use keys::KeysCommand;

/// Runs a command line, the program's name first, and returns its exit code.
#[must_use]
pub fn run(args: Vec<OsString>) -> ExitCode {
    let is_json = asks_for_json(&args);
    let mut command = Cli::command();
    let matches = match command.try_get_matches_from_mut(args) {
        Ok(matches) => matches,
        Err(error) => return show::parse_error(&error, is_json),
    };
    if let Err(failure) = typed_credentials::refuse(&command, &matches) {
        return show::failure(show::plain_printer(is_json), &context::Scope::default(), &failure);
    }
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return show::parse_error(&error, is_json),
    };
    let global = &cli.global;
    let printer = Printer::new(global.color.into(), global.is_json(), global.quiet, global.verbose, |name| {
        std::env::var_os(name)
    });
    let mut context = Context::new(cli.global, printer);
    let done = match cli.command {
        Command::Request(args) => request::run(&mut context, &args.method, &args.path, &args.options),
        Command::Get(args) => request::run(&mut context, "GET", &args.path, &args.options),
        Command::Post(args) => request::run(&mut context, "POST", &args.path, &args.options),
        Command::Delete(args) => request::run(&mut context, "DELETE", &args.path, &args.options),
        Command::Api(args) => api::run(&context, &args),
        Command::Batch(args) => batch::run(&mut context, &args),
        Command::Journal(command) => journal::run(&mut context, command),
        Command::Profile(command) => profile::run(&context, command),
        Command::Config(command) => config::run(&context, command),
        Command::Keys(command) => keys::run(&mut context, command),
        Command::Exec(args) => exec::run(&mut context, &args),
        Command::Login(args) => keys::run(&mut context, KeysCommand::Add(args)),
        Command::Logout => keys::logout(&context),
        Command::Whoami => whoami::run(&mut context),
        Command::Doctor(args) => doctor::run(&mut context, &args),
        Command::Sandbox(command) => sandbox::run(&context, command),
        Command::Webhook(command) => webhook::run(&mut context, command),
        Command::Trigger(args) => webhook::trigger(&mut context, &args),
        Command::Listen(args) => webhook::listen(&mut context, &args),
        Command::Completions(args) => complete::run(&context, &args, Cli::command()),
        Command::Generate(args) => generate::run(&args, Cli::command()),
        Command::Help(args) => help::run(&context, &args, Cli::command()),
    };
    done.unwrap_or_else(|failure| show::failure(context.printer, &context.scope(), &failure))
}

/// Whether the command line asks for JSON, seen before it is parsed: an error in it is JSON too.
fn asks_for_json(args: &[OsString]) -> bool {
    let is_output_json = |pair: &[OsString]| pair[0] == "--output" && pair[1] == "json";
    let before_dashes = args.split(|arg| arg == "--").next().unwrap_or_default();
    before_dashes.iter().any(|arg| arg == "--json" || arg == "--output=json")
        || before_dashes.windows(2).any(is_output_json)
}
