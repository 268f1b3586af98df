//! Numbers as the languages of the official libraries read them, and print them again.

/// The characters that stand for zero in each of Unicode's sets of decimal digits (general category Nd,
/// Unicode 14); python's `int` and `float` read them all, each set running to nine.
const DECIMAL_ZEROS: &[u32] = &[
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6,
    0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0,
    0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30,
    0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0,
    0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// The most digits that python's `int` takes from text.
const PYTHON_DIGITS: usize = 4300;

/// A number as a library holds it: the text that goes into the message, and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    text: String,
    value: Option<i128>,
}

impl Number {
    /// JavaScript's `NaN`, which is neither old nor new.
    pub(super) fn nan() -> Self {
        Self { text: "NaN".into(), value: None }
    }

    fn integer(value: i128) -> Self {
        Self { text: value.to_string(), value: Some(value) }
    }

    /// The text that goes into the signed message.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The value where it is a time that a clock could show.
    pub(super) fn seconds(&self) -> Option<i64> {
        self.value.and_then(|value| i64::try_from(value).ok())
    }

    /// The value, or the furthest future for what is beyond every clock.
    pub(super) fn saturated(&self) -> i128 {
        self.value.unwrap_or(i128::from(i64::MAX))
    }
}

/// Python's `int(text)`: white space around, a sign, underscores between digits, digits of any script.
pub(super) fn python_int(text: &[u8]) -> Option<Number> {
    let text = python_digits(std::str::from_utf8(text).ok()?)?;
    let (is_negative, digits) = sign(&text);
    let is_number = !digits.is_empty() && digits.len() <= PYTHON_DIGITS && is_digits(digits);
    is_number.then(|| of_digits(is_negative, digits))
}

/// Python's `float(text)`.
pub(super) fn python_float(text: &[u8]) -> Option<f64> {
    python_digits(std::str::from_utf8(text).ok()?)?.parse().ok()
}

/// Python's text of a number in plain ASCII: stripped, underscores between digits dropped.
fn python_digits(text: &str) -> Option<String> {
    let text: Option<Vec<char>> =
        text.trim().chars().map(|c| if c.is_ascii() { Some(c) } else { digit(c) }).collect();
    let text = text?;
    let is_digit_at =
        |index: Option<usize>| index.and_then(|i| text.get(i)).is_some_and(char::is_ascii_digit);
    let is_placed = |index: usize| is_digit_at(index.checked_sub(1)) && is_digit_at(Some(index + 1));
    let is_well_formed = text.iter().enumerate().all(|(index, c)| *c != '_' || is_placed(index));
    is_well_formed.then(|| text.iter().filter(|c| **c != '_').collect())
}

fn digit(c: char) -> Option<char> {
    let zero = DECIMAL_ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&u32::from(c)))?;
    char::from_digit(u32::from(c) - zero, 10)
}

/// JavaScript's `parseInt(text, 10)`: as many digits as there are after white space and a sign. Numbers are
/// doubles, printed as JavaScript prints them.
pub(super) fn parse_int(text: &[u8]) -> Number {
    let text = String::from_utf8_lossy(text);
    let is_white = |c: char| c.is_whitespace() && c != '\u{85}' || c == '\u{feff}';
    let (is_negative, rest) = sign(text.trim_start_matches(is_white));
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let Ok(size) = rest[..end].parse::<f64>() else { return Number::nan() };
    double(if is_negative { -size } else { size })
}

/// A whole double as JavaScript prints it: every digit below 10^21, powers of ten from there.
#[expect(clippy::cast_possible_truncation, reason = "a double beyond i128 is the furthest time either way")]
fn double(value: f64) -> Number {
    let text = match value {
        0.0 => "0".to_owned(),
        value if value.is_infinite() => if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        value if value.abs() < 1e21 => format!("{value}"),
        value => format!("{value:e}").replace('e', "e+"),
    };
    Number { text, value: Some(value as i128) }
}

/// Go's `strconv.ParseInt(text, 10, 64)`.
pub(super) fn go_int(text: &[u8]) -> Option<Number> {
    let value: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(Number::integer(value.into()))
}

