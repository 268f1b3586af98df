//! `paycli journal resume`: unfinished requests are sent again, with the bytes and the keys of the journal.

use std::time::Duration;

use clap::Args;

use crate::exit::{ExitCode, Outcome};
use crate::journal::{Entry, Intent, Journal, KeyChoice, KeySource, Position};
use crate::output::compact;
use crate::profile::{ApiBase, Profile};
use crate::request::{Interrupt, Report, RetryPolicy};

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::held::FoundKey;
use crate::cli::progress::mark_reported;
use crate::cli::runtime::runtime;
use crate::cli::sending::Sending;
use crate::cli::target::{Destination, name_account};
use crate::cli::{confirm, show};

use super::found::found;

/// Options of `journal resume`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ResumeArgs {
    /// The idempotency key, or the entry's id
    #[arg(value_name = "KEY|ID", required_unless_present = "all", conflicts_with = "all")]
    key: Option<String>,
    /// Everything that is unfinished, the oldest first
    #[arg(long)]
    all: bool,
}

/// What resuming works with.
struct Resume<'a> {
    context: &'a mut Context,
    profile: &'a Profile,
    journal: Box<dyn Journal + Send>,
    opened: Vec<(Destination, ApiBase)>,
    keys: Vec<(Destination, FoundKey)>,
}

/// An entry that may be sent: where to, with which key, as which intent.
struct Ready {
    route: Destination,
    key: FoundKey,
    intent: Intent,
}

/// Goes on with one entry, or with all that are unfinished.
pub(in crate::cli) fn run(context: &mut Context, args: &ResumeArgs) -> Result<ExitCode, Failure> {
    run_it(context, args).map_err(Failure::unsent)
}

fn run_it(context: &mut Context, args: &ResumeArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    context.admit(&profile, true)?;
    let journal = context.journal(profile.mode)?;
    let resume = Resume { context, profile: &profile, journal, opened: Vec::new(), keys: Vec::new() };
    match &args.key {
        Some(key) => resume.one(key),
        None => resume.all(),
    }
}

