//! Files that git keeps although an ignore file names them: they were added before it did, or by force.

use std::path::{Path, PathBuf};

use super::{Git, path_of};

const LIST: &[&str] = &["ls-files", "-z", "--cached", "--ignored", "--exclude-standard"];

/// Such files of a folder that exist. None where git is not installed or knows no repository here.
#[must_use]
pub fn tracked_but_ignored(dir: &Path) -> Vec<PathBuf> {
    if !dir.is_dir() {
        return Vec::new();
    }
    let listed = Git::in_dir(dir).ask(LIST).unwrap_or_default();
    let paths = listed.split(|byte| *byte == 0).filter(|path| !path.is_empty());
    let files = paths.map(|path| dir.join(path_of(path)));
    files.filter(|file| file.symlink_metadata().is_ok_and(|meta| meta.is_file())).collect()
}
