//! `listen --from-api`: the profile's API asked for its events.

use std::time::Duration;

use serde::Deserialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::runtime::runtime;
use crate::cli::sending::{admit, gate};
use crate::cli::target::Destination;
use crate::exit::ExitCode;
use crate::journal::Intent;
use crate::profile::{Profile, parse_time_or_age};
use crate::request::{AdmittedKey, Answer, Interrupt, Reply, Transport};
use crate::time::UnixMillis;
use crate::webhook::listen::{Fetched, ListenReport, PollError, Poller};
use crate::webhook::store::{EventStore, Place};

use super::work::{Ended, Work, finish, told_to_stop};

/// The shortest and the longest pause before the account is asked for again.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Polls until it is told to stop.
pub(super) fn run(context: &mut Context, work: &Work, mut store: EventStore) -> Result<ExitCode, Failure> {
    let route = Destination::of(context, &work.profile)?;
    route.admit(&work.profile)?;
    let found = route.key(context, &work.profile)?;
    let now = UnixMillis::now().0;
    let since = work.wishes.since.as_deref();
    let since_is_given = since.is_some();
    let since = since.map_or(Ok(now), |text| parse_time_or_age(text, now))?.div_euclid(1000);
    runtime()?.block_on(async {
        let base = route.open().await?;
        let transport = Transport::new(&base, context.global.timeout)?;
        let key = {
            let asked = Intent::get(&work.profile, route.name(), "/v1/events");
            admit(&gate(&transport, &work.profile)?, &found.key, &asked).await?
        };
        let api = Api { transport, key, profile: &work.profile, base: route.name() };
        let interrupt = Interrupt::listen();
        context.printer.notice(&format!("Reading events of the profile {}; Ctrl-C stops", work.profile.name));
        let polling = async {
            let Some(account) = api.account(work).await else { return Ok(()) };
            let place = Place(format!("{} {} {account}", work.profile.name, route.name()));
            if since_is_given && store.poll_place(&place)?.is_some() {
                context.printer.notice("going on where the last run ended; --since is for the first one");
            }
            let poller = Poller {
                fetch: async |path: String| api.fetch(&path).await,
                forwarder: &work.forwarder,
                events: &work.events,
                store: &mut store,
                place,
                interval: work.wishes.interval,
                count: work.wishes.count,
            };
            poller.run(since).await
        };
        let mut work_under_way = std::pin::pin!(polling);
        let ended = tokio::select! {
            done = work_under_way.as_mut() => {
                done?;
                Ended::Reached
            }
            ended = told_to_stop(work.wishes.duration, None, &interrupt) => {
                work.stop.send_replace(true);
                // What is being delivered is finished and noted.
                work_under_way.await?;
                ended
            }
        };
        finish(tokio::task::JoinSet::new(), ended, &interrupt).await
    })
}

/// The profile's API.
struct Api<'a> {
    transport: Transport,
    key: AdmittedKey,
    profile: &'a Profile,
    base: &'a str,
}

impl Api<'_> {
    async fn get(&self, path: &str) -> Reply {
        self.transport.attempt(&Intent::get(self.profile, self.base, path), None, &self.key).await
    }

    /// The account's id; empty where the key may not see it. It is part of the place, so it is asked for until the
    /// API has said one or the other: under another place what happened meanwhile would be missed. Nothing when told
    /// to stop.
    async fn account(&self, work: &Work) -> Option<String> {
        #[derive(Deserialize)]
        struct Account {
            id: String,
        }
        if let Some(account) = &self.profile.account {
            return Some(account.clone());
        }
        let mut stop = work.stop.subscribe();
        let mut pause = FIRST_PAUSE;
        loop {
            let (why, asked) = match self.fetch("/v1/account").await {
                Fetched::Page(body) => match serde_json::from_slice::<Account>(&body) {
                    Ok(account) => return Some(account.id),
                    Err(_) => ("the answer of /v1/account is not an account".to_owned(), None),
                },
                Fetched::Refused(..) => return Some(String::new()),
                Fetched::Later(why, asked) => (why, asked),
            };
            let wait = asked.unwrap_or(pause).min(LONGEST_PAUSE);
            pause = (pause * 2).min(LONGEST_PAUSE);
            // Nobody is left to tell when the printer has ended.
            let _ = work.reports.send(ListenReport::Waiting { why, pause: wait }).await;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = stop.wait_for(|is_stopped| *is_stopped) => return None,
            }
        }
    }

    /// Asks for a path, and tells what may be tried again from what may not.
    async fn fetch(&self, path: &str) -> Fetched {
        match self.get(path).await {
            Reply::Answer(answer) if answer.status == 200 => Fetched::Page(answer.body),
            Reply::Answer(answer) if matches!(answer.status, 408 | 409 | 425 | 429 | 500..) => {
                Fetched::Later(words(&answer), retry_after(&answer))
            }
            Reply::Answer(answer) => Fetched::Refused(answer.status, words(&answer)),
            Reply::NotSent(why) => Fetched::Later(why.to_string(), None),
            Reply::Lost(why) => Fetched::Later(why, None),
        }
    }
}

fn retry_after(answer: &Answer) -> Option<Duration> {
    let (_, value) = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))?;
    value.parse().ok().map(Duration::from_secs)
}

/// An error in words: the status, and what the API says of it.
fn words(answer: &Answer) -> String {
    #[derive(Deserialize)]
    struct Body {
        error: ErrorBody,
    }
    #[derive(Deserialize)]
    struct ErrorBody {
        message: Option<String>,
    }
    let message = serde_json::from_slice::<Body>(&answer.body).ok().and_then(|body| body.error.message);
    message.map_or_else(|| answer.status.to_string(), |message| format!("{} {message}", answer.status))
}

impl From<PollError> for Failure {
    fn from(error: PollError) -> Self {
        let text = error.to_string();
        match error {
            PollError::Store(error) => error.into(),
            PollError::Refused(401, _) => Self::authentication(text).next("login"),
            PollError::Refused(..) => Self::refused(text).hint("the key needs read access to events"),
            PollError::NotAList(_) => Self::refused(text),
        }
    }
}
