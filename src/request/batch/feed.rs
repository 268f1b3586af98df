//! The reader of the second pass, on a thread of its own, a little ahead of those who send.

use std::io;
use std::thread::JoinHandle;

use tokio::sync::mpsc::{self, error::TryRecvError};

use crate::journal::Intent;

use super::check::Patterns;
use super::line::Line;
use super::source::{Source, SourceError};

/// How many lines are handed over at once: to wake who waits for one costs as much as to read it.
const TOGETHER: usize = 64;

/// How many of these are read ahead.
const AHEAD: usize = 4;

/// A line that may be sent.
#[derive(Debug)]
pub(super) struct Fed {
    /// Its place among the lines, from 0.
    pub(super) place: u64,
    pub(super) line: Line,
    pub(super) intent: Intent,
}

/// The thread of the reader, and how it ended.
pub(super) type FeedThread = JoinHandle<Result<(), SourceError>>;

/// The reader's other end.
#[derive(Debug)]
pub(super) struct Feed {
    groups: mpsc::Receiver<Vec<Fed>>,
    here: std::vec::IntoIter<Fed>,
}

impl Feed {
    /// Starts the reader. It ends with the file, or when nobody takes lines any more.
    pub(super) fn start(source: Source, patterns: Patterns) -> io::Result<(Self, FeedThread)> {
        let (sender, groups) = mpsc::channel(AHEAD);
        let read = move || feed(&source, &patterns, &sender);
        let thread = std::thread::Builder::new().name("lines".into()).spawn(read)?;
        Ok((Self { groups, here: Vec::new().into_iter() }, thread))
    }

    /// The next line, or none at the end.
    pub(super) async fn next(&mut self) -> Option<Fed> {
        loop {
            if let Some(line) = self.here.next() {
                return Some(line);
            }
            self.here = self.groups.recv().await?.into_iter();
        }
    }

    /// The next line, where one is here already.
    pub(super) fn try_next(&mut self) -> Result<Fed, TryRecvError> {
        loop {
            if let Some(line) = self.here.next() {
                return Ok(line);
            }
            self.here = self.groups.try_recv()?.into_iter();
        }
    }
}

fn feed(source: &Source, patterns: &Patterns, sender: &mpsc::Sender<Vec<Fed>>) -> Result<(), SourceError> {
    let mut group = Vec::with_capacity(TOGETHER);
    for (place, line) in (0..).zip(source.lines()?) {
        if place % (TOGETHER * AHEAD) as u64 == 0 {
            source.is_unchanged()?;
        }
        // The first pass has seen no line that cannot be sent.
        let line = line?.map_err(|_| source.changed())?;
        let intent = line.intent(patterns.of(&line)).map_err(|_| source.changed())?;
        group.push(Fed { place, line, intent });
        if group.len() == TOGETHER {
            let full = std::mem::replace(&mut group, Vec::with_capacity(TOGETHER));
            if sender.blocking_send(full).is_err() {
                return Ok(());
            }
        }
    }
    // Nobody may want the rest any more.
    let _ = sender.blocking_send(group);
    Ok(())
}
