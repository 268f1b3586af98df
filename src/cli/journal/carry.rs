//! `paycli journal export`, `import` and `prune`: entries on their way between machines, and old ones.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::journal::{CARRIED_VERSION, Carried, Imported, Position};
use crate::profile::{Mode, parse_duration};
use crate::time::UnixMillis;

/// How many entries are taken in one transaction.
const CHUNK: usize = 500;

/// The longest window of the API: that of /v2.
const LONGEST_WINDOW: Duration = Duration::from_secs(30 * 86_400);

/// Options of `journal import`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArgs {
    /// The file that `journal export` wrote; - reads standard input
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
}

/// Options of `journal prune`.
#[derive(Debug, Args)]
pub(in crate::cli) struct PruneArgs {
    /// Remove finished entries that were last touched longer ago than this
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    before: Duration,
}

/// The first line of an exported journal.
#[derive(Serialize, Deserialize)]
struct Head {
    schema: u32,
    kind: String,
    mode: String,
}

/// Its last line: without it the file was cut off.
#[derive(Serialize, Deserialize)]
struct End {
    end: bool,
    entries: u64,
}

const KIND: &str = "paycli journal";

/// Writes every entry of the profile's mode, and of its account where that is known, one a line.
pub(super) fn export(context: &mut Context) -> Result<ExitCode, Failure> {
    let profile = context.profile_for_reading()?.clone();
    let account = account(context, &profile);
    let journal = context.journal(profile.mode)?;
    let head =
        Head { schema: CARRIED_VERSION, kind: KIND.to_owned(), mode: profile.mode.as_str().to_owned() };
    context.print_json(&head)?;
    let (mut position, mut entries) = (None, 0);
    while let Some(entry) = journal.next_entry(position.as_ref())? {
        position = Some(Position { created_at: entry.created_at, id: entry.id.clone() });
        if is_of_other_account(entry.intent.account.as_ref(), account.as_ref()) {
            continue;
        }
        let attempts = journal.attempts(&entry)?;
        if !context.printer.line(&Carried { entry, attempts }.to_json())? {
            return Ok(ExitCode::Success);
        }
        entries += 1;
    }
    context.print_json(&End { end: true, entries })?;
    context.printer.notice(&format!("{entries} entries exported"));
    Ok(ExitCode::Success)
}

/// The account of the profile, where the configuration or its key tells it.
fn account(context: &mut Context, profile: &crate::profile::Profile) -> Option<String> {
    let of_key = |context: &mut Context| {
        let destination = crate::cli::target::Destination::of(context, profile).ok()?;
        destination.key(context, profile).ok()?.account()
    };
    profile.account.clone().or_else(|| of_key(context))
}

fn is_of_other_account(entry: Option<&String>, ours: Option<&String>) -> bool {
    entry.zip(ours).is_some_and(|(entry, ours)| entry != ours)
}

/// Merges an exported journal into the profile's.
pub(super) fn import(context: &mut Context, args: &ImportArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    context.admit(&profile, false)?;
    let mut file = open(context, args)?;
    let account = account(context, &profile);
    // Everything is looked at before anything is taken.
    each(&mut file, profile.mode, account.as_ref(), &mut |_| Ok(()))?;
    let mut journal = context.journal(profile.mode)?;
    let (mut waiting, mut counts) = (Vec::new(), Counts::default());
    each(&mut file, profile.mode, account.as_ref(), &mut |carried| {
        waiting.push(carried);
        if waiting.len() == CHUNK {
            counts.add(context, &journal.import(&waiting)?, &mut waiting);
        }
        Ok(())
    })?;
    counts.add(context, &journal.import(&waiting)?, &mut waiting);
    if context.printer.is_json() {
        return context.print_json(&counts);
    }
    let Counts { new, merged, known, twice, .. } = counts;
    context.printer.line(&format!(
        "{new} new, {merged} merged, {known} known already, {twice} of operations that have another key here"
    ))?;
    Ok(ExitCode::Success)
}

#[derive(Default, Serialize)]
struct Counts {
    schema: u32,
    new: u64,
    merged: u64,
    known: u64,
    twice: u64,
}

