//! `paycli keys doctor`: secrets without an entry, entries without a secret, and what was left behind.

use clap::Args;
use serde::Serialize;

use crate::advice::Advice;
use crate::cli::confirm::asked;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::held::with_vault;
use crate::exit::ExitCode;
use crate::keys::{Defect, Diagnosis, Mended, Vault};
use crate::output::has_terminal;

/// Shown under the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  paycli keys doctor
  paycli keys doctor --mend
  paycli -p live keys doctor --json";

/// Options of `keys doctor`.
#[derive(Debug, Args)]
pub(in crate::cli) struct DoctorArgs {
    /// Mend what can be mended; whatever would be lost is asked about first
    #[arg(long)]
    mend: bool,
}

#[derive(Serialize)]
struct DefectJson {
    code: &'static str,
    message: String,
    profile: Option<String>,
    name: Option<String>,
    key: Option<String>,
    store: Option<&'static str>,
    slot: Option<String>,
    mended: Option<&'static str>,
    next_command: Option<String>,
    hint: Option<String>,
}

#[derive(Serialize)]
struct UnseenJson {
    store: &'static str,
    why: String,
}

/// Looks at the stored keys of every profile of a mode.
pub(super) fn run(context: &Context, args: &DoctorArgs) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct DoctorJson<'a> {
        schema: u32,
        mode: &'a str,
        ok: bool,
        findings: Vec<DefectJson>,
        unseen: Vec<UnseenJson>,
    }
    let profile = context.profile_for_reading()?.clone();
    if args.mend {
        context.admit(&profile, false)?;
    }
    let (findings, unseen) = with_vault(context, profile.mode, |vault| {
        let Diagnosis { defects, unseen } = vault.examine()?;
        let asks = args.mend && defects.iter().any(|defect| remedy(defect).0.is_some());
        if asks && !context.global.yes && !has_terminal() {
            return Err(Failure::usage(
                "mending asks for a confirmation, and there is no terminal to ask at",
            )
            .next("keys doctor --mend --yes")
            .next("keys doctor"));
        }
        let findings = defects.iter().map(|defect| look_at(context, vault, defect, args.mend));
        let findings = findings.collect::<Result<Vec<_>, Failure>>()?;
        Ok((findings, unseen))
    })?;
    let ok = findings.iter().all(|finding| finding.mended.is_some());
    let code = if ok { ExitCode::Success } else { ExitCode::Findings };
    let unseen = unseen.into_iter().map(|(store, why)| UnseenJson { store: store.as_str(), why }).collect();
    let mode = profile.mode.as_str();
    if context.printer.is_json() {
        context.print_json(&DoctorJson { schema: 1, mode, ok, findings, unseen })?;
        return Ok(code);
    }
    show(context, mode, &findings, &unseen)?;
    Ok(code)
}

fn show(
    context: &Context,
    mode: &str,
    findings: &[DefectJson],
    unseen: &Vec<UnseenJson>,
) -> Result<(), Failure> {
    for UnseenJson { store, why } in unseen {
        context.printer.notice(&format!("not looked into: {store} ({why})"));
    }
    if findings.is_empty() {
        context.printer.line(&format!("The stored keys of {mode} mode are as they should be"))?;
    }
    for finding in findings {
        let outcome = finding.mended.map_or("found".to_owned(), |mended| format!("mended ({mended})"));
        context.printer.line(&format!("{outcome}: {}", finding.message))?;
        if let Some(next) = &finding.next_command {
            context.printer.hint("next:", next);
        }
        if let Some(hint) = &finding.hint {
            context.printer.hint("hint:", hint);
        }
    }
    Ok(())
}

/// One defect, mended where that is wanted and nothing speaks against it.
fn look_at(
    context: &Context,
    vault: &Vault<'_>,
    defect: &Defect,
    is_to_mend: bool,
) -> Result<DefectJson, Failure> {
    let message = describe(defect);
    let (question, advice) = remedy(defect);
    let is_agreed =
        is_to_mend && question.is_none_or(|question| asked(context, &format!("{message}. {question}?")));
    let mended = if is_agreed { vault.mend(defect)? } else { None };
    let advice = if mended.is_some() { Advice::default() } else { advice };
    let json = DefectJson {
        code: code(defect),
        message,
        profile: None,
        name: None,
        key: None,
        store: None,
        slot: None,
        mended: mended.map(Mended::as_str),
        next_command: advice.commands.first().map(|command| context.scope().complete(command)),
        hint: advice.hint,
    };
    Ok(match defect {
        Defect::MissingSecret { id, version } => DefectJson {
            profile: Some(id.profile.to_string()),
            name: Some(id.name.to_string()),
            key: Some(version.shown.clone()),
            store: Some(version.place.store.as_str()),
            slot: Some(id.slot(&version.place.id).path),
            ..json
        },
        Defect::Orphan { store, path } => {
            DefectJson { store: Some(store.as_str()), slot: Some(path.clone()), ..json }
        }
        Defect::OtherStore { store, .. } | Defect::Unreadable { store, .. } => {
            DefectJson { store: Some(store.as_str()), ..json }
        }
        Defect::LeftOver { id, .. } => {
            DefectJson { profile: Some(id.profile.to_string()), name: Some(id.name.to_string()), ..json }
        }
        Defect::TemporaryFile(_) => json,
    })
}

const fn code(defect: &Defect) -> &'static str {
    match defect {
        Defect::MissingSecret { .. } => "missing_secret",
        Defect::Orphan { .. } => "orphan",
        Defect::OtherStore { .. } => "other_store",
        Defect::Unreadable { .. } => "unreadable_store",
        Defect::LeftOver { .. } => "left_over",
        Defect::TemporaryFile(_) => "temporary_file",
    }
}

fn describe(defect: &Defect) -> String {
    match defect {
        Defect::MissingSecret { id, version } => {
            format!("{} ({id}) is not in this {}", version.shown, version.place.store.noun())
        }
        Defect::Orphan { store, path } => format!("the {} holds {path}, which is not listed", store.noun()),
        Defect::OtherStore { store, ids } => {
            let names: Vec<_> = ids.iter().map(ToString::to_string).collect();
            format!("this is another {} than the one that holds {}", store.noun(), names.join(", "))
        }
        Defect::Unreadable { store, why } => format!("the {} cannot be looked into: {why}", store.noun()),
        Defect::LeftOver { id, count } => {
            format!("{count} old copies of {id} are still to be deleted")
        }
        Defect::TemporaryFile(path) => format!("{} was left by a process that was killed", path.display()),
    }
}

/// What is asked before it is mended, where something is lost for good; and what to do.
fn remedy(defect: &Defect) -> (Option<&'static str>, Advice) {
    let mend = || Advice::command("keys doctor --mend");
    match defect {
        Defect::MissingSecret { .. } => (Some("Remove its entry from the list"), mend()),
        Defect::Orphan { .. } => (Some("Use it where its name has no key, else delete it"), mend()),
        Defect::OtherStore { .. } => (
            Some("Remove these entries from the list, and use this store from now on"),
            mend().with_hint(
                "log in where the keys were stored, or set DBUS_SESSION_BUS_ADDRESS to that session",
            ),
        ),
        Defect::Unreadable { .. } => (None, Advice::hint("unlock it, and run this again")),
        Defect::LeftOver { .. } | Defect::TemporaryFile(_) => (None, mend()),
    }
}
