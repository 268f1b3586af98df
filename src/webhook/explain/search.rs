//! The search for what was signed: HMACs over what the body, the secret and the time may have been.
//!
//! It goes from the likely to the far-fetched and stops at the first match, which is proof.

use subtle::ConstantTimeEq;

use crate::webhook::signing_key::SigningKey;

use super::bodies::{self, Cause, EDGES, PRINTED, Printed, WRAPPINGS};
use super::budget::{Budget, MAX_BODY};
use super::header_shape::ShapeReading;
use super::json::{Node, Style};

/// The styles that are tried for what is inside another thing, and under secrets that were not given.
const FEW_STYLES: usize = 4;

/// What a match was found with.
#[derive(Default)]
pub(super) struct Match {
    /// The index of the key.
    pub(super) key: usize,
    /// What had been done to the body, outermost first.
    pub(super) changes: Vec<&'static Cause>,
    /// The style in which the body was signed, where it had to be written again.
    pub(super) style: Option<Style>,
    /// The time that was signed.
    pub(super) time: String,
    /// Whether that is the header's time in other units.
    pub(super) is_other_unit: bool,
    /// What was signed instead of the scheme's message.
    pub(super) construction: Option<&'static Construction>,
}

/// A message that senders sign by mistake.
pub(super) struct Construction {
    pub(super) detail: &'static str,
    /// What stands before and after the body.
    around: fn(&str) -> (String, String),
}

const CONSTRUCTIONS: &[Construction] = &[
    Construction {
        detail: "the body alone, without the timestamp",
        around: |_| (String::new(), String::new()),
    },
    Construction {
        detail: "the timestamp and the body without the dot",
        around: |t| (t.into(), String::new()),
    },
    Construction { detail: "timestamp, colon, body", around: |t| (format!("{t}:"), String::new()) },
    Construction {
        detail: "v0:timestamp:body, as Slack signs",
        around: |t| (format!("v0:{t}:"), String::new()),
    },
    Construction {
        detail: "timestamp, dot, body, as Stripe signs",
        around: |t| (format!("{t}."), String::new()),
    },
    Construction { detail: "body, dot, timestamp", around: |t| (String::new(), format!(".{t}")) },
    Construction { detail: "t=timestamp, dot, body", around: |t| (format!("t={t}."), String::new()) },
    Construction { detail: "the message and a line feed", around: |t| (format!("{t}."), "\n".into()) },
];

/// The keys of a search: those of the secrets as given first.
pub(super) struct Keys<'a> {
    pub(super) given: &'a [SigningKey],
    pub(super) others: &'a [SigningKey],
}

/// One search.
pub(super) struct Search<'a> {
    body: &'a [u8],
    reading: ShapeReading,
    /// What stands before the timestamp in the message.
    before_time: Vec<u8>,
    budget: Budget,
}

impl<'a> Search<'a> {
    pub(super) fn new(body: &'a [u8], reading: ShapeReading, id: Option<&[u8]>) -> Self {
        let before_time = id.map(|id| [id, b"."].concat()).unwrap_or_default();
        Self { body, reading, before_time, budget: Budget::new() }
    }

    /// Whether the header has a signature and a time to look with.
    pub(super) fn has_target(&self) -> bool {
        !self.reading.digests.is_empty() && !self.reading.times.is_empty()
    }

    /// What it has cost.
    pub(super) const fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Looks for a match. Nothing where the header has no signature or no time to look with.
    pub(super) fn run(&mut self, keys: &Keys<'_>) -> Option<Match> {
        let all: Vec<&SigningKey> = keys.given.iter().chain(keys.others).collect();
        let (given, others) = all.split_at(keys.given.len());
        let body = self.body;
        self.under(&all, 0, body)
            .or_else(|| self.in_other_units(given))
            .or_else(|| self.changed(given, 0, usize::MAX))
            .or_else(|| self.changed(others, given.len(), FEW_STYLES))
            .or_else(|| self.constructed(&all))
    }

    /// One HMAC, compared with every signature.
    fn hit(&mut self, key: &SigningKey, parts: &[&[u8]]) -> bool {
        if self.budget.hash(parts.iter().map(|part| part.len()).sum()).is_none() {
            return false;
        }
        let expected = key.digest(parts);
        self.reading.digests.iter().any(|digest| digest.bytes.ct_eq(&expected).into())
    }

    /// A body as the scheme signs it, under each key and each time.
    fn under(&mut self, keys: &[&SigningKey], first: usize, body: &[u8]) -> Option<Match> {
        let before = self.before_time.clone();
        for time in self.reading.times.clone() {
            for (index, key) in keys.iter().enumerate() {
                if self.hit(key, &[&before, time.as_bytes(), b".", body]) {
                    return Some(Match { key: first + index, time, ..Match::default() });
                }
            }
        }
        None
    }

