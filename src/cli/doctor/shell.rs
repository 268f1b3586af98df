//! The program itself, and what the shell knows of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::context::variable;

use super::check::{Check, Status};

/// Which paycli this is, and whether it is the one that the shell finds.
pub(super) fn version() -> Check {
    let name = "version";
    let this = std::env::current_exe().and_then(std::fs::canonicalize).unwrap_or_default();
    let message = format!("paycli {} ({})", crate::VERSION, this.display());
    let found = on_path("paycli");
    match found {
        Some(other) if std::fs::canonicalize(&other).is_ok_and(|other| other != this) => {
            Check::warning(name, format!("{message}; the shell finds another one: {}", other.display()))
                .mend(format!("{} --version", other.display()))
        }
        Some(_) => Check::ok(name, message),
        None => Check::warning(
            name,
            format!("{message}; no folder of PATH has paycli, and git hooks need it there"),
        )
        .mend(format!("export PATH=\"{}:$PATH\"", this.parent().unwrap_or(Path::new("")).display())),
    }
}

/// Whether the shell completes paycli's commands.
pub(super) fn completions() -> Check {
    let name = "completions";
    let shell = variable("SHELL").unwrap_or_default();
    let home = variable("HOME").map(PathBuf::from).unwrap_or_default();
    let (shell, own, shared): (&str, &str, &[&str]) =
        match Path::new(&shell).file_name().and_then(|name| name.to_str()) {
            Some("bash") => (
                "bash",
                ".local/share/bash-completion/completions/paycli",
                &["/usr/share/bash-completion/completions/paycli", "/etc/bash_completion.d/paycli"],
            ),
            Some("zsh") => (
                "zsh",
                ".zfunc/_paycli",
                &[
                    "/usr/share/zsh/site-functions/_paycli",
                    "/usr/share/zsh/vendor-completions/_paycli",
                    "/usr/local/share/zsh/site-functions/_paycli",
                ],
            ),
            Some("fish") => (
                "fish",
                ".config/fish/completions/paycli.fish",
                &["/usr/share/fish/vendor_completions.d/paycli.fish"],
            ),
            _ => return Check::new(name, Status::Skipped, "this shell is not known (SHELL)"),
        };
    let own = home.join(own);
    let is_there = own.exists() || shared.iter().any(|path| Path::new(path).exists());
    let rc = std::fs::read_to_string(home.join(format!(".{shell}rc"))).unwrap_or_default();
    if is_there || rc.contains("paycli completions") {
        return Check::ok(name, format!("installed for {shell}"));
    }
    let dir = own.parent().unwrap_or(&home).display();
    Check::warning(name, format!("not installed for {shell}"))
        .mend(format!("mkdir -p {dir} && paycli completions {shell} > {}", own.display()))
}

/// Whether git is there, which scans of history and staged changes need.
pub(super) fn git() -> Check {
    let output = Command::new("git").arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => {
            Check::ok("git", String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
        _ => Check::warning("git", "not found: keys scan --staged and --history need it").hint("install git"),
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}
