//! Collects what the checks of `keys audit` look at. Nothing is changed, and only `--online` sends something.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::audit::{
    Call, Endpoint, Facts, FileLeak, Origin, Setting, StoredKey, settings_in, unkeyed_writes,
};
use crate::cli::context::{Context, variable};
use crate::cli::failure::Failure;
use crate::cli::target::Destination;
use crate::journal::{Filter, Journal, State, Summary};
use crate::keys::{ApiKey, KeyAgePolicy, PointerFile, findings};
use crate::profile::Mode;
use crate::scan::{Selection, walk};
use crate::time::UnixMillis;

use super::api::HttpApi;

/// How far back the journal is looked at, in milliseconds.
const NINETY_DAYS: i64 = 90 * 86_400_000;

/// A log that is longer is read so far.
const MOST_LOG_BYTES: u64 = 256 << 20;

/// Pipelines, as a file or a folder beside the code.
const CI_PATHS: &[&str] = &[
    ".github/workflows",
    ".gitlab-ci.yml",
    ".gitlab/ci",
    ".circleci/config.yml",
    ".travis.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "Jenkinsfile",
    ".buildkite",
    ".drone.yml",
    "appveyor.yml",
    "cloudbuild.yaml",
    ".woodpecker.yml",
];

/// What shells and prompts write down, under the home folder.
const HISTORIES: &[&str] = &[
    ".bash_history",
    ".zsh_history",
    ".histfile",
    ".sh_history",
    ".local/share/fish/fish_history",
    ".python_history",
    ".node_repl_history",
    ".irb_history",
    ".psql_history",
    ".sqlite_history",
];

/// Where to look.
pub(super) struct Sought<'a> {
    /// Folders of projects.
    pub(super) paths: &'a [PathBuf],
    /// Logs of requests.
    pub(super) logs: &'a [PathBuf],
    /// Whether the API is asked.
    pub(super) online: bool,
}

/// Everything that the checks look at.
pub(super) fn collect(context: &mut Context, sought: &Sought<'_>) -> Result<Facts, Failure> {
    let mut facts = Facts { settings: variables(), ..Facts::default() };
    for dir in sought.paths {
        let files = environment_files(dir);
        for file in &files {
            let text = std::fs::read(file).unwrap_or_default();
            facts.settings.extend(settings_in(&String::from_utf8_lossy(&text), file));
        }
        facts.leaks.extend(leaks(Origin::EnvironmentFile, files));
        let pipelines = CI_PATHS.iter().map(|path| dir.join(path)).filter(|path| path.exists());
        facts.leaks.extend(leaks(Origin::CiFile, pipelines.collect()));
        facts.leaks.extend(leaks(Origin::GitRemote, vec![dir.join(".git/config")]));
    }
    let home = variable("HOME").map(PathBuf::from).unwrap_or_default();
    facts.leaks.extend(leaks(Origin::ShellHistory, HISTORIES.iter().map(|path| home.join(path)).collect()));
    facts.stored = stored(context)?;
    facts.calls = calls(context)?;
    facts.unkeyed = unkeyed(sought)?;
    #[cfg(unix)]
    {
        let paths = Context::paths()?;
        facts.open_files =
            Some(crate::audit::open_to_others(&[paths.data_dir().to_owned(), paths.config_file()]));
    }
    if sought.online {
        facts.endpoints = Some(endpoints(context)?);
    }
    Ok(facts)
}

/// Variables of the environment whose value is a key.
fn variables() -> Vec<Setting> {
    let setting = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        let key = ApiKey::parse(value.to_str()?).ok()?;
        Some(Setting { name: name.to_string_lossy().into_owned(), key, file: None })
    };
    let mut settings: Vec<_> = std::env::vars_os().filter_map(setting).collect();
    settings.sort_by(|a, b| a.name.cmp(&b.name));
    settings
}

/// The environment files of a folder and of the folders in it.
fn environment_files(dir: &Path) -> Vec<PathBuf> {
    let entries = |dir: &Path| {
        let read = std::fs::read_dir(dir).into_iter().flatten().flatten();
        read.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let is_environment = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_env = path.extension().is_some_and(|extension| extension == "env");
        (name.starts_with(".env") || is_env) && path.is_file()
    };
    let here = entries(dir);
    let inside =
        here.iter().filter(|path| path.is_dir() && !path.is_symlink()).flat_map(|path| entries(path));
    let named = inside.chain(here.clone()).filter(is_environment);
    let mut files: Vec<_> =
        named.map(|path| path.strip_prefix("./").map_or(path.clone(), Path::to_owned)).collect();
    files.sort();
    files
}

