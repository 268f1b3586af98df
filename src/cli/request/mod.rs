//! `paycli request`, `get`, `post` and `delete`.

use uuid::Uuid;

use crate::exit::{ExitCode, Outcome};
use crate::journal::{Intent, Journal};
use crate::profile::{Profile, parse_duration, parse_time};
use crate::request::{
    Interrupt, Method, Page, Policy, Report, RequestPath, Sender, Transport, fetch, is_keyed, next_path,
};
use crate::time::UnixMillis;

use super::api_key::may_request;
use super::confirm;
use super::context::{Context, JournalFailure};
use super::failure::Failure;
use super::held::{FoundKey, with_fallback};
use super::progress::{tell, told};
use super::request_args::RequestOptions;
use super::runtime::runtime;
use super::show::{self, Shown};
use super::target::{Route, name_account};

mod draft;
mod key;
mod printed;

use draft::Draft;
use key::Key;

/// How a request is sent, its content apart.
struct Manner {
    key: Key,
    policy: Policy,
    is_backwards: bool,
    shows_headers: bool,
    fail_on_replay: bool,
}

/// Runs a request.
pub(super) fn run(
    context: &mut Context,
    method: &str,
    path: &str,
    options: &RequestOptions,
) -> Result<ExitCode, Failure> {
    run_it(context, method, path, options).map_err(Failure::unsent)
}

fn run_it(
    context: &mut Context,
    method: &str,
    path: &str,
    options: &RequestOptions,
) -> Result<ExitCode, Failure> {
    let draft = Draft::read(context, method, path, options)?;
    let manner = Manner {
        key: Key::of(options, &draft.path, draft.method)?,
        policy: policy(context, options)?,
        is_backwards: options.ending_before.is_some(),
        shows_headers: options.show_headers,
        fail_on_replay: options.fail_on_replay,
    };
    if options.all && draft.method != Method::Get {
        return Err(Failure::usage("--all follows the pages of a list, so it goes with GET"));
    }
    let profile = context.profile()?.clone();
    let route = Route::of(context, &profile)?;
    let mut intent = draft.intent(&profile, &route)?;
    if options.dry_run || options.curl {
        let key = is_keyed(intent.family, draft.method).then(|| manner.key.shown());
        return printed::show(context, &route, &intent, key.as_deref(), options.curl);
    }
    context.admit(&profile, draft.method.is_write())?;
    route.admit(&profile)?;
    let found = route.key(context, &profile)?;
    may_request(&found, draft.method.as_str(), draft.path.path(), draft.has_client_secret())?;
    name_account(&mut intent, &profile, &found)?;
    confirm::live(context, &profile, &intent)?;
    context.printer.trace(&format!("> {} {}{} as {}", intent.method, route.name(), intent.path, found.key));
    let work = Work { context, profile: &profile, route: &route, found: &found, manner: &manner };
    if options.all { work.all(&intent, draft.path) } else { work.one(&intent, draft.method) }
}

fn policy(context: &Context, options: &RequestOptions) -> Result<Policy, Failure> {
    let not_after = options.not_after.as_deref().map(|text| match parse_duration(text) {
        // Unix seconds are a number too, and no duration is that long.
        Ok(duration) if text.parse::<u64>().is_err() => {
            let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
            Ok(UnixMillis(UnixMillis::now().0.saturating_add(millis)))
        }
        _ => parse_time(text).map(UnixMillis),
    });
    Ok(Policy {
        max_retries: options.max_retries,
        budget: options.retry_budget,
        timeout: context.global.timeout,
        not_after: not_after.transpose()?,
    })
}

/// A request with all that it needs.
struct Work<'a> {
    context: &'a Context,
    profile: &'a Profile,
    route: &'a Route,
    found: &'a FoundKey,
    manner: &'a Manner,
}

impl Work<'_> {
    fn one(&self, intent: &Intent, method: Method) -> Result<ExitCode, Failure> {
        if is_keyed(intent.family, method) {
            return self.keyed(intent);
        }
        let report = self.within(async |sender| fetch(sender, intent).await)?;
        Ok(self.show(&report)?.code)
    }

    fn keyed(&self, intent: &Intent) -> Result<ExitCode, Failure> {
        let mut journal = match self.context.journal(intent.mode) {
            Ok(journal) => journal,
            Err(JournalFailure::Journal(error)) => {
                let report = Report::unsent(intent, Outcome::JournalError, error.to_string());
                return Ok(self.show(&report)?.code);
            }
            Err(JournalFailure::Other(failure)) => return Err(failure),
        };
        let report = self.send(&mut journal, intent)?;
        let shown = self.show(&report)?;
        if shown.is_read {
            told(self.context, &mut journal, &report);
        }
        Ok(shown.code)
    }

    fn show(&self, report: &Report) -> Result<Shown, Failure> {
        show::report(self.context, report, self.manner.shows_headers, self.manner.fail_on_replay)
    }

    fn send(&self, journal: &mut dyn Journal, intent: &Intent) -> Result<Report, Failure> {
        let candidate = Uuid::new_v4().to_string();
        let choice = self.manner.key.choice(&candidate);
        self.within(async |sender| sender.send(journal, intent, choice).await)
    }

    /// Runs a piece of work with a sender, in a runtime of its own.
    fn within<T>(&self, work: impl AsyncFnOnce(&mut Sender<'_>) -> T) -> Result<T, Failure> {
        let context = self.context;
        let runtime = runtime()?;
        let done = runtime.block_on(async {
            let base = self.route.open().await?;
            let transport = Transport::new(&base, context.global.timeout)?;
            let transport = with_fallback(context, self.profile, self.found, transport);
            let interrupt = Interrupt::listen();
            let mut sender = Sender {
                transport: &transport,
                api_key: &self.found.key,
                policy: self.manner.policy,
                interrupt: &interrupt,
                notify: &mut |progress| tell(context, &progress),
            };
            Ok(work(&mut sender).await)
        });
        // A look-up of a host's name that hangs is not waited for.
        runtime.shutdown_background();
        done
    }

    /// Follows the pages of a list, one object a line.
    fn all(&self, intent: &Intent, path: RequestPath) -> Result<ExitCode, Failure> {
        let printer = self.context.printer;
        self.within(async |sender| {
            let (mut path, mut intent) = (path, intent.clone());
            loop {
                intent.path = path.to_string();
                let report = fetch(sender, &intent).await;
                let code = report.exit_code(false);
                let Some(answer) = report.answer.as_ref().filter(|_| code == ExitCode::Success) else {
                    return Ok(show::report(self.context, &report, self.manner.shows_headers, false)?.code);
                };
                if self.manner.shows_headers {
                    show::headers(printer, answer);
                }
                let page = Page::parse(&answer.body)?;
                for item in page.in_order(self.manner.is_backwards) {
                    if !printer.line(&crate::output::compact(item.get()))? {
                        return Ok(ExitCode::Success);
                    }
                }
                match next_path(&path, &page, self.manner.is_backwards)? {
                    Some(next) => path = next,
                    None => return Ok(ExitCode::Success),
                }
            }
        })?
    }
}
