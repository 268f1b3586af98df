//! What a mistake is: the marks that it leaves on the battery, and the failures that it accounts for.

use crate::webhook::battery::check::Group;
use crate::webhook::battery::judge::{CheckResult, Outcome, Status};

/// A mistake that endpoints make.
#[derive(Debug, Clone, Copy)]
pub struct Mistake {
    /// Its name in reports.
    pub id: &'static str,
    /// What the endpoint does.
    pub title: &'static str,
    /// What to change.
    pub fix: &'static str,
    pub(super) signs: &'static [Sign],
    pub(super) explains: Explains,
}

/// A mark that a mistake leaves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sign {
    /// The deliveries of all these checks were taken.
    Takes(&'static [&'static str]),
    /// Those of one of these were.
    TakesAny(&'static [&'static str]),
    /// The deliveries of all these checks were sent and not taken.
    Refuses(&'static [&'static str]),
    /// Those of one of these were not.
    RefusesAny(&'static [&'static str]),
    /// No good delivery was taken.
    RefusesEveryGood,
    /// Every good delivery was answered with one of these statuses.
    EveryGoodAnswered(&'static [u16]),
    /// Some delivery was redirected.
    Redirects,
    /// This many checks with bad deliveries made the endpoint fail.
    Crashes(usize),
    /// Some good delivery was not answered in time.
    Hangs,
    /// The probe saw a duplicate's effect twice.
    ProbeFailed,
}

/// Which checks that did not pass a mistake accounts for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Explains {
    Everything,
    EveryBad,
    EveryGoodAnd(&'static [&'static str]),
    These(&'static [&'static str]),
}

/// The checks whose white space is not the signed one.
pub(super) const REWRITTEN: &[&str] = &["refuse-reformatted", "refuse-appended-newline"];

/// An entry of a table.
pub(super) const fn mistake(
    id: &'static str,
    [title, fix]: [&'static str; 2],
    signs: &'static [Sign],
    explains: Explains,
) -> Mistake {
    Mistake { id, title, fix, signs, explains }
}

impl Explains {
    /// Whether it accounts for a check that did not pass.
    pub(super) fn covers(self, result: &CheckResult) -> bool {
        let (id, group) = (result.check.id, result.check.group);
        match self {
            Self::Everything => true,
            Self::EveryBad => group == Group::Refuse,
            Self::EveryGoodAnd(ids) => group == Group::Accept || ids.contains(&id),
            Self::These(ids) => ids.contains(&id),
        }
    }
}

impl Sign {
    /// Whether the results bear it.
    pub(super) fn is_on(self, results: &[CheckResult]) -> bool {
        let sent = |id: &&str| results.iter().find(|it| it.check.id == *id && !it.answers.is_empty());
        let is_taken = |id: &&str| sent(id).is_some_and(CheckResult::is_taken);
        let is_refused = |id: &&str| sent(id).is_some_and(|it| !it.is_taken());
        let good = || results.iter().filter(|it| it.check.group == Group::Accept && !it.answers.is_empty());
        let outcomes = || results.iter().flat_map(|it| &it.answers).map(|answer| &answer.outcome);
        match self {
            Self::Takes(ids) => ids.iter().all(is_taken),
            Self::TakesAny(ids) => ids.iter().any(is_taken),
            Self::Refuses(ids) => ids.iter().all(is_refused),
            Self::RefusesAny(ids) => ids.iter().any(is_refused),
            Self::RefusesEveryGood => good().count() > 0 && good().all(|it| !it.is_taken()),
            Self::EveryGoodAnswered(statuses) => {
                let is_one =
                    |it: &Outcome| matches!(it, Outcome::Status(status) if statuses.contains(status));
                good().count() > 0 && good().all(|it| it.answers.iter().all(|answer| is_one(&answer.outcome)))
            }
            Self::Redirects => outcomes().any(Outcome::is_redirect),
            Self::Hangs => {
                good().flat_map(|it| &it.answers).any(|answer| answer.outcome == Outcome::TimedOut)
            }
            Self::Crashes(most) => {
                let is_crash = |it: &&CheckResult| {
                    it.check.group == Group::Refuse && it.status == Status::Warning && !it.is_taken()
                };
                results.iter().filter(is_crash).count() >= most
            }
            Self::ProbeFailed => results
                .iter()
                .any(|it| it.status == Status::Failed && it.check.group == Group::Accept && it.is_taken()),
        }
    }
}
