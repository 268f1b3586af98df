//! Configured faults: which requests they strike, how often, and what they do. Pure: which way the
//! dice fall follows from a seed.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sha2::{Digest, Sha256};

/// The longest delay that can be asked for.
const LONGEST_DELAY: Duration = Duration::from_secs(3600);

/// What a fault does to a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Effects {
    /// The work begins so much later; its idempotency key is in use meanwhile.
    pub(super) latency: Option<Duration>,
    /// What `Stripe-Should-Retry` says instead of what it would say.
    pub(super) should_retry: Option<bool>,
    /// What goes wrong.
    pub(super) harm: Option<Harm>,
}

/// What goes wrong. A request suffers one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Harm {
    /// The connection ends, and nothing was executed.
    DropRequest,
    /// The request is executed, and the connection ends without an answer.
    DropResponse,
    /// The request is executed, and the connection ends in the middle of the answer's body.
    Truncate,
    /// 429 from the rate limiter; nothing was executed.
    RateLimit,
    /// An error with this status; nothing was executed.
    Status {
        /// The HTTP status, 400 to 599.
        status: u16,
        /// Whether it becomes the answer of the idempotency key, as a failure in the middle of the work does.
        stored: bool,
    },
}

/// A configured fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    text: String,
    effects: Effects,
    method: Option<String>,
    path: Option<String>,
    skip: u64,
    count: Option<u64>,
    probability: Option<f64>,
}

/// A text that is not a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// It says nothing that could go wrong.
    #[error(
        "a fault needs one of drop-request, drop-response, truncate, rate-limit, status=…, latency=… or should-retry=…"
    )]
    NoEffect,
    /// Two things that exclude each other.
    #[error("a fault has only one of drop-request, drop-response, truncate, rate-limit and status=…")]
    TwoHarms,
    /// A part that means nothing.
    #[error(
        "{0:?} is no part of a fault; after what goes wrong come stored, method=…, path=…, skip=N, count=N or probability=0…1"
    )]
    Part(String),
    /// `stored` without a status.
    #[error("stored goes with status=… alone: the answer is kept under the idempotency key")]
    Stored,
}

impl FromStr for Fault {
    type Err = FaultError;

    /// Reads `status=500,method=POST,path=/v1/charges*,skip=1,count=2,probability=0.5`.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut fault = Self {
            text: text.to_owned(),
            effects: Effects::default(),
            method: None,
            path: None,
            skip: 0,
            count: None,
            probability: None,
        };
        let mut is_stored = false;
        for part in text.split(',').map(str::trim) {
            match part.split_once('=') {
                None if part == "stored" => is_stored = true,
                None => fault.harm(plain_harm(part)?)?,
                Some((name, value)) => fault.set(name, value, part)?,
            }
        }
        match &mut fault.effects.harm {
            Some(Harm::Status { stored, .. }) => *stored = is_stored,
            _ if is_stored => return Err(FaultError::Stored),
            _ => {}
        }
        if fault.effects == Effects::default() {
            return Err(FaultError::NoEffect);
        }
        Ok(fault)
    }
}

fn plain_harm(part: &str) -> Result<Harm, FaultError> {
    match part {
        "drop-request" => Ok(Harm::DropRequest),
        "drop-response" => Ok(Harm::DropResponse),
        "truncate" => Ok(Harm::Truncate),
        "rate-limit" => Ok(Harm::RateLimit),
        _ => Err(FaultError::Part(part.to_owned())),
    }
}

impl Fault {
    fn harm(&mut self, harm: Harm) -> Result<(), FaultError> {
        match self.effects.harm.replace(harm) {
            None => Ok(()),
            Some(_) => Err(FaultError::TwoHarms),
        }
    }

