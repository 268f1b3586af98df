//! Results in the order of their lines, in bounded memory: one that comes early waits in memory, and beyond that
//! in a temporary database on the disk. A slow line holds back the results behind it and no line.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

/// How many bytes of results wait in memory.
const IN_MEMORY: usize = 4 << 20;

/// Results that wait for their turn.
#[derive(Debug, Default)]
pub(super) struct InOrder {
    next: u64,
    waiting: BTreeMap<u64, String>,
    bytes: usize,
    spilled: Option<Spilled>,
}

#[derive(Debug)]
struct Spilled {
    connection: Connection,
    count: u64,
}

impl InOrder {
    /// Takes the result of a line, by its place from 0, and hands out those whose turn has come.
    ///
    /// # Errors
    /// When the temporary file cannot be written or read.
    pub(super) fn take(
        &mut self,
        place: u64,
        result: String,
        show: &mut dyn FnMut(&str),
    ) -> rusqlite::Result<()> {
        if place != self.next {
            return self.keep(place, result);
        }
        show(&result);
        self.next += 1;
        while let Some(result) = self.pop(self.next)? {
            show(&result);
            self.next += 1;
        }
        Ok(())
    }

    /// Hands out what is left, in order, over lines that have no result.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn rest(&mut self, show: &mut dyn FnMut(&str)) -> rusqlite::Result<()> {
        loop {
            let in_memory = self.waiting.keys().next().copied();
            let on_disk = self.spilled.as_ref().map(Spilled::first).transpose()?.flatten();
            let Some(place) = in_memory.into_iter().chain(on_disk).min() else { return Ok(()) };
            if let Some(result) = self.pop(place)? {
                show(&result);
            }
        }
    }

    fn keep(&mut self, place: u64, result: String) -> rusqlite::Result<()> {
        if self.bytes + result.len() <= IN_MEMORY {
            self.bytes += result.len();
            self.waiting.insert(place, result);
            return Ok(());
        }
        let spilled = match &mut self.spilled {
            Some(spilled) => spilled,
            none => none.insert(Spilled::new()?),
        };
        spilled.put(place, &result)
    }

    fn pop(&mut self, place: u64) -> rusqlite::Result<Option<String>> {
        if let Some(result) = self.waiting.remove(&place) {
            self.bytes -= result.len();
            return Ok(Some(result));
        }
        self.spilled.as_mut().map_or(Ok(None), |spilled| spilled.pop(place))
    }
}

impl Spilled {
    fn new() -> rusqlite::Result<Self> {
        // The empty name is a temporary file of SQLite's own, without a name in the folder.
        let connection = Connection::open("")?;
        connection.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096;
             CREATE TABLE results (place INTEGER PRIMARY KEY, result TEXT NOT NULL) STRICT;
             BEGIN;",
        )?;
        Ok(Self { connection, count: 0 })
    }

    fn put(&mut self, place: u64, result: &str) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached("INSERT INTO results VALUES (?1, ?2)")?;
        insert.execute(params![number(place), result])?;
        self.count += 1;
        Ok(())
    }

    fn pop(&mut self, place: u64) -> rusqlite::Result<Option<String>> {
        if self.count == 0 {
            return Ok(None);
        }
        let mut delete =
            self.connection.prepare_cached("DELETE FROM results WHERE place = ?1 RETURNING result")?;
        let result = delete.query_row([number(place)], |row| row.get(0)).optional()?;
        self.count -= u64::from(result.is_some());
        Ok(result)
    }

    fn first(&self) -> rusqlite::Result<Option<u64>> {
        let first: Option<i64> =
            self.connection.query_row("SELECT min(place) FROM results", [], |row| row.get(0))?;
        Ok(first.and_then(|place| u64::try_from(place).ok()))
    }
}

fn number(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(places: &[u64], size: usize) -> Vec<u64> {
        let (mut order, mut shown) = (InOrder::default(), Vec::new());
        let mut show = |text: &str| shown.push(text.trim_end().parse().expect("a place"));
        for place in places {
            order.take(*place, format!("{place}{}", " ".repeat(size)), &mut show).expect("taken");
        }
        order.rest(&mut show).expect("the rest");
        shown
    }

    proptest! {
        #[test]
        fn results_come_out_in_order_in_memory_and_on_the_disk(
            places in (1_u64..40).prop_flat_map(|count| Just((0..count).collect::<Vec<_>>()).prop_shuffle()),
            size in prop_oneof![Just(1_usize), Just(1 << 19)],
            missing in any::<Option<prop::sample::Index>>(),
        ) {
            let mut places = places;
            if let Some(missing) = missing {
                places.remove(missing.index(places.len()));
            }
            let mut expected = places.clone();
            expected.sort_unstable();
            prop_assert_eq!(shown(&places, size), expected);
        }
    }

    #[test]
    fn what_does_not_fit_into_memory_waits_on_the_disk() {
        let mut order = InOrder::default();
        let mut shown = 0;
        for place in 1..100 {
            order.take(place, "x".repeat(1 << 17), &mut |_| shown += 1).expect("taken");
        }
        assert!(order.bytes <= IN_MEMORY && order.spilled.as_ref().is_some_and(|spilled| spilled.count > 50));
        order.take(0, String::new(), &mut |_| shown += 1).expect("taken");
        assert_eq!(shown, 100);
    }
}
