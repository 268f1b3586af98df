//! What became of a batch: how many lines ended how, and the exit code that tells a script.

use crate::exit::{ExitCode, Outcome};
use crate::journal::Execution;
use crate::request::report::{ReplayedBy, Report};

/// Why a batch stopped before its last line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// The user asked for it.
    Interrupted,
    /// The API refused the API key, and there is no other one.
    Unauthorized,
    /// So many lines in a row did not reach the API.
    Unreachable(usize),
    /// The journal cannot be written.
    Journal(String),
    /// An answer was of the other mode.
    OtherMode,
    /// Nobody reads standard output any more, or it cannot be written.
    Output(String),
    /// The file cannot be read any more, or was changed.
    Source(String),
}

/// What became of the lines of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines of the file.
    pub lines: u64,
    /// Lines that worked, those of earlier runs included.
    pub succeeded: u64,
    /// Lines that were refused or declined for good, those of earlier runs included.
    pub failed: u64,
    /// Lines that may have been executed: with the same command they end.
    pub unknown: u64,
    /// Lines that may have been executed, which sending again does not end: a person has to look.
    pub for_a_person: u64,
    /// Lines that were certainly not executed, and that the same command sends.
    pub not_executed: u64,
    /// Lines of the above whose request never left.
    pub not_sent: u64,
    /// Lines whose final result an earlier run has got.
    pub from_earlier_runs: u64,
    /// Attempts after the first of each line.
    pub retries: u64,
    /// Results that could not be recorded.
    pub unrecorded: u64,
    /// Why it stopped before its last line.
    pub stopped: Option<StopReason>,
}

impl Summary {
    /// Lines that ended in one way or another.
    #[must_use]
    pub const fn ended(&self) -> u64 {
        self.succeeded + self.failed + self.unknown + self.for_a_person + self.not_executed
    }

    /// Lines that were not begun.
    #[must_use]
    pub const fn not_begun(&self) -> u64 {
        self.lines.saturating_sub(self.ended())
    }

    pub(super) fn count(&mut self, report: &Report) {
        self.retries += u64::from(report.attempts.saturating_sub(1));
        self.unrecorded += u64::from(report.unrecorded.is_some());
        let is_of_earlier_run =
            report.replayed_by == Some(ReplayedBy::Journal) && report.execution == Some(Execution::Final);
        self.from_earlier_runs += u64::from(is_of_earlier_run);
        let place = match report.outcome {
            // It is known, and not to the next run.
            _ if report.unrecorded.is_some() => &mut self.unknown,
            Outcome::Succeeded => &mut self.succeeded,
            Outcome::Declined
            | Outcome::Invalid
            | Outcome::KeyMismatch
            | Outcome::Forbidden
            | Outcome::NotFound => &mut self.failed,
            Outcome::Unknown | Outcome::InProgress => &mut self.unknown,
            Outcome::ExpiredUnknown | Outcome::ServerError => &mut self.for_a_person,
            Outcome::NotSent => {
                self.not_sent += 1;
                &mut self.not_executed
            }
            Outcome::RateLimited | Outcome::Unauthorized | Outcome::JournalError => &mut self.not_executed,
        };
        *place += 1;
    }

    /// What is unknown comes before what failed, since it may be money.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        let is_unknown = self.unknown + self.for_a_person > 0;
        match &self.stopped {
            Some(StopReason::Interrupted) => return ExitCode::Interrupted,
            Some(StopReason::OtherMode) => return ExitCode::Configuration,
            _ if is_unknown => return ExitCode::Unknown,
            Some(StopReason::Journal(_)) => return ExitCode::JournalError,
            Some(StopReason::Unauthorized) => return ExitCode::Authentication,
            _ => {}
        }
        let has_open = self.not_executed + self.not_begun() > 0;
        match has_open {
            true if self.not_sent > 0 && self.not_sent == self.ended() => ExitCode::NotSent,
            true => ExitCode::Unknown,
            false if self.failed > 0 => ExitCode::BatchPartial,
            false => ExitCode::Success,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(summary: &Summary) -> ExitCode {
        Summary { lines: summary.lines.max(summary.ended()), ..summary.clone() }.exit_code()
    }

    #[test]
    fn unknown_comes_before_failed_and_failed_before_success() {
        let all = Summary { succeeded: 3, ..Summary::default() };
        assert_eq!(code(&all), ExitCode::Success);
        let some = Summary { failed: 1, ..all.clone() };
        assert_eq!(code(&some), ExitCode::BatchPartial);
        assert_eq!(code(&Summary { unknown: 1, ..some.clone() }), ExitCode::Unknown);
        assert_eq!(code(&Summary { for_a_person: 1, ..some.clone() }), ExitCode::Unknown);
        assert_eq!(code(&Summary { not_executed: 1, ..some.clone() }), ExitCode::Unknown);
        assert_eq!(code(&Summary { lines: 9, ..some }), ExitCode::Unknown, "lines that were not begun");
        assert_eq!(
            code(&Summary { not_executed: 2, not_sent: 2, lines: 9, ..Summary::default() }),
            ExitCode::NotSent
        );
    }

    #[test]
    fn the_reason_of_a_stop_is_told_where_nothing_is_unknown() {
        let stopped =
            |stopped, unknown| Summary { lines: 9, unknown, stopped: Some(stopped), ..Summary::default() };
        assert_eq!(code(&stopped(StopReason::Interrupted, 1)), ExitCode::Interrupted);
        assert_eq!(code(&stopped(StopReason::Journal(String::new()), 0)), ExitCode::JournalError);
        assert_eq!(code(&stopped(StopReason::Journal(String::new()), 1)), ExitCode::Unknown);
        assert_eq!(code(&stopped(StopReason::Unauthorized, 0)), ExitCode::Authentication);
        assert_eq!(code(&stopped(StopReason::OtherMode, 1)), ExitCode::Configuration);
    }
}
