//! The promises of every journal: one suite, run on a real file and on a real PostgreSQL.

mod groups;
mod homes;
mod requests;

use std::fmt::Debug;

use crate::exit::Outcome;
use crate::profile::KeepBodies;
use crate::time::UnixMillis;

use super::*;

/// A place for a journal, which is gone when it is dropped.
trait Home: Sync {
    type Journal: Journal + Debug;

    fn new() -> Self;

    /// Opens the journal, as another process does.
    fn open(&self) -> Self::Journal;

    /// Opens it, and waits longer for others than a test needs to fail.
    fn open_patiently(&self) -> Self::Journal;

    fn open_keeping(&self, bodies: KeepBodies) -> Self::Journal;

    /// Whether the text is anywhere in what is stored.
    fn holds(&self, text: &str) -> bool;

    /// Writes a word that no version knows into a column of all entries.
    fn puzzle(&self, column: &str);
}

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

fn later(hours: i64) -> UnixMillis {
    UnixMillis(NOW.0 + hours * 3_600_000)
}

fn result(execution: Execution, outcome: Outcome) -> AttemptResult {
    AttemptResult {
        execution,
        outcome,
        status: Some(200),
        body: Some(b"{}".to_vec()),
        request_id: Some("req_1".into()),
        original_request_id: None,
        detail: None,
    }
}

fn begin(journal: &mut impl Journal, body: &str, key: KeyChoice<'_>, now: UnixMillis) -> Begun {
    journal.begin(&Begin { intent: &Intent::example(body), key, now }).expect("a decision")
}

fn ready(begun: Begun) -> Ticket {
    match begun {
        Begun::Ready(ticket) => *ticket,
        other => panic!("not ready: {other:?}"),
    }
}

const FIRST: KeyChoice<'_> = KeyChoice::Continue { candidate: "first" };
const SECOND: KeyChoice<'_> = KeyChoice::Continue { candidate: "second" };

/// Makes each promise a test of each journal.
macro_rules! on_every_journal {
    ($($module:ident: $($promise:ident),+;)+) => {
        mod on_sqlite {
            $($(
                #[test]
                fn $promise() {
                    super::$module::$promise::<super::homes::Folder>();
                }
            )+)+
        }

        mod on_postgres {
            $($(
                #[test]
                fn $promise() {
                    super::$module::$promise::<super::homes::Shared>();
                }
            )+)+
        }
    };
}

on_every_journal! {
    requests: an_entry_is_read_back_as_it_was_written,
        a_run_that_died_is_continued_with_its_key_and_its_bytes,
        a_finished_run_is_not_continued_and_another_request_never,
        a_result_that_was_not_reported_is_continued,
        a_key_that_is_being_sent_is_busy_for_everybody_else,
        a_known_key_with_another_request_is_a_mismatch_and_changes_nothing,
        an_operation_keeps_its_key,
        a_settled_result_survives_a_resend_that_got_no_answer,
        what_was_not_executed_does_not_start_the_window,
        past_the_window_an_unknown_outcome_blocks_until_a_person_settles_it,
        a_fresh_key_leaves_the_unfinished_duplicate_as_it_is,
        attempts_are_listed_with_what_they_ended_with,
        many_processes_that_begin_the_same_request_end_with_one_key,
        a_final_refusal_keeps_its_window_when_a_later_attempt_executed_nothing,
        a_word_that_this_version_does_not_know_is_an_error_in_every_column,
        an_unfinished_run_of_another_credential_does_not_stand_in_the_way,
        no_credential_gets_into_the_file_and_its_answer_says_that_it_is_redacted,
        a_credential_in_a_request_is_refused_before_anything_is_stored,
        a_confirmation_is_sent_with_its_client_secret_and_stored_without,
        bodies_of_answers_are_kept_or_not_as_it_is_configured,
        what_is_open_is_gone_through_one_by_one_from_the_oldest_on;
    groups: a_line_keeps_its_key_and_its_result_for_good,
        a_line_that_no_longer_fits_its_key_is_named,
        a_key_that_a_batch_has_in_flight_is_busy_for_a_single_request_until_the_batch_is_dead,
        a_key_that_a_single_request_has_in_flight_is_busy_for_a_batch,
        a_line_that_is_let_go_is_free_while_its_batch_goes_on,
        lines_that_cannot_be_sent_are_answered_without_beginning_any,
        a_group_of_many_lines_is_written_and_read_back_whole;
}
