//! Events of the API, polled: what happened while nobody listened is delivered too, each event once.
//!
//! The place is kept in the store: a second before which everything is settled, and the events from there on that
//! are. The API lists the newest first, so a backlog is walked down to its oldest page and then up again.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::sleep;

use super::forward::{Forwarder, LastEvent};
use super::report::ListenReport;
use crate::webhook::explain::json::{Escapes, Node, Order, Spacing, Style};
use crate::webhook::outcome::DeliveryOutcome;
use crate::webhook::pattern::TypePatterns;
use crate::webhook::store::{EventStore, NewEvent, Place, Source, StoreError};

/// How many seconds behind the newest event are looked at again: one may be listed later than its time.
const LOOK_BACK: i64 = 10;

/// How long the API keeps events, in seconds.
const KEPT_BY_API: i64 = 30 * 86_400;

/// The shortest and the longest pause after the API could not be read, or a target refused an event.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Longer than any event in Stripe's form, in bytes.
const MAX_BODY: usize = 8 << 20;

/// What came of asking the API.
#[derive(Debug)]
pub enum Fetched {
    /// A list.
    Page(Vec<u8>),
    /// Not now: rate limited, a failure of the server, no connection. With the pause that it asked for.
    Later(String, Option<Duration>),
    /// Never: the key is refused, for example.
    Refused(u16, String),
}

/// Why polling ended.
#[derive(Debug, thiserror::Error)]
pub enum PollError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The API refuses to list events.
    #[error("the API refuses to list events: {1}")]
    Refused(u16, String),
    /// The API answered something that is no list of events.
    #[error("the API's answer is not a list of events: {0}")]
    NotAList(String),
}

/// Polls and forwards.
pub struct Poller<'a, F> {
    /// Asks the API for a path.
    pub fetch: F,
    /// Where events go.
    pub forwarder: &'a Forwarder,
    /// Which events.
    pub events: &'a TypePatterns,
    /// Where the place is read.
    pub store: &'a mut EventStore,
    /// Whose events.
    pub place: Place,
    /// The pause between two looks.
    pub interval: Duration,
    /// After so many events it ends.
    pub count: Option<u64>,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    #[serde(default)]
    has_more: bool,
}

/// An event of a page.
struct Listed {
    id: String,
    created: i64,
    kind: String,
    text: String,
}

/// Events that were not accepted: how often, and when they are tried again.
type Failing = HashMap<String, (u32, Instant)>;

/// What one look settles.
struct Look {
    settled: BTreeSet<String>,
    second: i64,
    newest: i64,
    oldest_open: i64,
}

enum Ended {
    /// Nothing is left for now.
    Done,
    /// The API is to be asked later.
    Later(String, Option<Duration>),
    /// It is to stop.
    Stopped,
}

