//! What is said where an object's state does not allow an operation. Pure: words only.

use serde_json::Value;

use super::{Method, Target};

/// How messages call a kind of object.
pub(super) fn noun(object: &str) -> &str {
    match object {
        "payment_intent" => "PaymentIntent",
        "setup_intent" => "SetupIntent",
        "payment_method" => "PaymentMethod",
        "checkout.session" => "Checkout Session",
        other => other,
    }
}

/// An operation as a verb, and as what is then done.
fn verb(method: Method, target: Target, object: &str) -> (String, String) {
    let regular = |verb: &str, done: &str| (verb.to_owned(), done.to_owned());
    match (target, method) {
        (Target::Action("finalize"), _) => regular("finalize", "finalized"),
        (Target::Action("cancel"), _) => regular("cancel", "canceled"),
        (Target::Action("pay"), _) => regular("pay", "paid"),
        (Target::Action("send"), _) => regular("send", "sent"),
        (Target::Action("mark_uncollectible"), _) => regular("mark", "marked as uncollectible"),
        (Target::Action(name), _) => {
            let name = name.replace('_', " ");
            let done = if name.ends_with('e') { format!("{name}d") } else { format!("{name}ed") };
            (name, done)
        }
        (_, Method::Delete) if object == "subscription" => regular("cancel", "canceled"),
        (_, Method::Delete) => regular("delete", "deleted"),
        (_, _) => regular("update", "updated"),
    }
}

/// Why an object in this state is not open to an operation that needs one of `allowed`.
pub(super) fn by_state(object: &Value, method: Method, target: Target, allowed: &[&str]) -> String {
    let kind = object["object"].as_str().unwrap_or_default();
    let status = object["status"].as_str().unwrap_or_default();
    let (noun, (verb, done)) = (noun(kind), verb(method, target, kind));
    let allowed = allowed.join(", ");
    match (kind, target, status) {
        ("payment_intent", Target::Action("confirm"), "succeeded") => format!(
            "You cannot confirm this {noun} because it has already succeeded after being previously confirmed."
        ),
        ("setup_intent", Target::Action("confirm"), "succeeded") => {
            format!("You cannot confirm this {noun} because it has already succeeded.")
        }
        ("payment_intent", Target::Action("capture"), "succeeded") => {
            format!("This {noun} could not be captured because it has already been captured.")
        }
        ("payment_intent", Target::Action("capture"), _) => format!(
            "This {noun} could not be captured because it has a status of {status}. Only a {noun} with one of the \
             following statuses may be captured: {allowed}."
        ),
        ("invoice", Target::Action("finalize"), _) => {
            "This invoice is already finalized, you can't re-finalize a non-draft invoice.".to_owned()
        }
        ("invoice", Target::Action("pay"), "paid") => "Invoice is already paid".to_owned(),
        ("invoice", Target::Item, _) if method == Method::Delete => {
            format!("You can only delete draft invoices. This one has a status of {status}.")
        }
        ("subscription", Target::Item, "canceled") if method == Method::Post => {
            "A canceled subscription can only update its cancellation_details and metadata.".to_owned()
        }
        _ => format!(
            "You cannot {verb} this {noun} because it has a status of {status}. Only a {noun} with one of the following \
             statuses may be {done}: {allowed}."
        ),
    }
}

/// Why a field of an object cannot be changed in this state.
pub(super) fn fixed(object: &Value, field: &str, allowed: &[&str]) -> String {
    let noun = noun(object["object"].as_str().unwrap_or_default());
    let status = object["status"].as_str().unwrap_or_default();
    format!(
        "This {noun}'s {field} could not be updated because it has a status of {status}. You may only update the {field} \
         of a {noun} with one of the following statuses: {}.",
        allowed.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn states_are_told_in_sentences() {
        let say = |kind: &str, status: &str, method, target, allowed: &[&str]| {
            by_state(&json!({"object": kind, "status": status}), method, target, allowed)
        };
        let post = Method::Post;
        for (kind, status, target, start) in [
            (
                "payment_intent",
                "succeeded",
                "confirm",
                "You cannot confirm this PaymentIntent because it has already",
            ),
            (
                "payment_intent",
                "succeeded",
                "cancel",
                "You cannot cancel this PaymentIntent because it has a status of",
            ),
            (
                "payment_intent",
                "canceled",
                "capture",
                "This PaymentIntent could not be captured because it has a status",
            ),
            ("invoice", "open", "finalize", "This invoice is already finalized"),
            ("invoice", "paid", "pay", "Invoice is already paid"),
            ("invoice", "draft", "void", "You cannot void this invoice because it has a status of draft."),
            ("checkout.session", "complete", "expire", "You cannot expire this Checkout Session because"),
        ] {
            let said = say(kind, status, post, Target::Action(target), &["open"]);
            assert!(said.starts_with(start), "{said}");
        }
        let said = say("subscription", "canceled", Method::Delete, Target::Item, &["active", "trialing"]);
        let end = "Only a subscription with one of the following statuses may be canceled: active, trialing.";
        assert!(said.ends_with(end), "{said}");
        let said = fixed(
            &json!({"object": "payment_intent", "status": "succeeded"}),
            "amount",
            &["requires_action"],
        );
        assert!(said.starts_with(
            "This PaymentIntent's amount could not be updated because it has a status of succeeded."
        ));
    }
}
