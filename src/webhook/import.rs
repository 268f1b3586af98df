//! Events from a file: exported lines, Stripe's event lists, single events, and what `stripe listen` prints.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::event::EventError;
use super::explain::json::{Escapes, Node, Order, Spacing, Style};
use super::export::{Imported, LineError, read_line};
use super::store::{EventStore, NewEvent, Source, StoreError};

/// How many events share a transaction.
const BATCH: usize = 500;

/// The longest line, and the largest file that is one JSON text, in bytes.
const MAX_BYTES: u64 = 256 << 20;

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Events that were read.
    pub read: u64,
    /// Those that the store did not have with the same bytes.
    pub new: u64,
    /// Attempts that the store did not have.
    pub new_attempts: u64,
    /// Those whose bytes are not the ones that were signed.
    pub rewritten: u64,
    /// Those that had credentials taken out now.
    pub redacted: u64,
    /// Lines that are no event.
    pub broken: u64,
}

/// Why an import stopped. What was stored before stays; importing the file again stores nothing twice.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("the events cannot be read: {0}")]
    Read(#[from] io::Error),
    /// A line is no event, and the import was not to go on.
    #[error("line {line}: {error}")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// Why.
        error: LineError,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stores the events of a file. `now` is in Unix milliseconds. `broken` is told of each line that is no event,
/// and says whether to go on.
///
/// # Errors
/// When the file or the store fails, or a line is broken and that ends it.
pub fn import(
    store: &mut EventStore,
    source: impl Read,
    now: i64,
    mut broken: impl FnMut(u64, &LineError) -> bool,
) -> Result<ImportSummary, ImportError> {
    let (mut summary, mut batch) = (ImportSummary::default(), Vec::new());
    let mut each = |line: u64, found: Result<Vec<Imported>, LineError>| -> Result<(), ImportError> {
        match found {
            Ok(events) => batch.extend(events),
            Err(error) => {
                summary.broken += 1;
                if !broken(line, &error) {
                    // What stood before the line is stored as if the file ended there.
                    store_batch(store, &mut batch, &mut summary)?;
                    return Err(ImportError::Line { line, error });
                }
            }
        }
        if batch.len() >= BATCH { store_batch(store, &mut batch, &mut summary) } else { Ok(()) }
    };
    read_events(source, now, &mut each)?;
    store_batch(store, &mut batch, &mut summary)?;
    Ok(summary)
}

fn store_batch(
    store: &mut EventStore,
    batch: &mut Vec<Imported>,
    summary: &mut ImportSummary,
) -> Result<(), ImportError> {
    if batch.is_empty() {
        return Ok(());
    }
    let (new, new_attempts) = store.step(|step| {
        let (mut new, mut new_attempts) = (0, 0);
        for Imported { event, attempts } in batch.iter() {
            let kept = step.insert_event(event)?;
            new += u64::from(kept.is_new);
            for attempt in attempts {
                new_attempts += u64::from(step.import_attempt(kept.seq, attempt)?);
            }
        }
        Ok((new, new_attempts))
    })?;
    summary.new += new;
    summary.new_attempts += new_attempts;
    for Imported { event, .. } in batch.drain(..) {
        summary.read += 1;
        summary.rewritten += u64::from(!event.is_exact());
        summary.redacted += u64::from(event.is_redacted());
    }
    Ok(())
}

/// Reads a file line by line. Where its first line is no JSON text of its own, but the whole file is one, it
/// is read as that.
fn read_events(
    source: impl Read,
    now: i64,
    each: &mut impl FnMut(u64, Result<Vec<Imported>, LineError>) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let mut lines = Lines { source: io::BufReader::with_capacity(1 << 16, source), number: 0 };
    let Some(first) = lines.next()? else { return Ok(()) };
    if serde_json::from_str::<&RawValue>(&first.text).is_ok() {
        each(first.number, read_text(first.text.trim(), now, false))?;
    } else {
        let mut whole = first.raw.clone();
        (&mut lines.source).take(MAX_BYTES).read_to_end(&mut whole)?;
        let text = String::from_utf8_lossy(&whole);
        if let Ok(document) = serde_json::from_str::<&RawValue>(&text) {
            return each(first.number, read_text(document.get(), now, true));
        }
        let mut rest = Lines { source: whole.as_slice(), number: first.number - 1 };
        while let Some(line) = rest.next()? {
            each(line.number, read_text(line.text.trim(), now, false))?;
        }
        return Ok(());
    }
    while let Some(line) = lines.next()? {
        each(line.number, read_text(line.text.trim(), now, false))?;
    }
    Ok(())
}

/// The lines that are not blank, with their numbers.
struct Lines<R> {
    source: R,
    number: u64,
}

struct NumberedLine {
    number: u64,
    raw: Vec<u8>,
    text: String,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> io::Result<Option<NumberedLine>> {
        loop {
            let mut raw = Vec::new();
            if (&mut self.source).take(MAX_BYTES).read_until(b'\n', &mut raw)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            let text = String::from_utf8_lossy(&raw).trim_start_matches('\u{feff}').to_owned();
            if !text.trim().is_empty() {
                return Ok(Some(NumberedLine { number: self.number, raw, text }));
            }
        }
    }
}

/// What kind of JSON text it is.
#[derive(Deserialize)]
struct Shape<'a> {
    #[serde(borrow, default)]
    object: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
    #[serde(borrow, default)]
    payload_utf8: Option<&'a RawValue>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

/// The events of one JSON text. One that is a whole file may be the very body of a delivery, so its bytes are
/// kept; in lists and lines the JSON was written by somebody else.
pub(super) fn read_text(text: &str, now: i64, is_file: bool) -> Result<Vec<Imported>, LineError> {
    let form = |error: serde_json::Error| LineError::Form(error.to_string());
    let shape: Shape<'_> = serde_json::from_str(text).map_err(form)?;
    if shape.payload.is_some() || shape.payload_utf8.is_some() {
        return Ok(vec![read_line(text, now)?]);
    }
    if shape.object.as_deref() != Some("list") {
        let body = if is_file { Cow::Borrowed(text) } else { in_stripes_form(text) };
        return Ok(vec![rewritten(&body, now)?]);
    }
    let data = shape.data.ok_or_else(|| LineError::Form("a list without data".to_owned()))?;
    let items: Vec<&RawValue> = serde_json::from_str(data.get()).map_err(form)?;
    // The API lists the newest first; the store takes them in as they happened.
    let events = items.iter().rev().map(|item| rewritten(&in_stripes_form(item.get()), now));
    events.collect::<Result<_, _>>().map_err(LineError::from)
}

fn rewritten(body: &str, now: i64) -> Result<Imported, EventError> {
    let event = NewEvent::read(body.as_bytes(), Source::Imported, now)?.rewritten();
    Ok(Imported { event, attempts: Vec::new() })
}

/// The JSON as Stripe writes the bodies of deliveries: no number changes a digit. What is nested too deep stays
/// as it is.
fn in_stripes_form(text: &str) -> Cow<'_, str> {
    let style = Style { spacing: Spacing::Indented("  "), escapes: Escapes::Raw, order: Order::Stripe };
    let written = Node::read(text).and_then(|node| node.write(style, usize::MAX));
    written.map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::webhook::export::line;
    use crate::webhook::store::{EventFilter, EventOrder, StoredEvent};

    fn import_text(
        text: &str,
        goes_on: bool,
    ) -> (Result<ImportSummary, ImportError>, Vec<StoredEvent>, Vec<u64>) {
        let dir = tempfile::tempdir().expect("a directory");
        let mut store =
            EventStore::open(&dir.path().join("e.sqlite"), Duration::from_secs(1)).expect("a store");
        let mut broken = Vec::new();
        let done = import(&mut store, text.as_bytes(), 1_760_000_000_000, |number, _| {
            broken.push(number);
            goes_on
        });
        let events =
            store.page(&EventFilter::default(), EventOrder::OldestFirst, None, 1000).expect("events");
        (done, events, broken)
    }

    fn event(id: &str) -> String {
        format!(
            "{{\"type\":\"a.b\",\"object\":\"event\",\"id\":\"{id}\",\"n\":1.50,\"big\":90071992547409931}}"
        )
    }

    #[test]
    fn a_list_of_the_api_is_taken_in_stripes_form_the_oldest_first() {
        let list = format!(
            "{{\n  \"object\": \"list\",\n  \"data\": [{}, {}],\n \"has_more\": true}}\n",
            event("evt_2"),
            event("evt_1")
        );
        let (done, events, _) = import_text(&list, false);
        assert_eq!(
            done.expect("imported"),
            ImportSummary { read: 2, new: 2, rewritten: 2, ..ImportSummary::default() }
        );
        let ids: Vec<_> = events.iter().map(|event| event.id.as_str()).collect();
        assert_eq!(ids, ["evt_1", "evt_2"]);
        let expected = "{\n  \"id\": \"evt_1\",\n  \"object\": \"event\",\n  \"big\": 90071992547409931,\n  \"n\": 1.50,\n  \"type\": \"a.b\"\n}";
        assert_eq!(String::from_utf8_lossy(&events[0].body), expected);
        assert!(!events[0].is_exact && events[0].signature_problem().is_some());
    }

    #[test]
    fn lines_of_listen_single_events_and_blank_lines_are_taken() {
        let text = format!("\u{feff}{}\n\n  {}\r\n{}", event("evt_1"), event("evt_2"), event("evt_3"));
        let (done, events, _) = import_text(&text, false);
        assert_eq!((done.expect("imported").read, events.len()), (3, 3));
        let body = "{\n   \"id\": \"evt_1\", \"object\": \"event\",\n \"type\": \"a.b\"}";
        let (_, events, _) = import_text(&format!("{body}\n"), false);
        assert_eq!(String::from_utf8_lossy(&events[0].body), body, "a file's bytes are kept");
        assert_eq!(import_text("", false).0.expect("nothing"), ImportSummary::default());
    }

    #[test]
    fn a_broken_line_is_named_and_ends_it_or_not() {
        for (first, second) in [("{", event("evt_1")), ("[]", event("evt_1")), ("x", event("evt_1"))] {
            let text = format!("{}\n{first}\n{second}\n", event("evt_0"));
            let (done, events, broken) = import_text(&text, false);
            let error = done.expect_err("broken").to_string();
            assert!(error.starts_with("line 2: not an "), "{error}");
            assert_eq!((events.len(), broken), (1, vec![2]));
            let (done, events, _) = import_text(&text, true);
            assert_eq!((done.expect("goes on").broken, events.len()), (1, 2));
        }
        let (done, events, broken) = import_text(&format!("{{\n{}\n", event("evt_1")), true);
        assert_eq!(
            (done.expect("goes on").read, events.len(), broken),
            (1, 1, vec![1]),
            "the first line is broken"
        );
    }

    #[test]
    fn an_export_comes_back_with_its_bytes_and_twice_is_once() {
        let text = format!("{}\n{}", event("evt_1"), event("evt_2"));
        let (_, events, _) = import_text(&text, false);
        let exported: String = events.iter().map(|event| line(event, &[]) + "\n").collect();
        let (done, again, _) = import_text(&format!("{exported}{exported}"), false);
        let done = done.expect("imported");
        assert_eq!((done.read, done.new), (4, 2));
        let bodies =
            |events: &[StoredEvent]| events.iter().map(|event| event.body.clone()).collect::<Vec<_>>();
        assert_eq!(bodies(&events), bodies(&again));
    }
}
