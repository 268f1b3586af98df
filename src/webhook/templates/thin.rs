//! Templates of the thin events of v2, which name their object and do not hold it. Pure.

use super::recipe::{Template, thin};

const ACCOUNT: Option<(&str, &str, &str)> = Some(("v2.core.account", "acct", "/v2/core/accounts/"));
const PERSON: Option<(&str, &str, &str)> =
    Some(("v2.core.account_person", "person", "/v2/core/accounts/persons/"));
const METER: Option<(&str, &str, &str)> = Some(("billing.meter", "mtr_test", "/v1/billing/meters/"));
const DESTINATION: Option<(&str, &str, &str)> =
    Some(("v2.core.event_destination", "ed_test", "/v2/core/event_destinations/"));

/// What went wrong with the usage that was reported.
const METER_ERRORS: &str = r#"{
    "developer_message_summary": "There is 1 invalid event",
    "reason": {"error_count": 1, "error_types": [{"code": "meter_event_no_customer_defined", "error_count": 1,
        "sample_errors": [{"error_message": "Customer mapping key stripe_customer_id not found in payload.",
            "request": {"identifier": "$new:meter_event"}}]}]},
    "validation_end": "2026-01-01T00:00:10.000Z", "validation_start": "2026-01-01T00:00:00.000Z"}"#;

pub(super) const TEMPLATES: &[Template] = &[
    thin("v1.billing.meter.error_report_triggered", METER, Some(METER_ERRORS)),
    thin("v1.billing.meter.no_meter_found", None, Some(METER_ERRORS)),
    thin("v2.core.account.closed", ACCOUNT, None),
    thin("v2.core.account.created", ACCOUNT, None),
    thin("v2.core.account.updated", ACCOUNT, None),
    thin("v2.core.account[configuration.customer].updated", ACCOUNT, None),
    thin("v2.core.account[configuration.merchant].updated", ACCOUNT, None),
    thin("v2.core.account[configuration.recipient].updated", ACCOUNT, None),
    thin("v2.core.account[defaults].updated", ACCOUNT, None),
    thin("v2.core.account[identity].updated", ACCOUNT, None),
    thin("v2.core.account[requirements].updated", ACCOUNT, None),
    thin("v2.core.account_person.created", PERSON, None),
    thin("v2.core.account_person.deleted", PERSON, None),
    thin("v2.core.account_person.updated", PERSON, None),
    thin("v2.core.event_destination.ping", DESTINATION, None),
];
