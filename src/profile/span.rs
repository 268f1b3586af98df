//! Durations and times as a person types them: `80s`, `24h`, `7d`, Unix seconds, RFC 3339.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo, Timestamp};

/// A text that is no duration or no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseTimeError {
    /// Not a duration.
    #[error("{0:?} is not a duration: write 500ms, 80s, 5m, 24h or 7d")]
    Duration(String),
    /// Not a point in time.
    #[error("{0:?} is not a time: write Unix seconds or RFC 3339, like 2026-01-31T09:00:00Z")]
    Time(String),
}

/// Reads a duration. A bare number is seconds; a day has 24 hours.
///
/// # Errors
/// When the text is not a duration, or is a negative one.
pub fn parse_duration(text: &str) -> Result<Duration, ParseTimeError> {
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let wrong = || ParseTimeError::Duration(text.to_owned());
    let span: Span = text.parse().map_err(|_| wrong())?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    Duration::try_from(duration).map_err(|_| wrong())
}

/// Reads a point in time as Unix milliseconds: Unix seconds or RFC 3339.
///
/// # Errors
/// When the text is neither.
pub fn parse_time(text: &str) -> Result<i64, ParseTimeError> {
    let wrong = || ParseTimeError::Time(text.to_owned());
    let time = match text.parse() {
        Ok(seconds) => Timestamp::from_second(seconds).map_err(|_| wrong())?,
        Err(_) => text.parse().map_err(|_| wrong())?,
    };
    Ok(time.as_millisecond())
}

/// Reads a point in time as Unix milliseconds: Unix seconds, RFC 3339, or a duration before `now`.
///
/// # Errors
/// When the text is none of these.
pub fn parse_time_or_age(text: &str, now: i64) -> Result<i64, ParseTimeError> {
    parse_time(text).or_else(|error| {
        let age = parse_duration(text).map_err(|_| error)?;
        Ok(now.saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX)))
    })
}

/// Reads a point in time as Unix seconds, of any size, or RFC 3339.
///
/// # Errors
/// When the text is neither.
pub fn parse_unix_seconds(text: &str) -> Result<i64, ParseTimeError> {
    match text.parse() {
        Ok(seconds) => Ok(seconds),
        Err(_) => Ok(parse_time(text)?.div_euclid(1000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units_and_bare_numbers_are_seconds() {
        for (text, millis) in [
            ("500ms", 500),
            ("80s", 80_000),
            ("5m", 300_000),
            ("24h", 86_400_000),
            ("7d", 604_800_000),
            ("0", 0),
            ("90", 90_000),
            ("1h30m", 5_400_000),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "-5s", "5 parsecs", "s", "1y"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_unix_seconds_or_rfc_3339() {
        assert_eq!(parse_time("1767225600"), Ok(1_767_225_600_000));
        assert_eq!(parse_time("2026-01-01T00:00:00Z"), Ok(1_767_225_600_000));
        assert_eq!(parse_time("2026-01-01T01:00:00+01:00"), Ok(1_767_225_600_000));
        assert_eq!(parse_time_or_age("1767225600", 5), Ok(1_767_225_600_000));
        assert_eq!(parse_time_or_age("2h", 7_200_005), Ok(5));
        assert!(parse_time_or_age("tomorrow", 5).is_err());
        assert!(parse_time("tomorrow").is_err());
        assert!(parse_time("99999999999999999").is_err());
    }
}
