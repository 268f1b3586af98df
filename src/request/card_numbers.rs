//! Card numbers: what looks like one, and whether a request would put one into the journal.

use crate::journal::Family;

/// Numbers that Stripe documents for testing (documentation: "Test card numbers"). They may be kept.
const TEST_NUMBERS: &[&str] = &[
    "4242424242424242",
    "4000056655665556",
    "5555555555554444",
    "2223003122003222",
    "5200828282828210",
    "5105105105105100",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "6011000990139424",
    "6011981111111113",
    "3056930009020004",
    "36227206271667",
    "6555900000604105",
    "3566002020360505",
    "6200000000000005",
    "6200000000000047",
    "6205500000000000004",
    "4000000000000002",
    "4000000000009995",
    "4000000000009987",
    "4000000000009979",
    "4000000000000069",
    "4000000000000127",
    "4000000000000119",
    "4000000000006975",
    "4000000000000259",
    "4000000000002685",
    "4000000000001976",
    "4000000000005423",
    "4000000000000341",
    "4000002500003155",
    "4000002760003184",
    "4000008260003178",
    "4000003800000446",
    "4000000000003220",
    "4000000000003063",
    "4000008400001629",
    "4000000000003097",
    "4000000000003055",
    "4100000000000019",
    "4000000000004954",
    "4000000000009235",
    "4000000000004236",
    "4000000000000077",
    "4000000000005126",
    "4000000000007726",
    "4000000000000101",
    "4000000000000028",
    "4000000000000010",
    "4000000000000036",
    "4000000000000044",
    "4242424242424241",
];

/// Whether a text is a card number: 13 to 19 digits, spaces and dashes aside, a card network's first
/// digit and a valid check digit (ISO/IEC 7812).
pub(super) fn is_card_number(text: &str) -> bool {
    let digits: Vec<u32> =
        text.chars().filter(|c| !matches!(c, ' ' | '-')).map_while(|c| c.to_digit(10)).collect();
    let is_all_digits = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-'));
    let is_network = digits.first().is_some_and(|first| (2..=6).contains(first));
    is_all_digits && is_network && (13..=19).contains(&digits.len()) && check_digit_holds(&digits)
}

fn check_digit_holds(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| if at % 2 == 1 { doubled(*digit) } else { *digit })
        .sum();
    sum.is_multiple_of(10)
}

/// In a field for card numbers everything of a card number's length is taken for one.
fn is_real(text: &str) -> bool {
    let plain: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_all_digits = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-'));
    is_all_digits && (13..=19).contains(&plain.len()) && !TEST_NUMBERS.contains(&plain.as_str())
}

/// The name of a parameter that holds a card number which is not a test number, where there is one:
/// `card[number]` and the like in a form, any text in JSON.
#[must_use]
pub fn holds_card_number(family: Family, body: &[u8]) -> Option<String> {
    match family {
        Family::V1 => form_urlencoded::parse(body)
            .find(|(name, value)| is_number_field(name) && is_real(value))
            .map(|(name, _)| name.into_owned()),
        Family::V2 => {
            let value: serde_json::Value = serde_json::from_slice(body).ok()?;
            find_in_json(&value, "")
        }
    }
}

fn is_number_field(name: &str) -> bool {
    let name = name.trim_end_matches(']');
    let last = name.rsplit(['[', ']']).next().unwrap_or(name);
    matches!(last, "number" | "card_number" | "pan" | "card")
}

fn find_in_json(value: &serde_json::Value, name: &str) -> Option<String> {
    match value {
        serde_json::Value::String(text) => (is_number_field(name) && is_real(text)).then(|| name.to_owned()),
        serde_json::Value::Number(number) => {
            (is_number_field(name) && is_real(&number.to_string())).then(|| name.to_owned())
        }
        serde_json::Value::Array(items) => items.iter().find_map(|item| find_in_json(item, name)),
        serde_json::Value::Object(members) => {
            members.iter().find_map(|(name, value)| find_in_json(value, name))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number with a valid check digit that no list of test numbers has.
    fn unlisted() -> String {
        ["4539", "1488", "0343", "6467"].concat()
    }

    #[test]
    fn card_numbers_are_told_from_other_digits() {
        assert!(is_card_number(&unlisted()));
        assert!(is_card_number("4242-4242-4242-4242"));
        for other in ["4242424242424243", "1234567890123452", "12", "order-17", ""] {
            assert!(!is_card_number(other), "{other}");
        }
    }

    #[test]
    fn only_a_real_number_in_a_number_field_is_refused() {
        let form = |name: &str, number: &str| {
            let body = super::super::encode(&[super::super::Param::new(name, number)]);
            holds_card_number(Family::V1, body.as_bytes())
        };
        assert_eq!(form("card[number]", &unlisted()).as_deref(), Some("card[number]"));
        assert!(form("payment_method_data[card][number]", &unlisted()).is_some());
        assert_eq!(form("card[number]", "4242424242424242"), None);
        assert_eq!(form("metadata[order]", &unlisted()), None);
        let json = format!("{{\"a\":[{{\"number\":\"{}\"}}]}}", unlisted());
        assert_eq!(holds_card_number(Family::V2, json.as_bytes()).as_deref(), Some("number"));
        let json = format!("{{\"number\":{}}}", unlisted());
        assert_eq!(holds_card_number(Family::V2, json.as_bytes()).as_deref(), Some("number"));
        assert_eq!(holds_card_number(Family::V2, b"not json"), None);
    }
}
