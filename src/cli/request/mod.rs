//! `paycli request`, `get`, `post` and `delete`.

use uuid::Uuid;

use crate::exit::ExitCode;
use crate::journal::Intent;
use crate::profile::{Profile, parse_duration, parse_time};
use crate::request::{
    Interrupt, Method, Page, Pages, Report, RequestPath, RetryPolicy, Sender, fetch, is_keyed, too_late,
    too_late_unkeyed,
};
use crate::time::UnixMillis;

use super::api_key::may_request;
use super::confirm;
use super::context::{Context, JournalFailure};
use super::failure::Failure;
use super::held::FoundKey;
use super::progress::mark_reported;
use super::request_args::RequestOptions;
use super::runtime::runtime;
use super::sending::Sending;
use super::show::{self, Shown};
use super::target::{Destination, name_account};

mod draft;
mod key;
mod names;
mod printed;

use draft::Draft;
use key::Key;

/// How a request is sent, its content apart.
struct SendOptions {
    key: Key,
    policy: RetryPolicy,
    is_backwards: bool,
    shows_headers: bool,
    fail_on_replay: bool,
}

/// A request that may be sent, with all that it needs.
struct Ready {
    profile: Profile,
    route: Destination,
    found: FoundKey,
    options: SendOptions,
    intent: Intent,
    path: RequestPath,
}

/// What becomes of a command line.
enum Prepared {
    /// The request was only printed.
    Printed(ExitCode),
    /// It is to be sent.
    Ready(Box<Ready>),
}

/// Runs a request.
pub(super) fn run(
    context: &mut Context,
    method: &str,
    path: &str,
    options: &RequestOptions,
) -> Result<ExitCode, Failure> {
    let done =
        prepare(context, method, path, options).map_err(Failure::unsent).and_then(
            |prepared| match prepared {
                Prepared::Printed(code) => Ok(code),
                Prepared::Ready(ready) => {
                    let work = Work { context, ready: &ready };
                    if options.all { work.all() } else { work.one() }
                }
            },
        );
    // What `--all` writes to standard output is objects, one a line, and nothing else.
    if options.all { done.map_err(Failure::aside) } else { done }
}

fn prepare(
    context: &mut Context,
    method: &str,
    path: &str,
    options: &RequestOptions,
) -> Result<Prepared, Failure> {
    let draft = Draft::read(context, method, path, options)?;
    let send = SendOptions {
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
    let route = Destination::of(context, &profile)?;
    let mut intent = draft.intent(&profile, &route)?;
    intent.holds_no_credential()?;
    send.key.choice("").holds_no_credential()?;
    names::check(context, &draft, options.strict)?;
    if options.dry_run || options.curl {
        let key = is_keyed(intent.family, draft.method).then(|| send.key.shown());
        let code = printed::show(context, &route, &intent, key.as_deref(), options.curl)?;
        return Ok(Prepared::Printed(code));
    }
    context.admit(&profile, draft.method.is_write())?;
    route.admit(&profile)?;
    let found = route.key(context, &profile)?;
    may_request(&found, draft.method.as_str(), draft.path.path(), draft.has_client_secret())?;
    name_account(&mut intent, &profile, &found)?;
    confirm::live(context, &profile, &intent)?;
    context.printer.trace(&format!("> {} {}{} as {}", intent.method, route.name(), intent.path, found.key));
    Ok(Prepared::Ready(Box::new(Ready { profile, route, found, options: send, intent, path: draft.path })))
}

fn policy(context: &Context, options: &RequestOptions) -> Result<RetryPolicy, Failure> {
    let not_after = options.not_after.as_deref().map(|text| match parse_duration(text) {
        // Unix seconds are a number too, and no duration is that long.
        Ok(duration) if text.parse::<u64>().is_err() => {
            let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
            Ok(UnixMillis(UnixMillis::now().0.saturating_add(millis)))
        }
        _ => parse_time(text).map(UnixMillis),
    });
    Ok(RetryPolicy {
        max_retries: options.max_retries,
        budget: options.retry_budget,
        timeout: context.global.timeout,
        not_after: not_after.transpose()?,
    })
}

/// A request under way.
struct Work<'a> {
    context: &'a Context,
    ready: &'a Ready,
}

