//! The test cards and what becomes of a charge on each of them. Pure.

/// What a card does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behaviour {
    /// The money moves.
    Approved,
    /// The issuer says no, to a charge and to being kept with a customer.
    Declined(Decline),
    /// It can be kept with a customer; a charge on it is declined.
    DeclinedLater(Decline),
    /// The charge is stopped before the issuer is asked.
    Blocked,
    /// The cardholder has to authenticate; then it is approved, or declined all the same.
    Authenticates(When, Option<Decline>),
    /// Approved, and disputed by the cardholder at once.
    Disputed(Dispute),
    /// Approved; a refund fails after it succeeded.
    RefundFails,
    /// Approved; a refund is pending before it succeeds.
    RefundPends,
    /// Approved; the money is available at once.
    Available,
}

/// When the cardholder has to authenticate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Every time.
    Always,
    /// Unless it was set up for use off session.
    UnlessSetUp,
    /// Only while it is being set up, or on session.
    OnSession,
}

/// How a cardholder disputes a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dispute {
    /// The dispute's `reason`.
    pub(super) reason: &'static str,
    /// The card network's code of the reason.
    pub(super) network_code: &'static str,
    /// Whether the network only asks so far: no money is taken back.
    pub(super) inquiry: bool,
}

/// How a refusal is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decline {
    /// The error's `code`.
    pub(super) code: &'static str,
    /// The error's `decline_code`; empty where it has none.
    pub(super) reason: &'static str,
    /// The error's `message`.
    pub(super) message: &'static str,
}

/// A card that every account of the sandbox knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TestCard {
    pub(super) number: &'static str,
    /// What follows `pm_card_` and `tok_`; other spellings after a blank.
    names: &'static str,
    /// As in `card.brand`.
    pub(super) brand: &'static str,
    /// As in `card.country`.
    pub(super) country: &'static str,
    /// As in `card.funding`.
    pub(super) funding: &'static str,
    /// What it does.
    pub(super) behaviour: Behaviour,
}

impl TestCard {
    /// The last four digits.
    pub(super) fn last4(&self) -> &'static str {
        &self.number[self.number.len() - 4..]
    }

    /// The first of its names.
    #[cfg(test)]
    pub(super) fn name(&self) -> &'static str {
        self.names.split(' ').next().unwrap_or_default()
    }

    /// A name for the number, the same every time.
    pub(super) fn fingerprint(&self) -> String {
        self.letters().collect()
    }

    fn letters(&self) -> impl Iterator<Item = char> {
        let digits = self.number.bytes().chain(std::iter::repeat(b'9')).take(16);
        digits.zip((0_u8..).step_by(3)).map(|(digit, shift)| {
            let place = (digit - b'0') * 5 + shift;
            char::from(if place % 52 < 26 { b'A' + place % 52 } else { b'a' + place % 52 - 26 })
        })
    }
}

pub(super) mod declines {
    use super::Decline;

    const fn decline(code: &'static str, reason: &'static str, message: &'static str) -> Decline {
        Decline { code, reason, message }
    }

    const CARD: &str = "card_declined";
    pub(in crate::sandbox) const GENERIC: Decline =
        decline(CARD, "generic_decline", "Your card was declined.");
    pub(super) const FUNDS: Decline =
        decline(CARD, "insufficient_funds", "Your card has insufficient funds.");
    pub(super) const LOST: Decline = decline(CARD, "lost_card", "Your card was declined.");
    pub(super) const STOLEN: Decline = decline(CARD, "stolen_card", "Your card was declined.");
    pub(super) const VELOCITY: Decline = decline(
        CARD,
        "card_velocity_exceeded",
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
    );
    pub(super) const EXPIRED: Decline = decline("expired_card", "", "Your card has expired.");
    pub(super) const CVC: Decline =
        decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.");
    pub(super) const PROCESSING: Decline = decline(
        "processing_error",
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    );
    /// A charge that the rules against fraud stop.
    pub(in crate::sandbox) const BLOCKED: Decline = decline(CARD, "fraudulent", "Your card was declined.");
    /// A number that no test card has.
    pub(in crate::sandbox) const LIVE: Decline = decline(
        CARD,
        "test_mode_live_card",
        "Your card was declined. Your request was in test mode, but used a non test card.",
    );
    /// Nobody is there to authenticate.
    pub(in crate::sandbox) const UNAUTHENTICATED: Decline = decline(
        "authentication_required",
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    );
}

