//! The test payment methods and what a charge on each of them comes to. Pure.

/// What becomes of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charge {
    /// The money moves.
    Approved,
    /// The issuer says no.
    Declined(Decline),
}

/// How a refusal is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decline {
    /// The error's `code`.
    pub(super) code: &'static str,
    /// The error's `decline_code`.
    pub(super) reason: &'static str,
    /// The error's `message`.
    pub(super) message: &'static str,
}

/// A payment method that every account of the sandbox has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TestCard {
    /// What is given as `payment_method`.
    pub(super) id: &'static str,
    /// As in `card.brand`.
    pub(super) brand: &'static str,
    /// As in `card.last4`.
    pub(super) last4: &'static str,
    /// What a charge comes to.
    pub(super) charge: Charge,
}

const fn approved(id: &'static str, brand: &'static str, last4: &'static str) -> TestCard {
    TestCard { id, brand, last4, charge: Charge::Approved }
}

const fn declined(
    id: &'static str,
    last4: &'static str,
    code: &'static str,
    reason: &'static str,
    message: &'static str,
) -> TestCard {
    let charge = Charge::Declined(Decline { code, reason, message });
    TestCard { id, brand: "visa", last4, charge }
}

/// Every test payment method. A new one is a new row.
#[rustfmt::skip]
const TABLE: &[TestCard] = &[
    approved("pm_card_visa", "visa", "4242"),
    approved("pm_card_visa_debit", "visa", "5556"),
    approved("pm_card_mastercard", "mastercard", "4444"),
    approved("pm_card_amex", "amex", "8431"),
    approved("pm_card_discover", "discover", "9424"),
    declined("pm_card_chargeDeclined", "0002", "card_declined", "generic_decline",
        "The issuer declined the charge and gave no reason."),
    declined("pm_card_chargeDeclinedInsufficientFunds", "9995", "card_declined", "insufficient_funds",
        "The issuer declined the charge: the account does not cover the amount."),
    declined("pm_card_chargeDeclinedLostCard", "9987", "card_declined", "lost_card",
        "The issuer declined the charge: the card is reported lost."),
    declined("pm_card_chargeDeclinedStolenCard", "9979", "card_declined", "stolen_card",
        "The issuer declined the charge: the card is reported stolen."),
    declined("pm_card_chargeDeclinedExpiredCard", "0069", "expired_card", "expired_card",
        "The issuer declined the charge: the card is past its date."),
    declined("pm_card_chargeDeclinedIncorrectCvc", "0127", "incorrect_cvc", "incorrect_cvc",
        "The issuer declined the charge: the security code is wrong."),
    declined("pm_card_chargeDeclinedProcessingError", "0119", "processing_error", "processing_error",
        "The charge failed on its way; the same card may work in a while."),
];

/// Looks a test payment method up by its id.
pub(super) fn find(id: &str) -> Option<&'static TestCard> {
    TABLE.iter().find(|card| card.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_own_id() {
        for card in TABLE {
            assert_eq!(find(card.id), Some(card));
            assert!(card.id.starts_with("pm_card_") && card.last4.len() == 4, "{}", card.id);
        }
        assert_eq!(find("pm_1unknown"), None);
    }

    #[test]
    fn the_plain_decline_is_generic() {
        let card = find("pm_card_chargeDeclined").expect("a row");
        let Charge::Declined(decline) = card.charge else { panic!("approved") };
        assert_eq!((decline.code, decline.reason), ("card_declined", "generic_decline"));
    }
}