/// The keys in some files, ignored by git or not.
fn leaks(origin: Origin, paths: Vec<PathBuf>) -> Vec<FileLeak> {
    let paths: Vec<_> = paths.into_iter().filter(|path| path.exists()).collect();
    let scan = walk(&Selection { paths, reads_ignored: true }, &|_| {});
    scan.leaks.into_iter().map(|leak| FileLeak { origin, leak }).collect()
}

fn stored(context: &Context) -> Result<Vec<StoredKey>, Failure> {
    let (paths, config) = (Context::paths()?, context.config()?);
    let mut stored = Vec::new();
    for mode in [Mode::Test, Mode::Live] {
        let pointers = PointerFile::new(paths.key_list_file(mode), mode).load()?;
        for (path, lineage) in &pointers.lineages {
            let (profile, name) = path.split_once('/').unwrap_or((path, ""));
            let Some(current) = &lineage.current else { continue };
            let policy = config.profile(profile).map_or(KeyAgePolicy::default(), |profile| KeyAgePolicy {
                max_age: profile.max_age,
                warn_at: profile.warn_at,
            });
            stored.push(StoredKey {
                profile: profile.to_owned(),
                mode,
                name: name.to_owned(),
                kind: lineage.kind,
                key_kind: current.key_kind.clone(),
                shown: current.shown.clone(),
                fingerprint: current.fingerprint.clone(),
                findings: findings(name, lineage, policy, &pointers, UnixMillis::now()),
            });
        }
    }
    Ok(stored)
}

fn calls(context: &Context) -> Result<Vec<Call>, Failure> {
    let (paths, now) = (Context::paths()?, UnixMillis::now());
    let mut calls = Vec::new();
    for mode in [Mode::Test, Mode::Live] {
        // Opening a journal makes it: one that is not there holds nothing.
        if !paths.journal_file(mode).exists() {
            continue;
        }
        let journal = context.journal(mode)?;
        let since = Some(UnixMillis(now.0 - NINETY_DAYS));
        for entry in journal.list(&Filter { state: None, since, limit: None, now })? {
            let was_sent_late = was_sent_late(&*journal, &entry)?;
            calls.push(Call {
                mode,
                profile: entry.profile.clone(),
                method: entry.method.to_string(),
                path: entry.path.clone(),
                is_expired: entry.state == State::ExpiredUnknown,
                was_sent_late,
                key: entry.key,
            });
        }
    }
    Ok(calls)
}

/// Whether an attempt of an entry began after the API's window. Only what was tried again can be late.
fn was_sent_late(journal: &dyn Journal, summary: &Summary) -> Result<bool, Failure> {
    let Some(first) = summary.first_sent_at.filter(|_| summary.attempts > 1) else { return Ok(false) };
    let Some(entry) = journal.find(&summary.id)? else { return Ok(false) };
    let end = first.0.saturating_add(entry.intent.family.window_millis());
    Ok(journal.attempts(&entry)?.iter().any(|attempt| attempt.started_at.0 >= end))
}

fn unkeyed(sought: &Sought<'_>) -> Result<Option<Vec<crate::audit::UnkeyedWrite>>, Failure> {
    use std::io::Read;
    if sought.logs.is_empty() {
        return Ok(None);
    }
    let mut found = Vec::new();
    for path in sought.logs {
        let mut bytes = Vec::new();
        let read =
            std::fs::File::open(path).and_then(|file| file.take(MOST_LOG_BYTES).read_to_end(&mut bytes));
        read.map_err(|error| Failure::usage(format!("the log {} cannot be read: {error}", path.display())))?;
        found.extend(unkeyed_writes(path, &String::from_utf8_lossy(&bytes)));
    }
    Ok(Some(found))
}

fn endpoints(context: &mut Context) -> Result<Vec<Endpoint>, Failure> {
    #[derive(Deserialize)]
    struct List {
        data: Vec<Object>,
    }
    #[derive(Deserialize)]
    struct Object {
        id: String,
        url: String,
    }
    let profile = context.profile()?.clone();
    context.admit(&profile, false)?;
    let found = Destination::of(context, &profile)?.key(context, &profile)?;
    let list: List = HttpApi::of(context, &profile)?.read("/v1/webhook_endpoints?limit=100", &found.key)?;
    Ok(list.data.into_iter().map(|object| Endpoint { id: object.id, url: object.url }).collect())
}
