//! `paycli batch`: many requests from a file, each exactly once, however often it is run.

mod args;
mod confirmed;
mod view;

use std::path::Path;

use crate::exit::ExitCode;
use crate::journal::{BatchLease, Intent, Journal};
use crate::keys::{KeyKind, KnownTestKeys};
use crate::profile::Profile;
use crate::request::batch::{
    BatchName, Checked, Lookup, Means, Patterns, Plan, Refusal, Refused, Source, check, default_name,
    run as send,
};
use crate::request::{Interrupt, Method, RetryPolicy, SharedPreviousKey, Transport};

use super::api_version::api_version;
use super::context::{Context, typed_again};
use super::failure::Failure;
use super::held::{FoundKey, previous_key};
use super::runtime::runtime;
use super::sending::{admit, gate};
use super::target::{Destination, name_account};

pub(super) use args::BatchArgs;

use view::View;

/// Requests a second in test mode (Stripe documentation: "Rate limits").
const TEST_RATE: f64 = 25.0;

/// Requests a second in live mode.
const LIVE_RATE: f64 = 100.0;

/// Runs a batch, or checks it.
pub(super) fn run(context: &mut Context, args: &BatchArgs) -> Result<ExitCode, Failure> {
    // Standard output is results, one a line, and nothing else.
    run_it(context, args).map_err(|failure| failure.unsent().aside())
}

/// What a batch is, before anything of it is sent.
struct Batch {
    profile: Profile,
    route: Destination,
    name: BatchName,
    patterns: Patterns,
}

fn run_it(context: &mut Context, args: &BatchArgs) -> Result<ExitCode, Failure> {
    let is_stdin = args.file.as_os_str() == "-";
    let path = (!is_stdin).then_some(args.file.as_path());
    let name = batch_name(args, path)?;
    let profile = context.profile()?.clone();
    let route = Destination::of(context, &profile)?;
    if is_stdin {
        context.take_stdin()?;
    }
    let mut batch = Batch { patterns: patterns(args, &profile, &route)?, profile, route, name };
    if args.check {
        let source = open(path)?;
        return only_check(context, &mut batch, &source);
    }
    context.admit(&batch.profile, true)?;
    batch.route.admit(&batch.profile)?;
    let found = batch.key(context)?;
    let source = open(path)?;
    let mut journal = context.journal(batch.profile.mode)?;
    let lease = claim(context, &mut *journal, &batch.name)?;
    let checked = batch.check(context, &source, Some(&mut *journal))?;
    let account = batch.patterns.v1.account.as_deref();
    confirmed::live(context, &batch.profile, account, &batch.name, &checked)?;
    batch.send(context, args, &found, source, journal, lease, &checked)
}

fn batch_name(args: &BatchArgs, path: Option<&Path>) -> Result<BatchName, Failure> {
    let name = args.name.clone().unwrap_or_else(|| default_name(path));
    name.parse().map_err(|error: crate::request::batch::BatchNameError| {
        let failure = Failure::usage(error.to_string());
        if args.name.is_some() { failure } else { failure.hint("name the batch: --name NAME") }
    })
}

fn open(path: Option<&Path>) -> Result<Source, Failure> {
    Ok(path.map_or_else(Source::stdin, Source::open)?)
}

/// What all lines have in common.
fn patterns(args: &BatchArgs, profile: &Profile, route: &Destination) -> Result<Patterns, Failure> {
    use crate::journal::Family;
    let pattern = |family| -> Result<Intent, Failure> {
        Ok(Intent {
            mode: profile.mode,
            profile: profile.name.to_string(),
            account: profile.account.clone(),
            credential: None,
            stripe_account: args.stripe_account.clone(),
            stripe_context: args.stripe_context.clone(),
            base_url: route.name().to_owned(),
            family,
            method: Method::Post,
            path: String::new(),
            api_version: api_version(args.stripe_version.as_ref(), profile, family),
            headers: Vec::new(),
            body: Vec::new(),
        })
    };
    for (flag, value) in [
        ("--stripe-version", &args.stripe_version),
        ("--stripe-account", &args.stripe_account),
        ("--stripe-context", &args.stripe_context),
    ] {
        if value
            .as_ref()
            .is_some_and(|value| value.is_empty() || !value.bytes().all(|b| b.is_ascii_graphic()))
        {
            return Err(Failure::usage(format!("{flag} takes printable ASCII without spaces")));
        }
    }
    Ok(Patterns { v1: pattern(Family::V1)?, v2: pattern(Family::V2)? })
}

