//! `paycli generate`: the completion scripts and man pages that are kept beside the source.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;

use crate::exit::ExitCode;

use super::complete::{SHELLS, script};
use super::failure::Failure;
use super::help;

/// Options of `generate`.
#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    /// The folder that gets `completions/` and `man/`
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

/// Writes every generated file and removes the stale ones.
pub(super) fn run(args: &GenerateArgs, mut command: Command) -> Result<ExitCode, Failure> {
    let failed = |error: std::io::Error| Failure::internal(format!("the files cannot be written: {error}"));
    let scripts = SHELLS.map(|shell| {
        let name = match shell {
            clap_complete::Shell::Bash => "paycli.bash".to_owned(),
            clap_complete::Shell::Zsh => "_paycli".to_owned(),
            clap_complete::Shell::Fish => "paycli.fish".to_owned(),
            clap_complete::Shell::PowerShell => "paycli.ps1".to_owned(),
            other => format!("paycli.{}", other.to_string().to_lowercase()),
        };
        (name, script(shell, &mut command))
    });
    write_dir(&args.dir.join("completions"), scripts.to_vec()).map_err(failed)?;
    write_dir(&args.dir.join("man"), pages(command).map_err(failed)?).map_err(failed)?;
    Ok(ExitCode::Success)
}

fn write_dir(dir: &Path, files: Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    if dir.exists() {
        std::fs::remove_dir_all(dir)?;
    }
    std::fs::create_dir_all(dir)?;
    for (name, bytes) in files {
        std::fs::write(dir.join(name), bytes)?;
    }
    Ok(())
}

/// One page for each command that is not hidden, and one for each topic.
fn pages(mut command: Command) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    command.build();
    let mut pages = Vec::new();
    add_pages(&command, "paycli", &mut pages)?;
    for topic in help::TOPICS {
        pages.push((format!("paycli-{}.7", topic.name), help::page(topic).into_bytes()));
    }
    Ok(pages)
}

fn add_pages(command: &Command, name: &str, pages: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    let mut page = Vec::new();
    Man::new(command.clone().name(name.to_owned()).bin_name(name.replace('-', " "))).render(&mut page)?;
    pages.push((format!("{name}.1"), page));
    for child in command.get_subcommands().filter(|child| !child.is_hide_set()) {
        add_pages(child, &format!("{name}-{}", child.get_name()), pages)?;
    }
    Ok(())
}