    fn set(&mut self, name: &str, value: &str, part: &str) -> Result<(), FaultError> {
        let wrong = || FaultError::Part(part.to_owned());
        match name {
            "status" => {
                let status = value.parse().ok().filter(|status| (400..600).contains(status));
                self.harm(Harm::Status { status: status.ok_or_else(wrong)?, stored: false })?;
            }
            "latency" => {
                let delay = crate::profile::parse_duration(value).map_err(|_| wrong())?;
                self.effects.latency =
                    Some(Some(delay).filter(|delay| *delay <= LONGEST_DELAY).ok_or_else(wrong)?);
            }
            "should-retry" => self.effects.should_retry = Some(value.parse().map_err(|_| wrong())?),
            "method" if !value.is_empty() => self.method = Some(value.to_ascii_uppercase()),
            "path" if value.starts_with('/') || value.starts_with('*') => self.path = Some(value.to_owned()),
            "skip" => self.skip = value.parse().map_err(|_| wrong())?,
            "count" => self.count = Some(value.parse().map_err(|_| wrong())?),
            "probability" => {
                let share: f64 = value.parse().map_err(|_| wrong())?;
                self.probability =
                    Some(Some(share).filter(|share| (0.0..=1.0).contains(share)).ok_or_else(wrong)?);
            }
            _ => return Err(wrong()),
        }
        Ok(())
    }