/// Takes the batch, waiting for another process that runs it.
fn claim(context: &Context, journal: &mut dyn Journal, name: &BatchName) -> Result<BatchLease, Failure> {
    let deadline = std::time::Instant::now() + context.global.timeout;
    let mut is_told = false;
    loop {
        if let Some(lease) = journal.claim_batch(name.as_str())? {
            return Ok(lease);
        }
        if std::time::Instant::now() >= deadline {
            let message = format!("another process is running the batch {:?}", name.as_str());
            return Err(Failure::in_progress(message).next(typed_again()));
        }
        if !std::mem::replace(&mut is_told, true) {
            context.printer.notice(&format!(
                "another process is running the batch {:?}: waiting for it (--timeout)",
                name.as_str()
            ));
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// `--check`: nothing is sent. Where there are a journal and a key, whose account is part of a request, lines are
/// held against the journal, too.
fn only_check(context: &mut Context, batch: &mut Batch, source: &Source) -> Result<ExitCode, Failure> {
    let has_journal =
        Context::has_shared_journal() || Context::paths()?.journal_file(batch.profile.mode).exists();
    let has_key = match batch.key(context) {
        Ok(_) => true,
        Err(failure) if failure.code == ExitCode::Authentication => false,
        Err(failure) => return Err(failure),
    };
    let mut journal = if has_journal && has_key { Some(context.journal(batch.profile.mode)?) } else { None };
    if has_journal && !has_key {
        context.printer.notice("no API key: lines were not compared with earlier runs");
    }
    let checked =
        batch.check(context, source, journal.as_deref_mut().map(|journal| journal as &mut dyn Journal))?;
    view::checked(context, &batch.name, &checked)?;
    Ok(ExitCode::Success)
}

impl Batch {
    /// The key that all lines are sent with.
    fn key(&mut self, context: &mut Context) -> Result<FoundKey, Failure> {
        let found = self.route.key(context, &self.profile)?;
        if found.key.kind() == KeyKind::Publishable {
            let message = format!(
                "the key {} (from {}) is publishable, and a batch needs a secret key",
                found.key, found.source
            );
            return Err(Failure::configuration(message).hint("use a secret (sk_…) or restricted (rk_…) key"));
        }
        for pattern in [&mut self.patterns.v1, &mut self.patterns.v2] {
            name_account(pattern, &self.profile, &found)?;
        }
        Ok(found)
    }

    /// The first pass. Every line that is refused is named; one is enough for nothing to be sent.
    fn check<'a>(
        &'a self,
        context: &Context,
        source: &Source,
        journal: Option<&'a mut dyn Journal>,
    ) -> Result<Checked, Failure> {
        let lookup = Lookup { journal, name: &self.name, patterns: &self.patterns };
        let mut other_credential = false;
        let checked = check(source, lookup, &mut |refused: &Refused| {
            other_credential |= matches!(refused.why, Refusal::OtherCredential(_));
            view::refused(context, refused);
        })?;
        if checked.invalid > 0 {
            let message = format!("invalid lines: {}", checked.invalid);
            return Err(Failure::usage(message).hint("correct them and run the same command again"));
        }
        if checked.changed > 0 {
            let message = format!("lines that do not fit the keys of an earlier run: {}", checked.changed);
            let hint = if other_credential {
                "use the API key of the first run, or set the account of the profile"
            } else {
                "give these lines what they had, or new ids; --name NAME makes another batch, which sends every line anew"
            };
            return Err(Failure::key_mismatch(message).hint(hint));
        }
        Ok(checked)
    }

    /// The second pass.
    #[expect(clippy::too_many_arguments, reason = "each is used once, and they have nothing in common")]
    fn send(
        &self,
        context: &Context,
        args: &BatchArgs,
        found: &FoundKey,
        source: Source,
        journal: Box<dyn Journal + Send>,
        lease: BatchLease,
        checked: &Checked,
    ) -> Result<ExitCode, Failure> {
        let policy = RetryPolicy {
            max_retries: args.max_retries,
            budget: args.retry_budget,
            timeout: context.global.timeout,
            not_after: None,
        };
        let runtime = runtime()?;
        let summary = runtime.block_on(async {
            let base = self.route.open().await?;
            let plan = Plan {
                name: self.name.clone(),
                patterns: self.patterns.clone(),
                lines: checked.lines,
                is_known: checked.is_known,
                concurrency: usize::from(args.concurrency.get()),
                rate: args.rate.map_or_else(|| self.default_rate(base.is_loopback()), |rate| Some(rate.0)),
                is_ordered: !args.unordered,
                policy,
            };
            let interrupt = Interrupt::listen();
            let transport = Transport::new(&base, policy.timeout)?;
            let gate = gate(&transport, &self.profile)?;
            let api_key = tokio::select! {
                admitted = admit(&gate, &found.key, &self.patterns.v1) => admitted?,
                () = interrupt.pressed(1) => return Err(Failure::interrupted()),
            };
            drop(gate);
            let means = Means {
                transport,
                api_key,
                previous: SharedPreviousKey::of(&previous_key(context, &self.profile, found)),
                mode: self.profile.mode,
                known: KnownTestKeys::of(&Context::paths()?),
                interrupt,
            };
            let view = View::of(context, checked);
            let sent = send(plan, means, source, journal, lease, view.audience(context)).await;
            view.finish();
            sent.map_err(|error| Failure::internal(format!("the batch cannot be started: {error}")))
        });
        // A look-up of a host's name that hangs is not waited for.
        runtime.shutdown_background();
        let summary = summary?;
        view::summary(context, &self.name, &summary);
        Ok(summary.exit_code())
    }

    const fn default_rate(&self, is_loopback: bool) -> Option<f64> {
        match (is_loopback, self.profile.mode.is_live()) {
            (true, _) => None,
            (false, true) => Some(LIVE_RATE),
            (false, false) => Some(TEST_RATE),
        }
    }
}
