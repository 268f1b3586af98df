//! What `listen` shows: a line for each event and each answer, or an object a line for programs.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{mpsc, watch};

use crate::output::{Printer, clean};
use crate::time::UnixMillis;
use crate::webhook::DeliveryOutcome;
use crate::webhook::explain::Explanation;
use crate::webhook::listen::ListenReport;

/// How much is shown in one write at most.
const BATCH: usize = 1024;

/// How long what happened waits for more to be shown with it: nobody sees it, and a write for each event would cost as
/// much as the event.
const PAUSE: Duration = Duration::from_millis(5);

/// The thread that shows things.
pub(super) struct View(JoinHandle<()>);

impl View {
    /// Starts it. Where the reader of standard output is gone it stops the listener.
    pub(super) fn start(
        printer: Printer,
        mut shown: mpsc::Receiver<ListenReport>,
        stop: watch::Sender<bool>,
    ) -> Self {
        Self(thread::spawn(move || {
            let mut batch = Vec::with_capacity(BATCH);
            while let Some(first) = shown.blocking_recv() {
                batch.push(first);
                thread::sleep(PAUSE);
                while batch.len() < BATCH
                    && let Ok(next) = shown.try_recv()
                {
                    batch.push(next);
                }
                let mut text = String::new();
                for report in batch.drain(..) {
                    match (&report, printer.is_json()) {
                        (ListenReport::Notice(words), false) => printer.warn(words),
                        (_, true) => text += &json(&report),
                        (_, false) => text += &line(printer, &report),
                    }
                }
                if !matches!(printer.data(text.as_bytes()), Ok(true)) {
                    stop.send_replace(true);
                    return;
                }
            }
        }))
    }

    /// Waits until everything is shown: when all who tell are gone.
    pub(super) fn finish(self) {
        // A panic of the thread has report its message already.
        let _ = self.0.join();
    }
}

fn line(printer: Printer, report: &ListenReport) -> String {
    let colour = printer.out_colour();
    let time = colour.dim(&UnixMillis::now().to_string());
    let text = match report {
        ListenReport::Received { id, kind, is_duplicate, .. } => {
            let mark = if *is_duplicate { " (duplicate)" } else { "" };
            format!("--> {kind} [{id}]{mark}")
        }
        ListenReport::Refused { status, detail, causes, .. } => {
            format!("--> {} {detail}{}", colour.error(&format!("refused [{status}]")), cause(causes))
        }
        ListenReport::Forwarded { id, target, status, outcome, detail, latency, is_retried } => {
            let status = status.map_or_else(|| "---".to_owned(), |status| status.to_string());
            let is_good = *outcome == DeliveryOutcome::Accepted;
            let status = if is_good { colour.success(&status) } else { colour.error(&status) };
            let why = detail.as_deref().filter(|_| !is_good).map(|why| format!(" {why}")).unwrap_or_default();
            let again = if *is_retried { " (will be tried again)" } else { "" };
            format!("<-- [{status}] POST {target} [{id}] {} ms{why}{again}", latency.as_millis())
        }
        ListenReport::Overflowed { id, target } => {
            format!("<-- [---] POST {target} [{id}] not forwarded: too many events wait; it is stored")
        }
        ListenReport::Waiting { why, pause } => {
            format!("... the API cannot be read: {why}; trying again in {pause:?}")
        }
        ListenReport::Notice(words) => words.clone(),
    };
    let shown: Vec<_> = text.split('\u{1b}').map(clean).collect();
    format!("{time} {}\n", shown.join("\u{1b}"))
}

/// The likeliest cause, with its fix.
fn cause(causes: &[Explanation]) -> String {
    let Some(Explanation { detail, fix, certain, .. }) = causes.first() else { return String::new() };
    let proof = if *certain { "cause" } else { "likely" };
    format!("; {proof}: {}; fix: {}", detail.replace('\n', " "), fix.replace('\n', " "))
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ReportJson<'a> {
    Event { event_id: &'a str, r#type: &'a str, object: Option<&'a str>, duplicate: bool },
    Refused { status: u16, reason: &'a str, detail: &'a str, explain: Vec<CauseJson<'a>> },
    Forward(ForwardJson<'a>),
    Overflow { event_id: &'a str, target: &'a str },
    Waiting { detail: &'a str, retry_in_ms: u128 },
    Notice { detail: &'a str },
}

#[derive(Serialize)]
struct ForwardJson<'a> {
    event_id: &'a str,
    target: &'a str,
    outcome: &'a str,
    status: Option<u16>,
    detail: Option<&'a str>,
    latency_ms: f64,
    will_retry: bool,
}

#[derive(Serialize)]
struct CauseJson<'a> {
    cause: &'a str,
    certain: bool,
    detail: &'a str,
    fix: &'a str,
}

#[derive(Serialize)]
struct LineJson<'a> {
    schema: u32,
    at: String,
    #[serde(flatten)]
    report: ReportJson<'a>,
}

fn json(report: &ListenReport) -> String {
    let report = match report {
        ListenReport::Received { id, kind, object, is_duplicate } => ReportJson::Event {
            event_id: id,
            r#type: kind,
            object: object.as_deref(),
            duplicate: *is_duplicate,
        },
        ListenReport::Refused { status, reason, detail, causes } => {
            let explain = causes.iter().map(|it| CauseJson {
                cause: it.cause,
                certain: it.certain,
                detail: &it.detail,
                fix: &it.fix,
            });
            ReportJson::Refused { status: *status, reason, detail, explain: explain.collect() }
        }
        ListenReport::Forwarded { id, target, outcome, status, detail, latency, is_retried } => {
            ReportJson::Forward(ForwardJson {
                event_id: id,
                target,
                outcome: outcome.as_str(),
                status: *status,
                detail: detail.as_deref(),
                latency_ms: millis(*latency),
                will_retry: *is_retried,
            })
        }
        ListenReport::Overflowed { id, target } => ReportJson::Overflow { event_id: id, target },
        ListenReport::Waiting { why, pause } => {
            ReportJson::Waiting { detail: why, retry_in_ms: pause.as_millis() }
        }
        ListenReport::Notice(words) => ReportJson::Notice { detail: words },
    };
    let line = LineJson { schema: 1, at: UnixMillis::now().to_string(), report };
    let mut text = serde_json::to_string(&line).expect("what is shown is JSON");
    text.push('\n');
    text
}

/// Milliseconds to a thousandth.
fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