impl<F: AsyncFn(String) -> Fetched> Poller<'_, F> {
    /// Polls until it is to stop, or enough events were delivered. `since` is where a place that is new begins, in
    /// Unix seconds.
    ///
    /// # Errors
    /// When the store fails, or the API refuses for good.
    pub async fn run(mut self, since: i64) -> Result<(), PollError> {
        if self.store.poll_place(&self.place)?.is_none() {
            self.store.begin_poll(&self.place, since)?;
        }
        self.warn_of_gap().await?;
        let (mut failing, mut pause, mut delivered) = (Failing::new(), PAUSES.0, 0);
        loop {
            let wait = match self.look(&mut failing, &mut delivered).await? {
                Ended::Stopped => return Ok(()),
                Ended::Done => {
                    pause = PAUSES.0;
                    self.interval
                }
                Ended::Later(why, asked) => {
                    let wait = asked.unwrap_or(pause).min(PAUSES.1);
                    pause = (pause * 2).min(PAUSES.1);
                    self.report(ListenReport::Waiting { why, pause: wait }).await;
                    wait
                }
            };
            let mut stop = self.forwarder.way().stop.clone();
            tokio::select! {
                () = sleep(wait) => {}
                _ = stop.wait_for(|is_stopped| *is_stopped) => return Ok(()),
            }
        }
    }

    async fn report(&self, report: ListenReport) {
        // Nobody is left to tell when the printer has ended.
        let _ = self.forwarder.way().reports.send(report).await;
    }

    async fn warn_of_gap(&self) -> Result<(), PollError> {
        let now = (self.forwarder.way().now)().div_euclid(1000);
        let Some(place) = self.store.poll_place(&self.place)? else { return Ok(()) };
        if place.second < now - KEPT_BY_API {
            let days = (now - place.second) / 86_400;
            let text = format!(
                "the API keeps events for 30 days, and the last ones were read {days} days ago: older ones are missed"
            );
            self.report(ListenReport::Notice(text)).await;
        }
        Ok(())
    }

    /// Everything that is there now.
    async fn look(&mut self, failing: &mut Failing, delivered: &mut u64) -> Result<Ended, PollError> {
        let Some(place) = self.store.poll_place(&self.place)? else { return Ok(Ended::Done) };
        let mut look = Look {
            settled: place.settled,
            second: place.second,
            newest: place.second,
            oldest_open: i64::MAX,
        };
        let from = place.second;
        let start = format!("/v1/events?limit=100&created[gte]={from}");
        let (mut page, mut has_newer) = (self.page(&start).await?, false);
        loop {
            let (events, has_more) = match page {
                Ok(page) => page,
                Err(later) => return Ok(later),
            };
            let (true, Some(last)) = (has_more, events.last()) else {
                page = Ok((events, false));
                break;
            };
            has_newer = true;
            page = self.page(&format!("{start}&starting_after={}", last.id)).await?;
        }
        loop {
            let (events, has_more) = match page {
                Ok(page) => page,
                Err(later) => return Ok(later),
            };
            let newest = events.first().map(|event| event.id.clone());
            for event in events.into_iter().rev() {
                if !self.settle(event, &mut look, failing, delivered).await? {
                    return Ok(Ended::Stopped);
                }
            }
            self.advance(&mut look).await?;
            let (true, Some(newest)) = (has_newer || has_more, newest) else { return Ok(Ended::Done) };
            has_newer = false;
            page = self.page(&format!("/v1/events?limit=100&ending_before={newest}")).await?;
        }
    }

    async fn page(&self, path: &str) -> Result<Result<(Vec<Listed>, bool), Ended>, PollError> {
        let body = match (self.fetch)(path.to_owned()).await {
            Fetched::Page(body) => body,
            Fetched::Later(why, pause) => return Ok(Err(Ended::Later(why, pause))),
            Fetched::Refused(status, why) => return Err(PollError::Refused(status, why)),
        };
        let wrong = |error: serde_json::Error| PollError::NotAList(error.to_string());
        let page: Page<'_> = serde_json::from_slice(&body).map_err(wrong)?;
        let listed = page.data.iter().map(|raw| listed(raw.get())).collect::<Result<Vec<_>, _>>();
        Ok(Ok((listed.map_err(wrong)?, page.has_more)))
    }

    /// Delivers an event, unless that was done. False where polling is to stop.
    async fn settle(
        &self,
        event: Listed,
        look: &mut Look,
        failing: &mut Failing,
        delivered: &mut u64,
    ) -> Result<bool, PollError> {
        let way = self.forwarder.way();
        if *way.stop.borrow() {
            return Ok(false);
        }
        let is_wanted = self.events.matches(&event.kind)
            && self.forwarder.routes().any(|route| route.patterns.matches(&event.kind));
        if !is_wanted || look.settled.contains(&event.id) {
            look.newest = look.newest.max(event.created);
            return Ok(true);
        }
        let is_early = failing.get(&event.id).is_some_and(|(_, again)| *again > Instant::now());
        if is_early || !self.deliver(&event, look).await? {
            look.oldest_open = look.oldest_open.min(event.created);
            if !is_early {
                let (times, again) = failing.entry(event.id).or_insert((0, Instant::now()));
                *times += 1;
                *again = Instant::now() + (PAUSES.0 * 2_u32.saturating_pow((*times).min(6))).min(PAUSES.1);
            }
            return Ok(true);
        }
        failing.remove(&event.id);
        look.newest = look.newest.max(event.created);
        *delivered += 1;
        Ok(self.count.is_none_or(|count| *delivered < count))
    }

    /// Delivers an event to every target that has not accepted it. Whether now all have.
    async fn deliver(&self, event: &Listed, look: &mut Look) -> Result<bool, PollError> {
        let way = self.forwarder.way();
        let now = (way.now)();
        let body = stripe_form(&event.text);
        let Ok(new) = NewEvent::read(body.as_bytes(), Source::Polled, now) else {
            self.report(ListenReport::Notice(format!("{} cannot be read, and is passed over", event.id)))
                .await;
            return Ok(true);
        };
        let (object, new) = (new.facts().object.clone(), new.rewritten());
        let kept = way.writer.run(move |step| step.insert_event(&new)).await?;
        let (id, kind) = (event.id.clone(), event.kind.clone());
        let report = ListenReport::Received {
            id: id.clone(),
            kind: kind.clone(),
            object,
            is_duplicate: kept.was_received,
        };
        self.report(report).await;
        let last = LastEvent { seq: kept.seq, id, kind, body: Bytes::from(body), signature: None };
        let mut all = true;
        for route in self.forwarder.routes().filter(|route| route.patterns.matches(&event.kind)) {
            let part = format!("{} {}", event.id, route.target);
            if look.settled.contains(&part) {
                continue;
            }
            if way.deliver(route, &last).await == DeliveryOutcome::Accepted {
                self.note(part, event.created, look).await?;
            } else {
                all = false;
            }
        }
        if all {
            self.note(event.id.clone(), event.created, look).await?;
        }
        Ok(all)
    }

    /// Makes durable that an event is settled, or with one target.
    async fn note(&self, name: String, created: i64, look: &mut Look) -> Result<(), PollError> {
        let (place, text) = (self.place.clone(), name.clone());
        self.forwarder.way().writer.run(move |step| step.settle_polled(&place, &text, created)).await?;
        look.settled.insert(name);
        Ok(())
    }

    /// Moves the place on as far as everything is settled.
    async fn advance(&self, look: &mut Look) -> Result<(), PollError> {
        let second = (look.newest - LOOK_BACK).min(look.oldest_open);
        if second > look.second {
            look.second = second;
            let place = self.place.clone();
            self.forwarder.way().writer.run(move |step| step.advance_poll(&place, second)).await?;
        }
        Ok(())
    }
}

fn listed(text: &str) -> Result<Listed, serde_json::Error> {
    #[derive(Deserialize)]
    struct Facts {
        id: String,
        created: i64,
        #[serde(rename = "type")]
        kind: String,
    }
    let Facts { id, created, kind } = serde_json::from_str(text)?;
    Ok(Listed { id, created, kind, text: text.to_owned() })
}

/// An event of a list as a delivery has it.
fn stripe_form(text: &str) -> String {
    let style = Style { spacing: Spacing::Indented("  "), escapes: Escapes::Raw, order: Order::Stripe };
    let written = Node::read(text).and_then(|node| node.write(style, MAX_BODY));
    written.unwrap_or_else(|| text.to_owned())
}
