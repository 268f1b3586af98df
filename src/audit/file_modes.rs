//! Files of paycli that others can read.

use super::facts::{Facts, Seen};

pub(super) fn look(facts: &Facts) -> Option<Vec<Seen>> {
    let open = facts.open_files.as_ref()?.iter();
    let seen = open
        .map(|path| Seen { text: format!("others can read {}", path.display()), path: Some(path.clone()) });
    Some(seen.collect())
}

/// Of some files, and folders with what is in them, those that somebody else can read, write or enter.
#[cfg(unix)]
#[must_use]
pub fn open_to_others(paths: &[std::path::PathBuf]) -> Vec<std::path::PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let is_open = |path: &std::path::Path| {
        std::fs::symlink_metadata(path)
            .is_ok_and(|meta| !meta.is_symlink() && meta.permissions().mode() & 0o077 != 0)
    };
    let inside = paths
        .iter()
        .filter_map(|path| std::fs::read_dir(path).ok())
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut open: Vec<_> = paths.iter().cloned().chain(inside).filter(|path| is_open(path)).collect();
    open.sort();
    open
}
