//! Verification in bulk on all cores: blocks of lines go to threads, and their answers out in input order.
//!
//! Memory does not grow with the input: each thread holds one block and its answers, and waits for its turn
//! to write before it takes the next.

use std::io::{self, Read};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use memchr::{memchr_iter, memrchr};

use super::batch::{BatchVerifier, LineReason};
use super::dialect::BYTE_ORDER_MARK;
use super::verdict::Reason;

/// How much is read at once, in bytes.
const BLOCK_BYTES: usize = 256 * 1024;

/// The longest line that is read, in bytes; a longer one is malformed and passed over.
pub const MAX_LINE_BYTES: usize = 128 * 1024 * 1024;

/// What a run over many lines has come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BulkSummary {
    /// Lines answered; blank ones are not lines.
    pub lines: u64,
    /// Lines whose delivery is valid.
    pub valid: u64,
    /// Why the first line that is not valid is not.
    pub first_invalid: Option<LineReason>,
}

/// Where answers go: whether more are wanted, or why no more can be taken.
pub trait Answers: FnMut(&[u8], usize) -> io::Result<bool> + Send {}

impl<F: FnMut(&[u8], usize) -> io::Result<bool> + Send> Answers for F {}

/// Verifies every line of `input` on so many threads. `answers` gets the lines that answer a block, in
/// input order, and how many bytes of input they answer.
///
/// # Errors
/// When the input cannot be read or the answers cannot be written.
pub fn verify_lines(
    verifier: &BatchVerifier,
    input: impl Read + Send,
    answers: impl Answers,
    threads: usize,
) -> io::Result<BulkSummary> {
    let input = Mutex::new(Blocks { input, rest: Vec::new(), next: 0, is_over: false });
    let output = Mutex::new(Output { answers, turn: 0, summary: BulkSummary::default(), end: None });
    let turned = Condvar::new();
    thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| work(verifier, &input, &output, &turned));
        }
    });
    let output = output.into_inner().unwrap_or_else(PoisonError::into_inner);
    match output.end {
        Some(Err(error)) => Err(error),
        _ => Ok(output.summary),
    }
}

/// Input, cut into blocks of whole lines.
struct Blocks<R> {
    input: R,
    /// What was read of a line that has not ended yet.
    rest: Vec<u8>,
    next: u64,
    is_over: bool,
}

/// A block of whole lines, and its place in the input.
struct Block {
    index: u64,
    bytes: Vec<u8>,
    content: Content,
}

/// What a block holds.
enum Content {
    Lines,
    /// One line that was too long to be read, and is not there.
    OverlongLine,
    /// Nothing: the input cannot be read any further.
    Failure(io::Error),
}

struct Output<A> {
    answers: A,
    turn: u64,
    summary: BulkSummary,
    /// Why there is no use in going on.
    end: Option<io::Result<()>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work<R: Read, A: Answers>(
    verifier: &BatchVerifier,
    input: &Mutex<Blocks<R>>,
    output: &Mutex<Output<A>>,
    turned: &Condvar,
) {
    let mut body = Vec::new();
    let mut out = Vec::new();
    let mut room = Vec::new();
    loop {
        let Some(block) = lock(input).take(room) else { return };
        out.clear();
        let summary = answer(verifier, &block, &mut body, &mut out);
        let waiting = lock(output);
        let is_waiting = |output: &mut Output<A>| output.turn != block.index && output.end.is_none();
        let mut output = turned.wait_while(waiting, is_waiting).unwrap_or_else(PoisonError::into_inner);
        if output.end.is_some() {
            return;
        }
        match block.content {
            Content::Failure(error) => output.end = Some(Err(error)),
            _ => output.write(&out, block.bytes.len(), summary),
        }
        turned.notify_all();
        drop(output);
        room = block.bytes;
    }
}

impl<A: Answers> Output<A> {
    fn write(&mut self, out: &[u8], input_bytes: usize, of_block: BulkSummary) {
        self.turn += 1;
        self.summary.lines += of_block.lines;
        self.summary.valid += of_block.valid;
        self.summary.first_invalid = self.summary.first_invalid.or(of_block.first_invalid);
        match (self.answers)(out, input_bytes) {
            Ok(true) => {}
            Ok(false) => self.end = Some(Ok(())),
            Err(error) => self.end = Some(Err(error)),
        }
    }
}

fn answer(verifier: &BatchVerifier, block: &Block, body: &mut Vec<u8>, out: &mut Vec<u8>) -> BulkSummary {
    let mut summary = BulkSummary::default();
    let mut count = |reason: LineReason| {
        summary.lines += 1;
        if reason == LineReason::Judged(Reason::Ok) {
            summary.valid += 1;
        } else {
            summary.first_invalid.get_or_insert(reason);
        }
    };
    if matches!(block.content, Content::OverlongLine) {
        count(BatchVerifier::refuse_line(out));
    }
    let mut start = 0;
    for end in memchr_iter(b'\n', &block.bytes).chain([block.bytes.len()]) {
        let line = &block.bytes[start..end];
        if !line.trim_ascii().is_empty() {
            count(verifier.verify_line(line, body, out));
        }
        start = end + 1;
    }
    summary
}

impl<R: Read> Blocks<R> {
    /// The next block. Nothing at the end of the input. `room` is a block that is done with, and the memory
    /// of the next.
    fn take(&mut self, room: Vec<u8>) -> Option<Block> {
        let mut bytes = room;
        bytes.clear();
        bytes.shrink_to(2 * BLOCK_BYTES);
        let content = match self.read_lines(&mut bytes) {
            Ok(content) => content,
            Err(error) => {
                self.is_over = true;
                bytes.clear();
                Content::Failure(error)
            }
        };
        if bytes.is_empty() && matches!(content, Content::Lines) {
            return None;
        }
        self.next += 1;
        Some(Block { index: self.next - 1, bytes, content })
    }