/// Ruby's `Integer(text)`: white space around, a sign, underscores between digits, and the prefixes of
/// other bases, of which a leading zero is octal's.
pub(super) fn ruby_integer(text: &[u8]) -> Option<Number> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.is_ascii())?.trim_ascii();
    let (is_negative, digits) = sign(text);
    let digits = python_digits(digits)?.to_ascii_lowercase();
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x', ..] => (16, &digits[2..]),
        [b'0', b'b', ..] => (2, &digits[2..]),
        [b'0', b'o', ..] => (8, &digits[2..]),
        [b'0', b'd', ..] => (10, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits.as_str()),
    };
    let is_number = digits.starts_with(|c: char| c.is_digit(base));
    let value = i128::from_str_radix(digits, base).ok().filter(|_| is_number)?;
    Some(Number::integer(if is_negative { -value } else { value }))
}

/// PHP's `(int) $text` where `is_numeric($text)`: white space around, fractions and exponents cut off.
#[expect(clippy::cast_possible_truncation, reason = "PHP cuts the fraction off too")]
pub(super) fn php_int(text: &[u8]) -> Option<Number> {
    let text = std::str::from_utf8(text).ok()?.trim_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    if let Ok(value) = text.parse::<i64>() {
        return Some(Number::integer(value.into()));
    }
    let is_numeric =
        text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    let value = text.parse::<f64>().ok().filter(|_| is_numeric)?;
    Some(Number::integer((value as i64).into()))
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn of_digits(is_negative: bool, digits: &str) -> Number {
    let digits = digits.trim_start_matches('0');
    let text = match (is_negative, digits) {
        (_, "") => "0".to_owned(),
        (true, digits) => format!("-{digits}"),
        (false, digits) => digits.to_owned(),
    };
    let value = text.parse().unwrap_or(if is_negative { i128::MIN } else { i128::MAX });
    Number { text, value: Some(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: Option<Number>) -> Option<String> {
        number.map(|number| number.text)
    }

    #[test]
    fn python_reads_signs_underscores_white_space_and_digits_of_any_script() {
        for (given, read) in [
            ("\u{85} +1_000\n", Some("1000")),
            ("\u{1c}1000", None),
            ("1000\u{1f}", None),
            ("-007", Some("-7")),
            ("-0", Some("0")),
            ("\u{661}\u{ff12}", Some("12")),
            ("123456789012345678901234567890", Some("123456789012345678901234567890")),
            ("1__0", None),
            ("_1", None),
            ("1.0", None),
            ("+ 1", None),
            ("", None),
        ] {
            assert_eq!(text(python_int(given.as_bytes())).as_deref(), read, "{given:?}");
        }
        assert_eq!(python_int(&[b'1'; 4301]), None);
    }

    #[test]
    fn javascript_reads_what_it_can_and_rounds() {
        for (given, read) in [
            ("123.5", "123"),
            ("\u{feff} 12s", "12"),
            ("9007199254740993", "9007199254740992"),
            ("1152921504606846976", "1152921504606847000"),
            ("1000000000000000000000", "1e+21"),
            ("abc", "NaN"),
            ("-0", "0"),
        ] {
            assert_eq!(parse_int(given.as_bytes()).text(), read, "{given:?}");
        }
    }

    #[test]
    fn the_others_have_their_own_ways() {
        assert_eq!(text(ruby_integer(b" 1_0 ")).as_deref(), Some("10"));
        assert_eq!(text(ruby_integer(b"010")).as_deref(), Some("8"));
        assert_eq!(text(ruby_integer(b"0x")), None);
        assert_eq!(text(php_int(b" 1e3 ")).as_deref(), Some("1000"));
        assert_eq!(text(php_int(b"123.9")).as_deref(), Some("123"));
        assert_eq!(text(php_int(b"nan")), None);
        assert_eq!(text(go_int(b"+5")).as_deref(), Some("5"));
        assert_eq!(text(go_int(b"1_0")), None);
    }
}
