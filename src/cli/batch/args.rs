//! The options of `paycli batch`, as they are typed.

use std::num::NonZeroU16;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;

use crate::profile::parse_duration;

pub(in crate::cli) const EXAMPLES: &str = "\
A line of NDJSON:
  {\"id\": \"order-17\", \"method\": \"POST\", \"path\": \"/v1/payment_intents\",
   \"data\": {\"amount\": 2000, \"currency\": \"usd\"}, \"idempotency_key\": \"optional\"}
CSV has a header row with the columns id and path, and where wanted method (POST) and idempotency_key. Every
other column is a parameter: amount, currency, metadata[order]. An empty field is left out.

Each line is sent exactly once. Its idempotency key belongs to the name of the batch and the id of the line for
good: after a crash the same command sends only what has no final result, with the same keys, and prints the
results of all lines. Ids are compared byte for byte: order-a and ORDER-A are two lines. A line that was changed
since an earlier run is refused (11). A batch takes requests with a key only: POST, and DELETE on /v2.

Output: the JSON of `paycli request --json`, one line for each line of the file, with its id and number in front.
In order, results that come early wait in memory, then in a temporary file: a slow line delays output, not sending.

Exit codes: 0 all succeeded. 41 some failed for good. 20 some have no final result: run it again (20 comes before
41). 2 a line is invalid, 11 a line was changed: nothing was sent. 12 another process runs this batch. 13 the API
refused the key. 22 nothing reached the API. 23 the journal cannot be written. 130 interrupted: run it again.

Examples:
  paycli -p sandbox batch payouts.ndjson
  paycli batch payouts.csv --check
  paycli -p live --live batch payouts.csv --name payouts-2026-03 > results.ndjson
  generate | paycli batch - --name import-7 --unordered";

/// Send the requests of a file, each exactly once.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct BatchArgs {
    /// The file: NDJSON, or CSV with a header row; - reads standard input
    #[arg(value_name = "FILE|-")]
    pub(super) file: PathBuf,
    /// Requests in flight at most
    #[arg(long, value_name = "N", default_value = "16")]
    pub(super) concurrency: NonZeroU16,
    /// Requests a second [default: 25 in test mode, 100 in live mode, no limit on loopback]
    #[arg(long, value_name = "N/s")]
    pub(super) rate: Option<Rate>,
    /// The name of the batch [default: the name of the file, or stdin]
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Check every line and send nothing
    #[arg(long)]
    pub(super) check: bool,
    /// Print results as they come
    #[arg(long)]
    pub(super) unordered: bool,
    /// Retries of a line, with the same key and the same bytes
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(super) max_retries: u32,
    /// How long to retry a line
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = parse_duration)]
    pub(super) retry_budget: Duration,
    /// Act for a connected account
    #[arg(long, value_name = "ACCOUNT")]
    pub(super) stripe_account: Option<String>,
    /// Send this Stripe-Context header
    #[arg(long, value_name = "CONTEXT")]
    pub(super) stripe_context: Option<String>,
    /// The version of the API
    #[arg(long, value_name = "VERSION")]
    pub(super) stripe_version: Option<String>,
}

/// Requests a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rate(pub(super) f64);

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "a rate is a number of requests a second above zero, such as 50/s".to_owned();
        let number = text.strip_suffix("/s").unwrap_or(text).trim();
        let rate: f64 = number.parse().map_err(|_| wrong())?;
        if rate.is_finite() && rate >= 0.001 { Ok(Self(rate)) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_above_zero() {
        assert_eq!("50/s".parse(), Ok(Rate(50.0)));
        assert_eq!("0.5".parse(), Ok(Rate(0.5)));
        for wrong in ["", "/s", "0", "-1/s", "inf", "NaN", "50/m"] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong:?}");
        }
    }
}
