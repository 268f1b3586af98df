//! The hook that scans what is staged before every commit.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Git, GitError, path_of};

/// What the hook's second line says, by which it is known again.
const MARK: &str = "# Written by paycli keys scan --install-hook.";

/// A hook that is in its place.
#[derive(Debug, PartialEq, Eq)]
pub struct Hook {
    /// The file.
    pub path: PathBuf,
    /// Whether it was there already.
    pub was_there: bool,
}

/// The hook as a shell script.
fn script() -> String {
    format!(
        "#!/bin/sh\n{MARK}\n# A commit that brings in a key is refused; paycli:allow in a comment lets one through.\nexec paycli keys scan --staged\n"
    )
}

/// Puts the hook where git looks for it.
///
/// # Errors
/// When this is no repository, another hook is there, or the file system refuses.
pub fn install_hook(dir: &Path) -> Result<Hook, GitError> {
    let git = Git::in_dir(dir);
    let hooks = dir.join(path_of(&git.ask(&["rev-parse", "--git-path", "hooks"])?));
    let path = hooks.join("pre-commit");
    let failed =
        |error| GitError::System { what: format!("the hook {} cannot be written", path.display()), error };
    match fs::read_to_string(&path) {
        Ok(text) if text == script() => {
            make_executable(&path).map_err(failed)?;
            return Ok(Hook { path, was_there: true });
        }
        Ok(text) if !text.contains(MARK) => return Err(GitError::OtherHook(path)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(GitError::OtherHook(path)),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    write(&hooks, &path).map_err(failed)?;
    Ok(Hook { path, was_there: false })
}

fn write(hooks: &Path, path: &Path) -> io::Result<()> {
    fs::create_dir_all(hooks)?;
    let mut file = tempfile::NamedTempFile::new_in(hooks)?;
    file.write_all(script().as_bytes())?;
    make_executable(file.path())?;
    file.persist(path)?;
    Ok(())
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}