impl Work<'_> {
    fn one(&self) -> Result<ExitCode, Failure> {
        let intent = &self.ready.intent;
        if is_keyed(intent.family, intent.method) {
            return self.keyed();
        }
        let report = if self.is_too_late() {
            too_late_unkeyed(intent)
        } else {
            self.within(async |sender| fetch(sender, intent).await)?
        };
        Ok(self.show(&report)?.code)
    }

    fn keyed(&self) -> Result<ExitCode, Failure> {
        let intent = &self.ready.intent;
        let mut journal = match self.context.journal(intent.mode) {
            Ok(journal) => journal,
            Err(JournalFailure::Journal(error)) => {
                let report = Report::without_journal(intent, &error);
                return Ok(self.show(&report)?.code);
            }
            Err(JournalFailure::Other(failure)) => return Err(failure.unsent()),
        };
        let candidate = Uuid::new_v4().to_string();
        let choice = self.ready.options.key.choice(&candidate);
        let report = if self.is_too_late() {
            too_late(&mut *journal, intent, choice)
        } else {
            self.within(async |sender| sender.send(&mut *journal, intent, choice).await)?
        };
        let shown = self.show(&report)?;
        if shown.is_read {
            mark_reported(self.context, &mut *journal, &report);
        }
        Ok(shown.code)
    }

    /// Whether nothing may be sent any more, not even the question for the key's mode.
    fn is_too_late(&self) -> bool {
        self.ready.options.policy.is_over(UnixMillis::now())
    }

    fn show(&self, report: &Report) -> Result<Shown, Failure> {
        let options = &self.ready.options;
        show::report(self.context, report, options.shows_headers, options.fail_on_replay)
    }

    /// Runs a piece of work with a sender, in a runtime of its own. Where it fails, nothing was sent.
    fn within<T>(&self, work: impl AsyncFnOnce(&mut Sender<'_>) -> T) -> Result<T, Failure> {
        let Ready { profile, route, found, options, intent, .. } = self.ready;
        let runtime = runtime().map_err(Failure::unsent)?;
        let done = runtime.block_on(async {
            let base = route.open().await?;
            let interrupt = Interrupt::listen();
            let sending =
                Sending { context: self.context, profile, found, base: &base, policy: options.policy };
            sending.with(intent, &interrupt, work).await
        });
        // A look-up of a host's name that hangs is not waited for.
        runtime.shutdown_background();
        done.map_err(Failure::unsent)
    }

    /// Follows the pages of a list, one object a line. Whatever goes wrong leaves standard output alone.
    fn all(&self) -> Result<ExitCode, Failure> {
        let Ready { options, intent, path, .. } = self.ready;
        if self.is_too_late() {
            return Ok(show::aside(self.context, &too_late_unkeyed(intent)));
        }
        let printer = self.context.printer;
        self.within(async |sender| {
            let (mut pages, mut intent) = (Pages::from(path.clone(), options.is_backwards), intent.clone());
            loop {
                intent.path = pages.path().to_string();
                let report = fetch(sender, &intent).await;
                let code = report.exit_code(false);
                let Some(answer) = report.answer.as_ref().filter(|_| code == ExitCode::Success) else {
                    return Ok(show::aside(self.context, &report));
                };
                if options.shows_headers {
                    show::headers(printer, answer);
                }
                let page = Page::parse(&answer.body)?;
                for item in page.in_order(options.is_backwards) {
                    if !printer.line(&crate::output::compact(item.get()))? {
                        return Ok(ExitCode::Success);
                    }
                }
                if !pages.go_on(&page)? {
                    return Ok(ExitCode::Success);
                }
            }
        })?
    }
}
