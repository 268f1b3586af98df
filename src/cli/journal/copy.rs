//! `paycli journal copy`: the journal of this machine is carried into the database that machines share.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use clap::Args;
use serde::Serialize;

use crate::exit::ExitCode;
use crate::journal::{Carried, Entry, Imported, Journal, Position, SqliteJournal};

use crate::cli::context::{Context, journal_address};
use crate::cli::failure::Failure;

/// So many entries are taken in one transaction.
const AT_ONCE: usize = 256;

/// Options of `journal copy`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CopyArgs {
    /// The database, without a password: postgres://USER@HOST/DATABASE?sslmode=verify-full
    #[arg(long, value_name = "URL")]
    to: String,
}

/// What became of the entries.
#[derive(Debug, Default, Serialize)]
struct Tally {
    schema: u32,
    copied: usize,
    merged: usize,
    known: usize,
    /// Under an operation that has another key there.
    twice: usize,
    in_flight: usize,
}

/// Copies the journal of the profile's mode.
pub(in crate::cli) fn run(context: &Context, args: &CopyArgs) -> Result<ExitCode, Failure> {
    let address = journal_address(&args.to)
        .and_then(crate::journal::Address::without_password)
        .map_err(|error| Failure::usage(format!("the URL of --to is not usable: {error}")))?;
    let profile = context.profile()?;
    context.admit(profile, true)?;
    let mut source = context.local_journal(profile.mode)?;
    let mut target = context.shared_journal(address, profile.mode)?;
    let mut tally = Tally { schema: 1, ..Tally::default() };
    let mut position = None;
    loop {
        let (carried, last) = next(&mut source, position.as_ref(), &mut tally)?;
        for imported in target.import(&carried)? {
            tally.count(imported);
        }
        let Some(last) = last else { break };
        position = Some(last);
    }
    tell(context, &tally)
}

/// The next entries behind a position, and the position of the last of them. One that is in flight is left out:
/// here a process sends under its key, and there another one could.
fn next(
    source: &mut SqliteJournal,
    after: Option<&Position>,
    tally: &mut Tally,
) -> Result<(Vec<Carried>, Option<Position>), Failure> {
    let (mut carried, mut position) = (Vec::new(), after.cloned());
    for _ in 0..AT_ONCE {
        let Some(entry) = source.next_entry(position.as_ref())? else { return Ok((carried, None)) };
        position = Some(place(&entry));
        if source.is_in_flight(&entry)? {
            tally.in_flight += 1;
            continue;
        }
        let attempts = source.attempts(&entry)?;
        carried.push(Carried { entry, attempts });
    }
    Ok((carried, position))
}

fn place(entry: &Entry) -> Position {
    Position { created_at: entry.created_at, id: entry.id.clone() }
}

impl Tally {
    const fn count(&mut self, imported: Imported) {
        match imported {
            Imported::New => self.copied += 1,
            Imported::Merged => self.merged += 1,
            Imported::Known => self.known += 1,
            Imported::Twice => self.twice += 1,
        }
    }
}

fn tell(context: &Context, tally: &Tally) -> Result<ExitCode, Failure> {
    if context.printer.is_json() {
        context.print_json(tally)?;
    } else {
        let Tally { copied, merged, known, .. } = tally;
        context.printer.line(&format!("{copied} copied, {merged} merged, {known} known already"))?;
    }
    if tally.twice > 0 {
        context.printer.warn(&format!(
            "{} operations have another key there: both keys are kept, and the operation keeps its own",
            tally.twice
        ));
    }
    if tally.in_flight > 0 {
        context.printer.warn(&format!(
            "{} requests are in flight and were left out: run the same command again when they have ended",
            tally.in_flight
        ));
        return Ok(ExitCode::InProgress);
    }
    Ok(ExitCode::Success)
}
