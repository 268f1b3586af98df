//! Whether the body of what has a key's form is random, as a key is, or written by a person. Pure.

use super::entropy::bits_per_byte;

/// The longest body of a key: 255 bytes with its prefix.
pub(super) const LONGEST_BODY: usize = 247;

/// A body that tells fewer bits per byte is a placeholder.
const LEAST_BITS: f64 = 3.0;

/// A body that repeats itself after so few bytes was typed.
const LONGEST_PERIOD: usize = 8;

/// Words of placeholders. They count in lower case, in upper case or with a capital: a random body of 99
/// characters has one of four letters so written once in 50,000 times.
const PLACEHOLDER_WORDS: &[&str] = &[
    "asdfgh",
    "changeme",
    "deadbeef",
    "demo",
    "dummy",
    "example",
    "fake",
    "foobar",
    "goeshere",
    "here",
    "insert",
    "invalid",
    "mock",
    "notreal",
    "placeholder",
    "qwerty",
    "real",
    "redacted",
    "replace",
    "sample",
    "secretkey",
    "todo",
    "xxxx",
    "your",
    "zxcvbn",
];

/// Whether a body may be that of a real key.
#[must_use]
pub(super) fn is_random(body: &[u8]) -> bool {
    body.len() <= LONGEST_BODY
        && bits_per_byte(body) >= LEAST_BITS
        && !is_repetition(body)
        && !is_sequence(body, 1)
        && !is_sequence(body, 2)
        && !has_placeholder_word(body)
        && !is_words(body)
}

/// Whether a body is random beyond doubt: what counts where other signs are missing.
#[must_use]
pub(super) fn is_surely_random(body: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| body.iter().any(is);
    body.len() >= 24
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && is_random(body)
}

fn is_repetition(body: &[u8]) -> bool {
    (1..=LONGEST_PERIOD.min(body.len() / 2)).any(|period| body[period..] == body[..body.len() - period])
}

/// `1234567890abcdef`, or with a step of 2 `1a2b3c4d5e6f`: every second byte, or more, follows from the one that is
/// `step` bytes before it.
fn is_sequence(body: &[u8], step: usize) -> bool {
    let follows = |pair: &&[u8]| pair[0].to_ascii_lowercase().abs_diff(pair[step].to_ascii_lowercase()) <= 1;
    let following = body.windows(step + 1).filter(follows).count();
    following * 2 >= body.len()
}

fn has_placeholder_word(body: &[u8]) -> bool {
    let is_word = |part: &[u8], word: &str| {
        let is_uniform =
            part[1..].iter().all(u8::is_ascii_lowercase) || part.iter().all(u8::is_ascii_uppercase);
        part.eq_ignore_ascii_case(word.as_bytes()) && is_uniform
    };
    PLACEHOLDER_WORDS.iter().any(|word| body.windows(word.len()).any(|part| is_word(part, word)))
}

/// `createCustomerWithCard2024`: four fifths of it, or more, can be pronounced or counted.
fn is_words(body: &[u8]) -> bool {
    let typed: usize = parts(body).filter(|part| is_spoken(part) || is_counted(part)).map(<[u8]>::len).sum();
    typed * 5 >= body.len() * 4
}

/// The body cut where the case goes up, and between letters, digits and marks.
fn parts(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    body.chunk_by(|a, b| {
        let is_same =
            a.is_ascii_alphabetic() == b.is_ascii_alphabetic() && a.is_ascii_digit() == b.is_ascii_digit();
        is_same && !(a.is_ascii_lowercase() && b.is_ascii_uppercase())
    })
}

/// `12345`, `000`, `2024` and marks.
fn is_counted(part: &[u8]) -> bool {
    if !part[0].is_ascii_digit() {
        return !part[0].is_ascii_alphabetic();
    }
    let is_year = part.len() == 4 && (part.starts_with(b"19") || part.starts_with(b"20"));
    is_year || part.len() >= 3 && part.windows(2).all(|pair| pair[0].abs_diff(pair[1]) <= 1)
}

fn is_spoken(word: &[u8]) -> bool {
    let is_vowel = |byte: &u8| matches!(byte.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let is_uniform =
        word[..].iter().skip(1).all(u8::is_ascii_lowercase) || word.iter().all(u8::is_ascii_uppercase);
    let vowels = word.iter().filter(|byte| is_vowel(byte)).count();
    let longest_run = word.split(is_vowel).map(<[u8]>::len).max().unwrap_or(0);
    // A long row of letters without a change of case is a sentence, or random: sentences are easier to say.
    let most = if word.len() > 12 { 3 } else { 4 };
    word.len() >= 3 && is_uniform && longest_run <= most && vowels * 5 >= word.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_told_from_what_a_generator_makes() {
        let typed = [
            "xxxxxxxxxxxxxxxxxxxxxxxx",
            "1234567890abcdef12345678",
            "abcdefghijklmnopqrstuvwx",
            "abc123XYabc123XYabc123XY",
            "createCustomerWithCard",
            "thisisnotarealkeyatall",
            "YOURSECRETKEYGOESHERE",
            "PutYourOwnKeyInThisPlace1",
            "throughputBenchmarkRunner2",
            "furniture_collection_2024_prices",
            "mykey12345",
            "ThisIsNotARealKey123",
            "notARealSecretKeyAtAll",
            "1a2b3c4d5e6f7g8h9i0j1k2l",
        ];
        for body in typed {
            assert!(!is_random(body.as_bytes()), "{body}");
        }
        let long = "aB3".repeat(100);
        assert!(!is_random(long.as_bytes()));
    }

    #[test]
    fn of_generated_bodies_of_every_alphabet_hardly_one_is_lost() {
        let alphabets: &[(&[u8], usize)] = &[
            (b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 0),
            (b"abcdefghijklmnopqrstuvwxyz0123456789", 30),
            (b"0123456789abcdef", 60),
        ];
        let mut state = 7_u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).expect("31 bits") % below
        };
        for (alphabet, most_lost) in alphabets {
            for length in [24, 32, 99] {
                let lost = (0..2000)
                    .filter(|_| {
                        let body: Vec<u8> = (0..length).map(|_| alphabet[next(alphabet.len())]).collect();
                        !is_random(&body)
                    })
                    .count();
                assert!(lost <= *most_lost, "{lost} of 2000 with {length} of {}", alphabet.len());
            }
        }
    }
}