impl Counts {
    fn add(&mut self, context: &Context, imported: &[Imported], taken: &mut Vec<Carried>) {
        self.schema = 1;
        for (carried, imported) in taken.drain(..).zip(imported) {
            match imported {
                Imported::New => self.new += 1,
                Imported::Merged => self.merged += 1,
                Imported::Known => self.known += 1,
                Imported::Twice => {
                    self.twice += 1;
                    context.printer.warn(&format!(
                        "operation {:?} has another key here: it may have been executed twice; see: {}",
                        carried.entry.operation.unwrap_or_default(),
                        context.scope().complete(&format!("journal show {}", carried.entry.key))
                    ));
                }
            }
        }
    }
}

/// The file, or a copy of standard input: it is read twice.
fn open(context: &mut Context, args: &ImportArgs) -> Result<File, Failure> {
    if args.file.as_os_str() != "-" {
        return File::open(&args.file)
            .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", args.file.display())));
    }
    context.take_stdin()?;
    let copied = tempfile::tempfile().and_then(|mut file| {
        std::io::copy(&mut std::io::stdin().lock(), &mut file)?;
        Ok(file)
    });
    copied.map_err(|error| Failure::internal(format!("standard input cannot be copied: {error}")))
}

/// Goes through the entries of an exported journal of this mode and account.
fn each(
    file: &mut File,
    mode: Mode,
    account: Option<&String>,
    take: &mut dyn FnMut(Carried) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let unread = |error: std::io::Error| Failure::usage(format!("the file cannot be read: {error}"));
    file.rewind().map_err(unread)?;
    let mut lines = BufReader::new(&*file).lines().zip(1_u64..);
    let head = lines.next().map(|(line, _)| line.map_err(unread)).transpose()?.unwrap_or_default();
    let head: Head = serde_json::from_str(&head)
        .ok()
        .filter(|head: &Head| head.kind == KIND)
        .ok_or_else(|| Failure::usage("the file is not one that `paycli journal export` wrote"))?;
    if head.schema > CARRIED_VERSION {
        let message = format!(
            "the file has version {}, and this paycli knows versions up to {CARRIED_VERSION}: install the newer paycli",
            head.schema
        );
        return Err(Failure::usage(message));
    }
    let wrong_mode = || Failure::configuration(format!("the file is a journal of another mode than {mode}"));
    if head.mode != mode.as_str() {
        return Err(wrong_mode());
    }
    for ((line, number), count) in lines.zip(0_u64..) {
        let line = line.map_err(unread)?;
        if let Ok(End { end: true, entries }) = serde_json::from_str(&line) {
            return if entries == count { Ok(()) } else { Err(cut_off()) };
        }
        let carried =
            Carried::from_json(&line).map_err(|error| Failure::usage(format!("line {number}: {error}")))?;
        let intent = &carried.entry.intent;
        if intent.mode != mode {
            return Err(wrong_mode());
        }
        if is_of_other_account(intent.account.as_ref(), account) {
            let of = intent.account.as_deref().unwrap_or_default();
            let message =
                format!("line {number} is of the account {of}, and this profile is for another one");
            return Err(Failure::configuration(message).hint("import it with the profile of that account"));
        }
        take(carried)?;
    }
    Err(cut_off())
}

fn cut_off() -> Failure {
    Failure::usage("the file was cut off: its last line is missing").hint("export the journal again")
}

/// Removes old finished entries.
pub(super) fn prune(context: &Context, args: &PruneArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile()?;
    context.admit(profile, false)?;
    if args.before < LONGEST_WINDOW {
        context.printer.notice(
            "the API may still know these keys: a request, an operation or a batch line that is removed here is sent anew",
        );
    }
    let mut journal = context.journal(profile.mode)?;
    let age = i64::try_from(args.before.as_millis()).unwrap_or(i64::MAX);
    let before = UnixMillis(UnixMillis::now().0.saturating_sub(age));
    let mut removed = 0;
    loop {
        let count = journal.prune(before, CHUNK)?;
        removed += count;
        if count < CHUNK {
            break;
        }
    }
    if context.printer.is_json() {
        #[derive(Serialize)]
        struct Pruned {
            schema: u32,
            removed: usize,
        }
        return context.print_json(&Pruned { schema: 1, removed });
    }
    context.printer.line(&format!("{removed} entries removed"))?;
    Ok(ExitCode::Success)
}
