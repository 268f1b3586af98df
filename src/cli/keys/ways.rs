//! What to type after a command of keys failed: the ways out of the state that it left.

use crate::advice::Advice;
use crate::cli::context::{Context, typed_again, typed_with};
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::keys::{
    ApiFailure, KeysError, LineageId, RuleError, SecretKind, Vault, Way, advice, revoke_previous, ways,
};

/// A failure of a command on one secret, with the commands that are accepted now.
pub(super) fn explained(vault: &Vault<'_>, id: &LineageId, kind: SecretKind, error: KeysError) -> Failure {
    let commands = next(vault, id, kind, &error);
    let failure = Failure::from(error);
    if commands.is_empty() {
        return failure;
    }
    Failure { advice: Advice { commands, ..failure.advice }, ..failure }
}

fn next(vault: &Vault<'_>, id: &LineageId, kind: SecretKind, error: &KeysError) -> Vec<String> {
    let Ok(pointers) = vault.known() else { return Vec::new() };
    let is_for_later =
        |failure: &ApiFailure| !matches!(failure.code, ExitCode::ClientError | ExitCode::Configuration);
    let again = match error {
        KeysError::Remote { failure, .. } | KeysError::Unreachable { failure, .. }
            if is_for_later(failure) =>
        {
            vec![typed_again()]
        }
        _ => Vec::new(),
    };
    let Some(lineage) = pointers.lineage(id) else {
        return [without_a_state(id, kind, error), again].concat();
    };
    let said = |ways: &[Way]| advice(ways, id.name.as_str(), lineage.kind).commands;
    let mut out = ways(lineage, pointers.now(vault.clock()));
    // What was refused for good would be refused again: the way back comes before the way on.
    if lineage.staged().is_some() && is_refusal(error) {
        out.reverse();
    }
    match error {
        KeysError::AccountUnknown { .. } if lineage.rotation.is_some() => {
            said(&[Way::Resume]).into_iter().map(|command| format!("{command} --yes")).collect()
        }
        KeysError::AccountUnknown { .. } | KeysError::Unconfirmed { .. } => vec![typed_with("--yes")],
        KeysError::MayBeMade => said(&[Way::Resume, Way::Abort { confirmed: true }]),
        KeysError::Undone { compromised } if lineage.current.is_some() => {
            said(&[Way::Rotate { compromised: *compromised }])
        }
        KeysError::Undone { .. } => said(&[Way::Add]),
        KeysError::Rule(RuleError::PreviousKept { .. }) => said(&[revoke_previous(lineage)]),
        KeysError::Gone { .. } if out.is_empty() => said(&[revoke_previous(lineage)]),
        KeysError::Rule(_)
        | KeysError::Gone { .. }
        | KeysError::Refused { .. }
        | KeysError::Unreachable { .. }
        | KeysError::Hook(_)
        | KeysError::Secret(_)
        | KeysError::Remote { .. }
            if !out.is_empty() =>
        {
            said(&out)
        }
        _ => again,
    }
}

/// Whether going on with a rotation would end the same.
fn is_refusal(error: &KeysError) -> bool {
    match error {
        KeysError::Refused { .. } | KeysError::Secret(_) => true,
        KeysError::Remote { failure, .. } => {
            matches!(failure.code, ExitCode::Authentication | ExitCode::ClientError | ExitCode::Configuration)
        }
        _ => false,
    }
}

/// Nothing is stored, or nothing is left.
fn without_a_state(id: &LineageId, kind: SecretKind, error: &KeysError) -> Vec<String> {
    match error {
        KeysError::AccountUnknown { .. } => vec![typed_with("--yes")],
        KeysError::Undone { .. } | KeysError::Rule(RuleError::NothingStored) => {
            advice(&[Way::Add], id.name.as_str(), kind).commands
        }
        _ => Vec::new(),
    }
}

/// A question was not answered: the same command with the flag that answers it.
pub(super) fn not_confirmed() -> Failure {
    Failure::usage("not confirmed").next(typed_with("--yes"))
}

/// Commands as they are typed, for a notice.
pub(super) fn typed(context: &Context, ways: &[Way], id: &LineageId, kind: SecretKind) -> String {
    let commands = advice(ways, id.name.as_str(), kind).commands;
    let complete = |command: &String| context.scope().complete(command);
    commands.iter().map(complete).collect::<Vec<_>>().join(", or ")
}
