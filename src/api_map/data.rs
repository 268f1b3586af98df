//! The text of the map: decompressed when it is first asked for, and cut into its tables.
//!
//! A head line (`paycli-api-map 1`, the API's version, the package, the script, with tabs between them), then four
//! tables, each with its number of lines before it:
//! words (`=` or `+`, then the values of an enum; after `+` the API may have more), shapes (fields: `name:type`, or
//! `name!:type` for what is always there or has to be given), objects (`name`, `type`) and operations (`method`,
//! `path`, `type` of the parameters, `type` of the answer). [`super::kinds`] reads the types.

use std::sync::OnceLock;

use flate2::{Decompress, FlushDecompress, Status};

/// Made by `scripts/api-map.py`; a test compares it with the package.
static COMPRESSED: &[u8] = include_bytes!("stripe.map.z");

/// The form of the text that this reader knows.
const FORM: &str = "paycli-api-map 1";

/// The tables, their lines as they stand in the text.
#[derive(Debug)]
pub(super) struct Tables {
    api_version: &'static str,
    package: &'static str,
    /// Lists of values, by number.
    pub(super) words: Vec<&'static str>,
    /// Shapes, by number.
    pub(super) shapes: Vec<&'static str>,
    /// Objects, sorted by name.
    pub(super) objects: Vec<&'static str>,
    /// Operations, sorted by path and method.
    pub(super) operations: Vec<&'static str>,
}

/// The version of the API that the map is of: `2026-10-28.endive`.
#[must_use]
pub fn api_version() -> &'static str {
    tables().api_version
}

/// The npm package that the map was made from, and its version: `stripe 23.1.0`.
#[must_use]
pub fn package() -> &'static str {
    tables().package
}

/// The tables of the map.
pub(super) fn tables() -> &'static Tables {
    static TEXT: OnceLock<String> = OnceLock::new();
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| read(TEXT.get_or_init(|| decompress(COMPRESSED))))
}

fn decompress(compressed: &[u8]) -> String {
    let mut text = Vec::with_capacity(compressed.len() * 5);
    let mut inflate = Decompress::new(true);
    loop {
        let rest = compressed.get(progress(inflate.total_in())..).unwrap_or_default();
        let status = inflate.decompress_vec(rest, &mut text, FlushDecompress::Finish);
        match status.expect("the map is compressed with zlib") {
            Status::StreamEnd => break,
            Status::Ok | Status::BufError => text.reserve(compressed.len()),
        }
    }
    String::from_utf8(text).expect("the map is text")
}

fn progress(bytes: u64) -> usize {
    usize::try_from(bytes).expect("the map fits into memory")
}

fn read(text: &'static str) -> Tables {
    let mut lines = text.lines();
    let mut head = lines.next().unwrap_or_default().split('\t');
    assert_eq!(head.next(), Some(FORM), "the map and its reader belong together");
    let mut part = || head.next().expect("the head has four parts");
    let (api_version, package) = (part(), part());
    let mut table = || {
        let count = lines.next().and_then(|line| line.parse().ok()).expect("a table begins with its length");
        lines.by_ref().take(count).collect()
    };
    Tables { api_version, package, words: table(), shapes: table(), objects: table(), operations: table() }
}