impl Resume<'_> {
    fn one(mut self, key: &str) -> Result<ExitCode, Failure> {
        let entry = found(&*self.journal, key)?;
        let ready = self.ready(&entry)?.map_err(Failure::configuration)?;
        confirm::live(self.context, self.profile, &ready.intent)?;
        let report = runtime()?.block_on(async {
            let interrupt = Interrupt::listen();
            self.send(&interrupt, &ready, &entry.key).await
        })?;
        let shown = show::report(self.context, &report, false, false)?;
        if shown.is_read {
            mark_reported(self.context, &mut *self.journal, &report);
        }
        Ok(shown.code)
    }

    fn all(mut self) -> Result<ExitCode, Failure> {
        let mut tally = Tally::default();
        runtime()?.block_on(async {
            let interrupt = Interrupt::listen();
            let mut position = None;
            while let Some(entry) = self.journal.next_open(position.as_ref())? {
                if interrupt.is_pressed() {
                    tally.is_interrupted = true;
                    break;
                }
                position = Some(Position { created_at: entry.created_at, id: entry.id.clone() });
                let ready = match self.ready(&entry)? {
                    Ok(ready) => ready,
                    Err(why) => {
                        self.context.printer.notice(&format!("{}: left alone: {why}", entry.key));
                        tally.left_alone += 1;
                        continue;
                    }
                };
                confirm::live(self.context, self.profile, &ready.intent)?;
                let report = self.send(&interrupt, &ready, &entry.key).await?;
                tally.count(&report);
                if self.show(&report)? {
                    mark_reported(self.context, &mut *self.journal, &report);
                }
            }
            Ok::<_, Failure>(())
        })?;
        self.context.printer.notice(&tally.to_string());
        Ok(tally.exit_code())
    }

    fn show(&self, report: &Report) -> Result<bool, Failure> {
        let printer = &self.context.printer;
        let key = report.key.as_deref().unwrap_or_default();
        let line = if printer.is_json() {
            compact(&show::json(self.context, report, report.exit_code(false)))
        } else {
            format!("{key} {}", report.outcome.as_str())
        };
        Ok(printer.line(&line)?)
    }

    /// What an entry is sent as, or why it is not this profile's to send.
    fn ready(&mut self, entry: &Entry) -> Result<Result<Ready, String>, Failure> {
        let stored = &entry.intent;
        let route = match Destination::of_entry(self.context, self.profile, &stored.base_url) {
            Ok(route) => route,
            Err(why) => return Ok(Err(why)),
        };
        let key = self.key(&route)?;
        let mut intent = stored.clone();
        name_account(&mut intent, self.profile, &key)?;
        if intent.account != stored.account {
            let shown =
                |account: &Option<String>| account.clone().unwrap_or_else(|| "an unknown account".into());
            let (first, now) = (shown(&stored.account), shown(&intent.account));
            return Ok(Err(format!("it was sent to {first}, and the key is of {now}")));
        }
        if stored.account.is_none() && intent.credential != stored.credential {
            return Ok(Err("it was sent with another API key, which may be another account's".into()));
        }
        if stored.lacks_client_secret() {
            return Ok(Err(
                "it carries a client secret, which the journal does not keep: run the same command again"
                    .into(),
            ));
        }
        Ok(Ok(Ready { route, key, intent }))
    }

    /// The key for a route, taken once: standard input can be read only once.
    fn key(&mut self, route: &Destination) -> Result<FoundKey, Failure> {
        let is_sandbox = |route: &Destination| *route == Destination::Sandbox;
        if let Some((_, key)) = self.keys.iter().find(|(known, _)| is_sandbox(known) == is_sandbox(route)) {
            return Ok(key.clone());
        }
        let key = route.key(self.context, self.profile)?;
        self.keys.push((route.clone(), key.clone()));
        Ok(key)
    }

    /// The base of a route, opened once.
    async fn base(&mut self, route: &Destination) -> Result<ApiBase, Failure> {
        if let Some((_, base)) = self.opened.iter().find(|(known, _)| known == route) {
            return Ok(base.clone());
        }
        let base = route.open().await?;
        self.opened.push((route.clone(), base.clone()));
        Ok(base)
    }

    async fn send(&mut self, interrupt: &Interrupt, ready: &Ready, key: &str) -> Result<Report, Failure> {
        let base = self.base(&ready.route).await?;
        let timeout = self.context.global.timeout;
        let policy =
            RetryPolicy { max_retries: 2, budget: Duration::from_secs(60), timeout, not_after: None };
        let Self { context, profile, journal, .. } = self;
        let sending = Sending { context, profile, found: &ready.key, base: &base, policy };
        let choice = KeyChoice::Given(key);
        let report = sending
            .with(&ready.intent, interrupt, async |sender| {
                sender.send(&mut **journal, &ready.intent, choice).await
            })
            .await?;
        Ok(Report { key_source: Some(KeySource::Journal), ..report })
    }
}

/// How many went how.
#[derive(Debug, Default)]
struct Tally {
    succeeded: usize,
    failed: usize,
    unknown: usize,
    expired: usize,
    left_alone: usize,
    is_interrupted: bool,
    is_of_other_mode: bool,
}

impl Tally {
    fn count(&mut self, report: &Report) {
        let place = match report.outcome {
            Outcome::Succeeded => &mut self.succeeded,
            Outcome::ExpiredUnknown | Outcome::ServerError => &mut self.expired,
            Outcome::Declined
            | Outcome::Invalid
            | Outcome::KeyMismatch
            | Outcome::Forbidden
            | Outcome::NotFound => &mut self.failed,
            _ => &mut self.unknown,
        };
        *place += 1;
        self.is_interrupted |= report.is_interrupted;
        self.is_of_other_mode |= report.is_of_other_mode();
    }

    /// As for a batch: what is still unknown comes before what needs a person, and that before what
    /// failed for good.
    const fn exit_code(&self) -> ExitCode {
        match self {
            _ if self.is_interrupted => ExitCode::Interrupted,
            _ if self.is_of_other_mode => ExitCode::Configuration,
            _ if self.unknown + self.left_alone > 0 => ExitCode::Unknown,
            _ if self.expired > 0 => ExitCode::ExpiredUnknown,
            _ if self.failed > 0 => ExitCode::BatchPartial,
            _ => ExitCode::Success,
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} succeeded, {} failed for good, {} still unknown, {} for a person to look up, {} left alone",
            self.succeeded, self.failed, self.unknown, self.expired, self.left_alone
        )
    }
}