const fn card(
    number: &'static str,
    names: &'static str,
    brand: &'static str,
    country: &'static str,
    funding: &'static str,
) -> TestCard {
    TestCard { number, names, brand, country, funding, behaviour: Behaviour::Approved }
}

/// A Visa card of the United States.
const fn visa(number: &'static str, names: &'static str, behaviour: Behaviour) -> TestCard {
    TestCard { number, names, brand: "visa", country: "US", funding: "credit", behaviour }
}

const fn dispute(reason: &'static str, network_code: &'static str, inquiry: bool) -> Behaviour {
    Behaviour::Disputed(Dispute { reason, network_code, inquiry })
}

/// Every test card. A new one is a new row.
#[rustfmt::skip]
const TABLE: &[TestCard] = {
    use Behaviour::{Approved, Authenticates, Available, Blocked, Declined, DeclinedLater, RefundFails, RefundPends};
    use When::{Always, OnSession, UnlessSetUp};
    use declines::{CVC, EXPIRED, FUNDS, GENERIC, LOST, PROCESSING, STOLEN, VELOCITY};
    &[
        card("4242424242424242", "visa us", "visa", "US", "credit"),
        card("4000056655665556", "visa_debit", "visa", "US", "debit"),
        card("5555555555554444", "mastercard", "mastercard", "US", "credit"),
        card("2223003122003222", "mastercard_2series", "mastercard", "US", "credit"),
        card("5200828282828210", "mastercard_debit", "mastercard", "US", "debit"),
        card("5105105105105100", "mastercard_prepaid", "mastercard", "US", "prepaid"),
        card("371449635398431", "amex", "amex", "US", "credit"),
        card("378282246310005", "amex_express amex_threeDSecureNotSupported", "amex", "US", "credit"),
        card("6011000990139424", "discover", "discover", "US", "credit"),
        card("6011111111111117", "discover_credit", "discover", "US", "credit"),
        card("6011981111111113", "discover_debit", "discover", "US", "debit"),
        card("3056930009020004", "diners", "diners", "US", "credit"),
        card("36227206271667", "diners_14digits", "diners", "US", "credit"),
        card("3566002020360505", "jcb", "jcb", "JP", "credit"),
        card("6200000000000005", "unionpay", "unionpay", "CN", "credit"),
        card("4000000760000002", "br", "visa", "BR", "credit"),
        card("4000001240000000", "ca", "visa", "CA", "credit"),
        card("4000004840008001", "mx", "visa", "MX", "credit"),
        card("4000000400000008", "at", "visa", "AT", "credit"),
        card("4000007560000009", "ch", "visa", "CH", "credit"),
        card("4000002760000016", "de", "visa", "DE", "credit"),
        card("4000007240000007", "es", "visa", "ES", "credit"),
        card("4000002500000003", "fr", "visa", "FR", "credit"),
        card("4000008260000000", "gb", "visa", "GB", "credit"),
        card("4000003800000008", "it", "visa", "IT", "credit"),
        card("4000005280000002", "nl", "visa", "NL", "credit"),
        card("4000000360000006", "au", "visa", "AU", "credit"),
        card("4000003560000008", "in", "visa", "IN", "credit"),
        card("4000003920000003", "jp", "visa", "JP", "credit"),
        card("4000007020000003", "sg", "visa", "SG", "credit"),
        visa("4000000000000002", "chargeDeclined visa_chargeDeclined", Declined(GENERIC)),
        visa("4000000000009995", "chargeDeclinedInsufficientFunds visa_chargeDeclinedInsufficientFunds", Declined(FUNDS)),
        visa("4000000000009987", "chargeDeclinedLostCard visa_chargeDeclinedLostCard", Declined(LOST)),
        visa("4000000000009979", "chargeDeclinedStolenCard visa_chargeDeclinedStolenCard", Declined(STOLEN)),
        visa("4000000000006975", "chargeDeclinedVelocityLimitExceeded visa_chargeDeclinedVelocityLimitExceeded", Declined(VELOCITY)),
        visa("4000000000000069", "chargeDeclinedExpiredCard", Declined(EXPIRED)),
        visa("4000000000000127", "chargeDeclinedIncorrectCvc", Declined(CVC)),
        visa("4000000000000119", "chargeDeclinedProcessingError", Declined(PROCESSING)),
        visa("4000000000000341", "chargeCustomerFail", DeclinedLater(GENERIC)),
        visa("4100000000000019", "radarBlock chargeDeclinedFraudulent", Blocked),
        visa("4000000000000101", "cvcCheckFail", Approved),
        visa("4000000000009235", "riskLevelElevated", Approved),
        visa("4000000000000077", "bypassPending", Available),
        visa("4000000000000259", "createDispute", dispute("fraudulent", "10.4", false)),
        visa("4000000000002685", "createDisputeProductNotReceived", dispute("product_not_received", "13.1", false)),
        visa("4000000000001976", "createDisputeInquiry", dispute("fraudulent", "10.4", true)),
        visa("4000000000005126", "refundFail", RefundFails),
        visa("4000000000007726", "pendingRefund", RefundPends),
        visa("4000002500003155", "authenticationRequiredOnSetup", Authenticates(UnlessSetUp, None)),
        visa("4000002760003184", "authenticationRequired", Authenticates(Always, None)),
        visa("4000003800000446", "authenticationRequiredSetupForOffSession", Authenticates(OnSession, None)),
        visa("4000008260003178", "authenticationRequiredChargeDeclinedInsufficientFunds", Authenticates(Always, Some(FUNDS))),
        visa("4000000000003220", "threeDSecure2Required", Authenticates(Always, None)),
        visa("4000000000003063", "threeDSecureRequired", Authenticates(Always, None)),
        visa("4000008400001629", "threeDSecureRequiredChargeDeclined", Authenticates(Always, Some(GENERIC))),
        visa("4000000000003055", "threeDSecureOptional", Approved),
        card("4000000320000021", "ar", "visa", "AR", "credit"),
        card("4000001520000001", "cl", "visa", "CL", "credit"),
        card("4000001700000003", "co", "visa", "CO", "credit"),
        card("4000001880000005", "cr", "visa", "CR", "credit"),
        card("4000002180000000", "ec", "visa", "EC", "credit"),
        card("4000005910000000", "pa", "visa", "PA", "credit"),
        card("4000006000000066", "py", "visa", "PY", "credit"),
        card("4000006040000068", "pe", "visa", "PE", "credit"),
        card("4000008580000003", "uy", "visa", "UY", "credit"),
        card("4000007840000001", "ae", "visa", "AE", "credit"),
        card("4000000560000004", "be", "visa", "BE", "credit"),
        card("4000001000000000", "bg", "visa", "BG", "credit"),
        card("4000001120000005", "by", "visa", "BY", "credit"),
        card("4000001910000009", "hr", "visa", "HR", "credit"),
        card("4000001960000008", "cy", "visa", "CY", "credit"),
        card("4000002030000002", "cz", "visa", "CZ", "credit"),
        card("4000002080000001", "dk", "visa", "DK", "credit"),
        card("4000002330000009", "ee", "visa", "EE", "credit"),
        card("4000002460000001", "fi", "visa", "FI", "credit"),
        card("4000002920000005", "gi", "visa", "GI", "credit"),
        card("4000003000000030", "gr", "visa", "GR", "credit"),
        card("4000003480000005", "hu", "visa", "HU", "credit"),
        card("4000003720000005", "ie", "visa", "IE", "credit"),
        card("4000004280000005", "lv", "visa", "LV", "credit"),
        card("4000004380000004", "li", "visa", "LI", "credit"),
        card("4000004400000000", "lt", "visa", "LT", "credit"),
        card("4000004420000006", "lu", "visa", "LU", "credit"),
        card("4000004700000007", "mt", "visa", "MT", "credit"),
        card("4000005780000007", "no", "visa", "NO", "credit"),
        card("4000006160000005", "pl", "visa", "PL", "credit"),
        card("4000006200000007", "pt", "visa", "PT", "credit"),
        card("4000006420000001", "ro", "visa", "RO", "credit"),
        card("4000006820000007", "sa", "visa", "SA", "credit"),
        card("4000007050000006", "si", "visa", "SI", "credit"),
        card("4000007030000001", "sk", "visa", "SK", "credit"),
        card("4000007520000008", "se", "visa", "SE", "credit"),
        card("4000001560000002", "cn", "visa", "CN", "credit"),
        card("4000003440000004", "hk", "visa", "HK", "credit"),
        card("4000004580000002", "my", "visa", "MY", "credit"),
        card("4000005540000008", "nz", "visa", "NZ", "credit"),
        card("4000001580000008", "tw", "visa", "TW", "credit"),
        card("4000007640000003", "th_credit", "visa", "TH", "credit"),
        card("4000058260000005", "gb_debit", "visa", "GB", "debit"),
        card("4000057640000008", "th_debit", "visa", "TH", "debit"),
        visa("4000000000004954", "riskLevelHighest", Blocked),
        visa("4000000000000036", "avsZipFail", Approved),
        visa("4000000000000028", "avsLine1Fail", Approved),
        visa("4000000000000010", "avsFail", Approved),
        visa("4000000000000044", "avsUnchecked", Approved),
        visa("4000003720000278", "bypassPendingInternational", Available),
        visa("4000008400001280", "threeDSecureRequiredProcessingError", Authenticates(Always, Some(PROCESSING))),
    ]
};

