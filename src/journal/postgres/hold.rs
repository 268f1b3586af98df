//! How a ticket of this journal is held, and what becomes of it when a step is durable.

use tokio_postgres::types::Type;

use crate::journal::entry::Entry;
use crate::journal::fence::KeyHold;
use crate::journal::store::{AttemptResult, Held, Ticket};

use super::failure::StepError;
use super::steps::Ending;
use super::transaction::Transaction;

/// How the key of a ticket is held.
pub(super) fn hold(ticket: &Ticket) -> &KeyHold {
    match &ticket.held {
        Held::Database(hold) => hold,
        Held::ByKey { .. } | Held::ByBatch => {
            unreachable!("a ticket goes back to the journal that gave it out")
        }
    }
}

/// What is to become durable of a ticket's attempt.
pub(super) fn ending<'a>(ticket: &'a Ticket, result: &'a AttemptResult, is_line: bool) -> Ending<'a> {
    let hold = hold(ticket);
    Ending {
        entry: &hold.entry,
        attempt: hold.attempt,
        holder: hold.holder.name(),
        maybe: ticket.maybe,
        is_line,
        result,
    }
}

/// Takes over what the journal holds of a ticket's entry now. The request stays as it was sent.
pub(super) fn finished(ticket: &mut Ticket, entry: Entry) {
    if let Held::Database(hold) = &mut ticket.held {
        hold.is_held = entry.held_by.as_deref() == Some(hold.holder.name());
    }
    if !ticket.entry.is_settled() {
        ticket.maybe = entry.may_have_executed;
    }
    take_entry(ticket, entry);
}

/// The request of a ticket may have a client secret that the journal does not keep.
pub(super) fn take_entry(ticket: &mut Ticket, entry: Entry) {
    let intent = std::mem::replace(&mut ticket.entry.intent, entry.intent.clone());
    ticket.entry = Entry { intent, ..entry };
}

/// Lets a key go, where nobody has taken it over since the attempt.
pub(super) async fn release(
    transaction: &Transaction<'_>,
    entry: &str,
    holder: &str,
    attempt: u32,
) -> Result<(), StepError> {
    let sql = "UPDATE entries SET held_by = NULL WHERE id = $1 AND held_by = $2 AND attempts = $3";
    let attempt = i64::from(attempt);
    let values = [(&entry as _, Type::TEXT), (&holder as _, Type::TEXT), (&attempt as _, Type::INT8)];
    transaction.execute(sql, &values).await?;
    Ok(())
}