    fn fits(&self, method: &str, path: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self.path.as_deref().is_none_or(|pattern| matches(pattern, path))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether a path fits a pattern in which `*` stands for any text.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// A fault at work.
#[derive(Debug, Clone)]
pub(super) struct Active {
    /// Its number, from 1 on, never used again.
    pub(super) id: u64,
    /// Its configuration.
    pub(super) fault: Fault,
    /// How many requests fitted it.
    pub(super) seen: u64,
    /// How many it struck.
    pub(super) struck: u64,
}

/// The faults at work, and the dice.
#[derive(Debug)]
pub(super) struct Faults {
    active: Vec<Active>,
    last_id: u64,
    seed: u64,
}

impl Faults {
    /// No faults yet. The same seed and the same requests in the same order give the same faults.
    pub(super) const fn new(seed: u64) -> Self {
        Self { active: Vec::new(), last_id: 0, seed }
    }

    /// Adds a fault and tells its number.
    pub(super) fn add(&mut self, fault: Fault) -> u64 {
        self.last_id += 1;
        self.active.push(Active { id: self.last_id, fault, seen: 0, struck: 0 });
        self.last_id
    }

    /// Takes all of them away, or the one with this number. Tells how many there were.
    pub(super) fn clear(&mut self, id: Option<u64>) -> usize {
        let before = self.active.len();
        self.active.retain(|active| id.is_some_and(|id| id != active.id));
        before - self.active.len()
    }

    /// All of them, those that have struck often enough included.
    pub(super) fn list(&self) -> &[Active] {
        &self.active
    }

    /// What this request suffers. A fault strikes as a whole or not at all: one that would do again what
    /// another does already waits for the next request.
    pub(super) fn strike(&mut self, method: &str, path: &str) -> Effects {
        let mut suffered = Effects::default();
        for active in &mut self.active {
            let fault = &active.fault;
            let is_spent = fault.count.is_some_and(|count| active.struck >= count);
            if is_spent || !fault.fits(method, path) || suffered.overlaps(fault.effects) {
                continue;
            }
            active.seen += 1;
            let misses =
                fault.probability.is_some_and(|share| dice(self.seed, active.id, active.seen) >= share);
            if active.seen <= fault.skip || misses {
                continue;
            }
            active.struck += 1;
            suffered = suffered.and(fault.effects);
        }
        suffered
    }
}

impl Effects {
    fn overlaps(self, other: Self) -> bool {
        (self.latency.is_some() && other.latency.is_some())
            || (self.should_retry.is_some() && other.should_retry.is_some())
            || (self.harm.is_some() && other.harm.is_some())
    }

    fn and(self, other: Self) -> Self {
        Self {
            latency: self.latency.or(other.latency),
            should_retry: self.should_retry.or(other.should_retry),
            harm: self.harm.or(other.harm),
        }
    }
}

/// A number from 0 to below 1.
fn dice(seed: u64, fault: u64, turn: u64) -> f64 {
    let mut hash = Sha256::new();
    for number in [seed, fault, turn] {
        hash.update(number.to_be_bytes());
    }
    let digest = hash.finalize();
    let drawn = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    f64::from(drawn) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Fault {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn with(texts: &[&str]) -> Faults {
        let mut faults = Faults::new(7);
        for text in texts {
            faults.add(fault(text));
        }
        faults
    }

    fn harms(faults: &mut Faults, times: usize) -> Vec<bool> {
        (0..times).map(|_| faults.strike("POST", "/v1/charges").harm.is_some()).collect()
    }

    #[test]
    fn every_kind_is_read() {
        let effects = |text| fault(text).effects;
        assert_eq!(effects("drop-request").harm, Some(Harm::DropRequest));
        assert_eq!(effects("drop-response,count=1").harm, Some(Harm::DropResponse));
        assert_eq!(effects("truncate").harm, Some(Harm::Truncate));
        assert_eq!(effects("rate-limit").harm, Some(Harm::RateLimit));
        assert_eq!(effects("status=500").harm, Some(Harm::Status { status: 500, stored: false }));
        assert_eq!(effects("stored,status=503").harm, Some(Harm::Status { status: 503, stored: true }));
        assert_eq!(effects("latency=2s").latency, Some(Duration::from_secs(2)));
        assert_eq!(effects("should-retry=false").should_retry, Some(false));
    }

    #[test]
    fn what_is_no_fault_is_told() {
        for text in [
            "",
            "count=1",
            "drop",
            "status=200",
            "status=x",
            "latency=-1s",
            "latency=2h",
            "should-retry=maybe",
            "truncate,count=x",
            "truncate,probability=2",
            "truncate,probability=NaN",
            "truncate,path=v1",
            "truncate,stored",
            "truncate,drop-request",
            "truncate,colour=red",
            "truncate,",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }

    #[test]
    fn count_and_skip_say_which() {
        assert_eq!(harms(&mut with(&["truncate,skip=1,count=2"]), 5), [false, true, true, false, false]);
        let mut two = with(&["truncate,count=1", "drop-request,count=1"]);
        assert_eq!(two.strike("GET", "/").harm, Some(Harm::Truncate));
        assert_eq!(two.strike("GET", "/").harm, Some(Harm::DropRequest), "each request suffers one");
        assert_eq!(two.strike("GET", "/").harm, None);
        assert_eq!(two.clear(Some(1)), 1);
        assert_eq!((two.clear(None), two.list().len(), two.add(fault("truncate"))), (1, 0, 3));
    }

    #[test]
    fn effects_of_several_come_together() {
        let mut faults = with(&["latency=1s", "status=500,should-retry=true"]);
        let harm = Some(Harm::Status { status: 500, stored: false });
        let all = Effects { latency: Some(Duration::from_secs(1)), should_retry: Some(true), harm };
        assert_eq!(faults.strike("GET", "/"), all);
    }

    #[test]
    fn method_and_path_say_which() {
        let fits = |text, method, path| fault(text).fits(method, path);
        assert!(
            fits("truncate,method=post", "POST", "/v1/a") && !fits("truncate,method=post", "GET", "/v1/a")
        );
        assert!(fits("truncate,path=/v1/a", "GET", "/v1/a") && !fits("truncate,path=/v1/a", "GET", "/v1/ab"));
        assert!(
            fits("truncate,path=/v1/*/b*", "GET", "/v1/a/c/b")
                && !fits("truncate,path=/v1/*b", "GET", "/v1/bc")
        );
        assert!(fits("truncate,path=*é", "GET", "/éé"));
    }

    #[test]
    fn the_dice_follow_the_seed_and_the_probability() {
        let thrown = harms(&mut with(&["truncate,probability=0.25"]), 4_000);
        assert_eq!(thrown, harms(&mut with(&["truncate,probability=0.25"]), 4_000));
        let struck = thrown.iter().filter(|struck| **struck).count();
        assert!((900..1_100).contains(&struck), "{struck}");
        assert!(harms(&mut with(&["truncate,probability=0"]), 100).iter().all(|struck| !struck));
        assert!(harms(&mut with(&["truncate,probability=1"]), 100).iter().all(|struck| *struck));
    }
}