    /// The body with what may have been done to it undone, and written in other styles.
    fn changed(&mut self, keys: &[&SigningKey], first: usize, styles: usize) -> Option<Match> {
        if keys.is_empty() {
            return None;
        }
        self.unwrapped(keys, first, styles, self.body, &[]).or_else(|| self.printed(keys, first))
    }

    /// Undoes what was done at the edges, writes again, and goes on inside what is wrapped, twice at most.
    fn unwrapped(
        &mut self,
        keys: &[&SigningKey],
        first: usize,
        styles: usize,
        body: &[u8],
        outer: &[&'static Cause],
    ) -> Option<Match> {
        if body.len() > MAX_BODY {
            self.budget.cut_short();
            return None;
        }
        let with = |cause: &'static Cause, found: Match| Match {
            changes: outer.iter().copied().chain([cause]).collect(),
            ..found
        };
        let mut inside = Vec::new();
        let wrappings = WRAPPINGS.iter().filter(|_| outer.len() < 2);
        for (change, is_wrapping) in
            EDGES.iter().map(|edge| (edge, false)).chain(wrappings.map(|w| (w, true)))
        {
            self.budget.make(body.len())?;
            let Some(before) = (change.undo)(body) else { continue };
            if let Some(found) = self.under(keys, first, &before) {
                return Some(with(&change.cause, found));
            }
            if is_wrapping {
                inside.push((&change.cause, before));
            }
        }
        let styles = if outer.is_empty() { styles } else { FEW_STYLES };
        if let Some(found) = self.rewritten(keys, first, styles, body, bodies::json) {
            return Some(Match { changes: outer.to_vec(), ..found });
        }
        for (cause, inner) in inside {
            let outer: Vec<_> = outer.iter().copied().chain([cause]).collect();
            if let Some(found) = self.unwrapped(keys, first, styles, &inner, &outer) {
                return Some(found);
            }
        }
        None
    }

    /// The value in a body, in the styles of the libraries that write JSON, with a line feed at the end or
    /// without.
    fn rewritten(
        &mut self,
        keys: &[&SigningKey],
        first: usize,
        styles: usize,
        body: &[u8],
        read: fn(&[u8]) -> Option<Node>,
    ) -> Option<Match> {
        if body.len() > MAX_BODY {
            return None;
        }
        self.budget.make(body.len())?;
        let node = read(body)?;
        for style in bodies::styles().take(styles) {
            if self.budget.is_spent() {
                return None;
            }
            let Some(text) = node.write(style, self.budget.worth_writing()) else {
                self.budget.cut_short();
                continue;
            };
            self.budget.make(text.len())?;
            let mut body = text.into_bytes();
            for end in [&b""[..], b"\n"] {
                body.extend_from_slice(end);
                if let Some(found) = self.under(keys, first, &body) {
                    return Some(Match { style: Some(style), ..found });
                }
            }
        }
        None
    }

    fn printed(&mut self, keys: &[&SigningKey], first: usize) -> Option<Match> {
        for Printed { cause, read } in PRINTED {
            if let Some(found) = self.rewritten(keys, first, FEW_STYLES, self.body, *read) {
                return Some(Match { changes: vec![cause], ..found });
            }
        }
        None
    }

    /// The time in milliseconds where it is in seconds, and the other way round.
    fn in_other_units(&mut self, keys: &[&SigningKey]) -> Option<Match> {
        let before = self.before_time.clone();
        let seconds = self.reading.times.iter().filter_map(|time| time.parse::<i128>().ok());
        let others: Vec<_> =
            seconds.flat_map(|time| [time.checked_mul(1000), Some(time / 1000)]).flatten().collect();
        for time in others.into_iter().map(|time| time.to_string()) {
            for (index, key) in keys.iter().enumerate() {
                if self.hit(key, &[&before, time.as_bytes(), b".", self.body]) {
                    return Some(Match { key: index, time, is_other_unit: true, ..Match::default() });
                }
            }
        }
        None
    }

    /// Messages that are not the scheme's.
    fn constructed(&mut self, keys: &[&SigningKey]) -> Option<Match> {
        let times =
            if self.reading.times.is_empty() { vec![String::new()] } else { self.reading.times.clone() };
        for time in times {
            for construction in CONSTRUCTIONS {
                let (before, after) = (construction.around)(&time);
                for (index, key) in keys.iter().enumerate() {
                    if self.hit(key, &[before.as_bytes(), self.body, after.as_bytes()]) {
                        let construction = Some(construction);
                        return Some(Match { key: index, time, construction, ..Match::default() });
                    }
                }
            }
        }
        None
    }
}
