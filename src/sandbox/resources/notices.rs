//! Notices: what is told at a time of its own, of an object that falls due at another.

use serde_json::{Value, json};

use super::fields::Fields;
use super::invoices::INVOICES;
use super::subscriptions::SUBSCRIPTIONS;
use super::{Call, billing, renewals};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;

/// The record of a notice. Clients never see one.
pub(in crate::sandbox) const NOTICE: &str = "notice_record";

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// A trial ends in a few days.
    TrialEnds,
    /// An invoice comes in a few days.
    InvoiceComes,
    /// An invoice that was sent is not paid in time.
    InvoiceOverdue,
}

impl Notice {
    const ALL: [Self; 3] = [Self::TrialEnds, Self::InvoiceComes, Self::InvoiceOverdue];

    const fn as_str(self) -> &'static str {
        match self {
            Self::TrialEnds => "trial_ends",
            Self::InvoiceComes => "invoice_comes",
            Self::InvoiceOverdue => "invoice_overdue",
        }
    }
}

/// Has a notice of an object told at a time, and at no other; at none where that is over.
pub(super) fn put(call: &Call<'_>, notice: Notice, object: &Value, at: Option<i64>) -> Result<(), ApiError> {
    let id = format!("{}:{}", notice.as_str(), object["id"].as_str().unwrap_or_default());
    let at = at.filter(|at| *at > call.now);
    let record = json!({"id": id, "object": NOTICE, "of": object["id"], "at": at,
        "customer": object["customer"], "test_clock": object["test_clock"]});
    match call.store.find(NOTICE, &id)? {
        Some(_) => call.store.update(&record),
        None if at.is_some() => call.keep(&record),
        None => Ok(()),
    }
}

/// When a notice is told.
pub(in crate::sandbox) fn when(notice: &Value) -> Option<i64> {
    notice["at"].as_i64()
}

/// Tells a notice, where what it is about still is so.
pub(in crate::sandbox) fn tell(call: &Call<'_>, record: &Value) -> Result<(), ApiError> {
    let mut record = record.clone();
    record.set("at", Value::Null);
    call.store.update(&record)?;
    let (id, subject) =
        (record["id"].as_str().unwrap_or_default(), record["of"].as_str().unwrap_or_default());
    let Some(notice) = Notice::ALL.into_iter().find(|notice| id.starts_with(notice.as_str())) else {
        return Ok(());
    };
    match notice {
        Notice::TrialEnds => {
            let Some(subscription) = call.store.find_alive(SUBSCRIPTIONS.object, subject)? else {
                return Ok(());
            };
            if subscription["status"] == "trialing" {
                call.note(event_types::CUSTOMER_SUBSCRIPTION_TRIAL_WILL_END, &subscription);
            }
        }
        Notice::InvoiceComes => {
            let Some(subscription) = call.store.find_alive(SUBSCRIPTIONS.object, subject)? else {
                return Ok(());
            };
            if renewals::renews(&subscription) {
                call.note(event_types::INVOICE_UPCOMING, &billing::upcoming(call, &subscription)?);
            }
        }
        Notice::InvoiceOverdue => {
            let Some(invoice) = call.store.find_alive(INVOICES.object, subject)? else { return Ok(()) };
            if invoice["status"] == "open" {
                call.note(event_types::INVOICE_OVERDUE, &invoice);
                renewals::payment_failed(call, &invoice)?;
            }
        }
    }
    Ok(())
}
