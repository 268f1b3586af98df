//! `paycli journal resume`: unfinished requests are sent again, with the bytes and the keys of the journal.

use std::time::Duration;

use clap::Args;

use crate::exit::{ExitCode, Outcome};
use crate::journal::{Entry, Filter, Intent, Journal, KeyChoice, KeySource, SqliteJournal, UnixMillis};
use crate::keys::ApiKey;
use crate::profile::{ApiBase, Profile};
use crate::request::{Interrupt, Policy, Report, Sender, Transport, envelope};

use super::confirm;
use super::context::Context;
use super::failure::Failure;
use super::request::{name_account, runtime, tell};
use super::target::Route;
use super::{journal, show};

/// Options of `journal resume`.
#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// The idempotency key, or the entry's id
    #[arg(value_name = "KEY|ID", required_unless_present = "all", conflicts_with = "all")]
    key: Option<String>,
    /// Everything that is unfinished, the oldest first
    #[arg(long)]
    all: bool,
}

/// What resuming works with.
struct Resume<'a> {
    context: &'a Context,
    profile: &'a Profile,
    route: &'a Route,
    key: &'a ApiKey,
    journal: SqliteJournal,
}

/// Goes on with one entry, or with all that are unfinished.
pub(super) fn run(context: &mut Context, args: &ResumeArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    context.admit(&profile, true)?;
    let route = Route::of(context, &profile)?;
    route.admit(&profile)?;
    let found = route.key(context, &profile)?;
    let journal = context.journal(profile.mode)?;
    let resume = Resume { context, profile: &profile, route: &route, key: &found.key, journal };
    match &args.key {
        Some(key) => resume.one(key),
        None => resume.all(),
    }
}

impl Resume<'_> {
    fn one(mut self, key: &str) -> Result<ExitCode, Failure> {
        let entry = journal::found(&self.journal, key)?;
        let intent = self.intent(&entry)?.map_err(Failure::configuration)?;
        confirm::live(self.context, self.profile, &intent)?;
        let printer = self.context.printer;
        let report = runtime()?.block_on(async {
            let base = self.route.open().await?;
            let interrupt = Interrupt::listen();
            self.send(&base, &interrupt, &intent, &entry.key).await
        })?;
        show::report(printer, &report, false, false)
    }

    fn all(mut self) -> Result<ExitCode, Failure> {
        let now = UnixMillis::now();
        let mut entries = self.journal.list(&Filter { state: None, since: None, limit: None, now })?;
        entries.retain(|entry| !entry.state.is_final());
        entries.reverse();
        let mut tally = Tally::default();
        runtime()?.block_on(async {
            let base = self.route.open().await?;
            let interrupt = Interrupt::listen();
            for entry in &entries {
                if interrupt.is_pressed() {
                    tally.is_interrupted = true;
                    break;
                }
                let intent = match self.intent(entry)? {
                    Ok(intent) => intent,
                    Err(why) => {
                        self.context.printer.notice(&format!("{}: left alone: {why}", entry.key));
                        continue;
                    }
                };
                confirm::live(self.context, self.profile, &intent)?;
                let report = self.send(&base, &interrupt, &intent, &entry.key).await?;
                tally.count(&report);
                self.show(&report)?;
            }
            Ok::<_, Failure>(())
        })?;
        self.context.printer.notice(&tally.to_string());
        Ok(tally.exit_code())
    }

    fn show(&self, report: &Report) -> Result<(), Failure> {
        let printer = &self.context.printer;
        let key = report.key.as_deref().unwrap_or_default();
        if printer.is_json() {
            printer.line(&envelope(report, report.exit_code(false)))?;
        } else {
            printer.line(&format!("{key} {}", report.outcome.as_str()))?;
        }
        Ok(())
    }

    /// The intent of an entry with the account of today's key, or why it is not this profile's to send.
    fn intent(&self, entry: &Entry) -> Result<Result<Intent, String>, Failure> {
        let stored = &entry.intent;
        if stored.base_url != self.route.name() {
            return Ok(Err(format!(
                "it was sent to {} by the profile {}, and its key means nothing to {}",
                stored.base_url,
                stored.profile,
                self.route.name()
            )));
        }
        let mut intent = stored.clone();
        name_account(&mut intent, self.profile, self.key)?;
        if intent.account != stored.account {
            let shown =
                |account: &Option<String>| account.clone().unwrap_or_else(|| "an unknown account".into());
            return Ok(Err(format!(
                "it was sent to {}, and the key is of {}",
                shown(&stored.account),
                shown(&intent.account)
            )));
        }
        Ok(Ok(intent))
    }

    async fn send(
        &mut self,
        base: &ApiBase,
        interrupt: &Interrupt,
        intent: &Intent,
        key: &str,
    ) -> Result<Report, Failure> {
        let context = self.context;
        let timeout = context.global.timeout;
        let transport = Transport::new(base, timeout)?;
        let mut sender = Sender {
            transport: &transport,
            api_key: self.key,
            policy: Policy { max_retries: 2, budget: Duration::from_secs(60), timeout, not_after: None },
            interrupt,
            notify: &mut |progress| tell(context, &progress),
        };
        let report = sender.send(&mut self.journal, intent, KeyChoice::Given(key)).await;
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
    is_interrupted: bool,
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
    }

    /// As for a batch: what is still unknown comes before what needs a person, and that before what
    /// failed for good.
    const fn exit_code(&self) -> ExitCode {
        match self {
            _ if self.is_interrupted => ExitCode::Interrupted,
            _ if self.unknown > 0 => ExitCode::Unknown,
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
            "{} succeeded, {} failed for good, {} still unknown, {} for a person to look up",
            self.succeeded, self.failed, self.unknown, self.expired
        )
    }
}