/// Looks a card up by its test payment method's id, `pm_card_visa`, or its test token, `tok_visa`.
pub(super) fn by_name(name: &str) -> Option<&'static TestCard> {
    let name = name.strip_prefix("pm_card_").or_else(|| name.strip_prefix("tok_"))?;
    TABLE.iter().find(|card| card.names.split(' ').any(|known| known == name))
}

/// Looks a card up by its number.
pub(super) fn by_number(number: &str) -> Option<&'static TestCard> {
    TABLE.iter().find(|card| card.number == number)
}

/// Looks a card up by the name that its number goes by.
pub(super) fn by_fingerprint(text: &str) -> Option<&'static TestCard> {
    TABLE.iter().find(|card| card.letters().eq(text.chars()))
}

/// Whether the last digit is the one that the others ask for.
pub(super) fn has_check_digit(number: &str) -> bool {
    let digits = number.bytes().rev().map(|byte| u32::from(byte.wrapping_sub(b'0')));
    let sum: u32 = digits
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    (12..=19).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && sum.is_multiple_of(10)
}

/// Every row, for tests that hold the rest of the sandbox against the table.
#[cfg(test)]
pub(super) const fn all() -> &'static [TestCard] {
    TABLE
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_row_is_found_by_each_of_its_names() {
        let mut seen = HashSet::new();
        for card in TABLE {
            for name in card.names.split(' ') {
                assert!(seen.insert(name), "{name} names two cards");
                assert_eq!(by_name(&format!("pm_card_{name}")), Some(card));
                assert_eq!(by_name(&format!("tok_{name}")), Some(card));
            }
            assert!(seen.insert(card.number), "{} is there twice", card.number);
            assert_eq!(by_number(card.number), Some(card));
            assert_eq!(by_fingerprint(&card.fingerprint()), Some(card));
            assert!(has_check_digit(card.number), "{}", card.number);
        }
        for unknown in ["pm_1unknown", "visa", "pm_card_", "pm_card_nothing", "tok_"] {
            assert_eq!(by_name(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn numbers_that_are_none_are_seen() {
        for number in ["4242424242424241", "42424242424", "", "4242 4242 4242 4242", "42424242424242424242"] {
            assert!(!has_check_digit(number), "{number}");
        }
    }

    #[test]
    fn the_plain_decline_is_generic() {
        let card = by_name("pm_card_chargeDeclined").expect("a row");
        let Behaviour::Declined(decline) = card.behaviour else { panic!("approved") };
        assert_eq!((decline.code, decline.reason), ("card_declined", "generic_decline"));
    }
}