    /// Whole lines: what one read gave, up to the last line's end.
    fn read_lines(&mut self, bytes: &mut Vec<u8>) -> io::Result<Content> {
        bytes.append(&mut self.rest);
        let mut searched = 0;
        while !self.is_over {
            if let Some(end) = memrchr(b'\n', &bytes[searched..]) {
                let end = searched + end + 1;
                self.rest.extend_from_slice(&bytes[end..]);
                bytes.truncate(end);
                break;
            }
            if bytes.len() > MAX_LINE_BYTES {
                bytes.clear();
                self.skip_line()?;
                return Ok(Content::OverlongLine);
            }
            searched = bytes.len();
            self.fill(bytes)?;
        }
        Ok(Content::Lines)
    }

    /// Reads once and appends. At the end of the input nothing is appended.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let start = bytes.len();
        bytes.resize(start + BLOCK_BYTES, 0);
        let read = loop {
            match self.input.read(&mut bytes[start..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        bytes.truncate(start + read);
        self.is_over = read == 0;
        if self.next == 0 && start == 0 && bytes.starts_with(BYTE_ORDER_MARK) {
            bytes.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(())
    }

    fn skip_line(&mut self) -> io::Result<()> {
        let mut bytes = Vec::new();
        while !self.is_over {
            bytes.clear();
            self.fill(&mut bytes)?;
            if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
                self.rest = bytes.split_off(end + 1);
                return Ok(());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SigningSecret;
    use crate::webhook::{SigningKey, Window, signature};

    fn verifier() -> (BatchVerifier, SigningKey) {
        let secret = SigningSecret::new(format!("whsec_{}", "k".repeat(32)));
        let key = SigningKey::stripe(&secret).expect("a key");
        (BatchVerifier::new(None, &[secret], Window { now: 1000, tolerance_seconds: 300 }), key)
    }

    fn run(input: &[u8], threads: usize) -> (BulkSummary, String) {
        let mut out = Vec::new();
        let answers = |bytes: &[u8], _: usize| {
            out.extend_from_slice(bytes);
            Ok(true)
        };
        let summary = verify_lines(&verifier().0, input, answers, threads).expect("a summary");
        (summary, String::from_utf8(out).expect("text"))
    }

    #[test]
    fn answers_come_in_input_order_whatever_the_threads() {
        let key = verifier().1;
        let line = |id: u32| {
            let body = format!("body {id}");
            let timestamp = if id % 3 == 2 { 0 } else { 1000 };
            let header = signature::sign(body.as_bytes(), timestamp, std::slice::from_ref(&key));
            format!("{{\"id\":{id},\"payload_utf8\":\"{body}\",\"header\":\"{header}\"}}\n\n")
        };
        let input: String = (0..20_000).map(line).collect();
        let (alone, expected) = run(input.trim_end().as_bytes(), 1);
        let (together, out) = run(input.as_bytes(), 4);
        assert_eq!(alone, together);
        assert_eq!(expected, out);
        let too_old = LineReason::Judged(Reason::TimestampTooOld);
        assert_eq!(alone, BulkSummary { lines: 20_000, valid: 13_334, first_invalid: Some(too_old) });
        let ids = out.lines().enumerate().all(|(n, line)| line.starts_with(&format!("{{\"id\":{n},")));
        assert!(ids);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_is_read() {
        let input = io::repeat(b'x').take(MAX_LINE_BYTES as u64 + 5_000_000);
        let input = input.chain(&b"\n{\"id\":2}\n"[..]);
        let mut out = Vec::new();
        let answers = |bytes: &[u8], _: usize| {
            out.extend_from_slice(bytes);
            Ok(true)
        };
        let summary = verify_lines(&verifier().0, input, answers, 2).expect("a summary");
        assert_eq!((summary.lines, summary.valid), (2, 0));
        let out = String::from_utf8(out).expect("text");
        assert!(out.starts_with("{\"id\":null,") && out.contains("\n{\"id\":2,"), "{out}");
    }

    #[test]
    fn what_was_read_before_a_failure_is_answered_and_a_mark_in_front_is_no_line() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        for _ in 0..50 {
            let input = (&b"\xef\xbb\xbf{\"payload_utf8\":\"\"}\n"[..]).chain(Broken);
            let mut out = Vec::new();
            let answers = |bytes: &[u8], _: usize| {
                out.extend_from_slice(bytes);
                Ok(true)
            };
            let done = verify_lines(&verifier().0, input, answers, 4);
            assert_eq!(done.expect_err("a failure").to_string(), "broken");
            assert_eq!(
                String::from_utf8_lossy(&out),
                "{\"id\":null,\"valid\":false,\"reason\":\"no_header\"}\n"
            );
        }
    }

    #[test]
    fn a_reader_of_the_answers_that_went_away_ends_the_run() {
        let input = io::repeat(b'\n').take(1 << 40);
        let summary = verify_lines(&verifier().0, input, |_: &[u8], _: usize| Ok(false), 2);
        assert_eq!(summary.expect("a summary"), BulkSummary::default());
    }
}
