//! What one search may cost, so that a forged delivery costs little.

/// The most HMACs of one search.
const MAX_HMACS: usize = 1200;

/// The most bytes that one search hashes.
const MAX_HASHED: usize = 64 * 1024 * 1024;

/// The most bytes that one search reads and writes to make what it hashes.
const MAX_MADE: usize = 64 * 1024 * 1024;

/// The largest body that is changed and written again, in bytes.
pub(super) const MAX_BODY: usize = 1024 * 1024;

/// What is left of a search's limits.
#[derive(Debug)]
pub(super) struct Budget {
    hmacs: usize,
    hashed: usize,
    made: usize,
    is_cut_short: bool,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self { hmacs: MAX_HMACS, hashed: MAX_HASHED, made: MAX_MADE, is_cut_short: false }
    }

    /// Takes one HMAC of so many bytes, if there is that much left.
    pub(super) fn hash(&mut self, bytes: usize) -> Option<()> {
        let left = self.hmacs.checked_sub(1).zip(self.hashed.checked_sub(bytes));
        self.is_cut_short |= left.is_none();
        (self.hmacs, self.hashed) = left?;
        Some(())
    }

    /// Takes the work of reading or writing so many bytes, if there is that much left.
    pub(super) fn make(&mut self, bytes: usize) -> Option<()> {
        let left = self.made.checked_sub(bytes);
        self.is_cut_short |= left.is_none();
        self.made = left?;
        Some(())
    }

    /// The most bytes that are worth writing: no more could be hashed.
    pub(super) fn worth_writing(&self) -> usize {
        self.hashed.min(self.made).min(2 * MAX_BODY)
    }

    /// Whether anything can still be hashed.
    pub(super) const fn is_spent(&self) -> bool {
        self.hmacs == 0 || self.hashed == 0 || self.made == 0
    }

    /// Says that something was left untried.
    pub(super) const fn cut_short(&mut self) {
        self.is_cut_short = true;
    }

    /// Whether something was left untried.
    pub(super) const fn is_cut_short(&self) -> bool {
        self.is_cut_short
    }

    pub(super) const fn hmacs_made(&self) -> usize {
        MAX_HMACS - self.hmacs
    }
}
