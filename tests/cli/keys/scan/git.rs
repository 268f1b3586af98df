//! Repositories of all kinds: history, merges, renames, submodules, shallow, unborn and bare ones, and hooks.

use super::{commit, findings, git, live_key, paths, scan, write};
use crate::support::Home;
use crate::support::env::PAYCLI;

fn repository(home: &Home, name: &str) -> std::path::PathBuf {
    let dir = home.path().join(name);
    std::fs::create_dir_all(&dir).expect("a folder");
    git(&dir, &["init", "-q"]);
    dir
}

#[test]
fn every_content_is_read_once_and_named_with_the_commit_that_brought_it_in() {
    let home = Home::new();
    let dir = repository(&home, "repo");
    write(&dir, "README", "hello\n");
    commit(&dir, "first");
    write(&dir, "old.env", format!("K={}\n", live_key(1)));
    let second = commit(&dir, "second");
    git(&dir, &["mv", "old.env", "new.env"]);
    commit(&dir, "a rename brings in nothing");
    git(&dir, &["rm", "-q", "new.env"]);
    commit(&dir, "and what is removed stays in the history");
    scan(&home, &["repo"]).run().exits(0);
    let seen = scan(&home, &["--history", "repo"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["old.env"]);
    assert_eq!(seen["findings"][0]["commit"]["id"], second.as_str(), "{seen}");
    assert_eq!(seen["findings"][0]["commit"]["author"], "A Writer", "{seen}");
}

#[test]
fn what_a_merge_brings_in_is_its_own_and_what_a_branch_brings_in_is_the_branchs() {
    let home = Home::new();
    let dir = repository(&home, "repo");
    write(&dir, "a", "a\n");
    commit(&dir, "first");
    git(&dir, &["checkout", "-q", "-b", "side"]);
    write(&dir, "side.env", live_key(1));
    let side = commit(&dir, "side");
    git(&dir, &["checkout", "-q", "main"]);
    write(&dir, "b", "b\n");
    commit(&dir, "main goes on");
    git(&dir, &["merge", "-q", "--no-commit", "--no-ff", "side"]);
    write(&dir, "merge.env", live_key(2));
    let merge = commit(&dir, "merge");
    let seen = scan(&home, &["--history", "repo"]).run().exits(40).json();
    let by = |at: usize| (seen["findings"][at]["path"].clone(), seen["findings"][at]["commit"]["id"].clone());
    assert_eq!(by(0), ("merge.env".into(), merge.into()), "{seen}");
    assert_eq!(by(1), ("side.env".into(), side.into()), "{seen}");
    assert_eq!(paths(&seen).len(), 2, "{seen}");
}

#[test]
fn a_bare_repository_and_an_unborn_branch_are_read_too() {
    let home = Home::new();
    let dir = repository(&home, "repo");
    scan(&home, &["--history", "repo"]).run().exits(0);
    write(&dir, "a.env", live_key(1));
    git(&dir, &["add", "a.env"]);
    let seen = scan(&home, &["--staged", "repo"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["a.env"]);
    commit(&dir, "first");
    git(home.path(), &["clone", "-q", "--bare", "repo", "bare.git"]);
    let seen = scan(&home, &["--history", "bare.git"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["a.env"]);
    scan(&home, &["--staged", "bare.git"]).run().exits(0);
}

#[test]
fn a_shallow_clone_and_a_submodule_are_read_as_far_as_they_go_and_that_is_said() {
    let home = Home::new();
    let inner = repository(&home, "inner");
    write(&inner, "inner.env", live_key(1));
    commit(&inner, "inner");
    let dir = repository(&home, "repo");
    write(&dir, "gone.env", live_key(2));
    commit(&dir, "first");
    git(&dir, &["rm", "-q", "gone.env"]);
    git(&dir, &["submodule", "--quiet", "add", "../inner", "sub"]);
    write(&dir, "kept.env", live_key(3));
    commit(&dir, "second");
    let seen = scan(&home, &["--history", "repo"]).run().exits(40).says("submodule sub");
    assert_eq!(paths(&seen.json()), ["gone.env", "kept.env"]);
    let seen = scan(&home, &["--history", "repo/sub"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["inner.env"]);
    let url = format!("file://{}", dir.display());
    git(home.path(), &["clone", "-q", "--depth", "1", &url, "shallow"]);
    let seen = scan(&home, &["--history", "shallow"]).run().exits(40).says("shallow clone");
    assert_eq!(paths(&seen.json()), ["kept.env"]);
}

#[test]
fn a_folder_and_a_file_of_a_repository_have_a_history_of_their_own() {
    let home = Home::new();
    let dir = repository(&home, "repo");
    write(&dir, "in/a.env", live_key(1));
    write(&dir, "b.env", live_key(2));
    commit(&dir, "first");
    let seen = scan(&home, &["--history", "repo/in"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["in/a.env"]);
    let seen = scan(&home, &["--history", "repo/b.env"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["b.env"]);
}

#[test]
fn only_keys_that_the_next_commit_brings_in_are_found_in_what_is_staged() {
    let home = Home::new();
    let dir = repository(&home, "repo");
    write(&dir, "a.env", format!("A={}\n", live_key(1)));
    commit(&dir, "first");
    write(&dir, "a.env", format!("\nA={}\n", live_key(1)));
    git(&dir, &["add", "a.env"]);
    scan(&home, &["--staged", "repo"]).run().exits(0);
    write(&dir, "a.env", format!("A={}\nB={}\n", live_key(1), live_key(2)));
    scan(&home, &["--staged", "repo"]).run().exits(0);
    git(&dir, &["add", "a.env"]);
    let seen = scan(&home, &["--staged", "repo"]).run().exits(40).json();
    let key = live_key(2);
    assert_eq!(findings(&seen), [("a.env".into(), 2, format!("sk_live_****{}", &key[key.len() - 4..]))]);
}

#[test]
fn the_hook_refuses_a_commit_with_a_key_and_another_hook_is_left_alone() {
    let home = Home::new();
    let dir = repository(&home, "repo");
    for _ in 0..2 {
        home.paycli(["keys", "scan", "--install-hook", "repo"]).run().exits(0).says("before every commit");
    }
    let bin = std::path::Path::new(PAYCLI).parent().expect("a folder");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").expect("a PATH"));
    let try_commit = |message: &str| {
        git(&dir, &["add", "-A"]);
        let args = [
            "git",
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.com",
            "-C",
            "repo",
            "commit",
            "-m",
            message,
        ];
        home.command(args.map(Into::into).to_vec()).env("PATH", &path).run()
    };
    write(&dir, "clean", "x");
    assert_eq!(try_commit("clean").code(), Some(0));
    write(&dir, "leak.env", live_key(1));
    assert_ne!(try_commit("leak").code(), Some(0));
    assert_eq!(git(&dir, &["log", "--format=%s"]), "clean");
    write(&dir, ".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
    let seen = home.paycli(["keys", "scan", "--install-hook", "repo"]).run().exits(2);
    seen.says("not written by paycli").says("paycli keys scan --staged");
}

#[test]
fn what_pre_commit_runs_is_what_the_hook_runs() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let text = std::fs::read_to_string(file).expect("the file that pre-commit reads");
    for line in
        ["- id: paycli-scan", "entry: paycli keys scan --staged", "pass_filenames: false", "language: rust"]
    {
        assert!(text.lines().any(|found| found.trim() == line), "{line}: {text}");
    }
}

#[test]
fn without_git_only_git_is_missing() {
    let home = Home::new();
    repository(&home, "repo");
    write(home.path(), "tree/a.env", live_key(1));
    let without = |args: &[&str]| scan(&home, args).env("PATH", home.path()).run();
    without(&["--history", "repo"]).exits(2);
    without(&["tree"]).exits(40);
    let human = home.paycli(["keys", "scan", "--staged", "repo"]).env("PATH", home.path()).run().exits(2);
    human.says("git is not installed");
}

#[test]
fn a_broken_repository_is_read_as_far_as_it_goes() {
    let home = Home::new();
    let dir = repository(&home, "repo");
    write(&dir, "a.env", live_key(1));
    commit(&dir, "first");
    write(&dir, "b.env", live_key(2));
    commit(&dir, "second");
    let id = git(&dir, &["rev-parse", "HEAD:a.env"]);
    let object = dir.join(".git/objects").join(&id[..2]).join(&id[2..]);
    let mut permissions = std::fs::metadata(&object).expect("a loose object").permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "a file of this test alone")]
    permissions.set_readonly(false);
    std::fs::set_permissions(&object, permissions).expect("writable");
    std::fs::write(&object, "broken").expect("a broken object");
    let seen = scan(&home, &["--history", "repo"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["b.env"]);
    assert_eq!(seen["not_read"][0]["path"], "a.env", "{seen}");
    let plain = home.path().join("plain");
    std::fs::create_dir_all(&plain).expect("a folder");
    home.paycli(["keys", "scan", "--history", "/"]).run().exits(2).says("not in a git repository");
}

#[test]
fn messages_tags_stashes_and_replaced_commits_belong_to_the_history() {
    let home = Home::new();
    let dir = repository(&home, "repo");
    write(&dir, "a", "a\n");
    commit(&dir, &format!("a message\n\nwith {}", live_key(1)));
    git(&dir, &["tag", "-a", "v1", "-m", &format!("a tag with {}", live_key(2))]);
    write(&dir, "blob", live_key(3));
    let blob = git(&dir, &["hash-object", "-w", "blob"]);
    std::fs::remove_file(dir.join("blob")).expect("removed");
    git(&dir, &["tag", "content", &blob]);
    for seed in [4, 5] {
        write(&dir, "a", live_key(seed));
        git(&dir, &["stash"]);
    }
    write(&dir, "a", live_key(6));
    git(&dir, &["commit", "-q", "-am", "replaced"]);
    write(&dir, "a", "b\n");
    git(&dir, &["commit", "-q", "--amend", "-am", "clean"]);
    let seen = scan(&home, &["--history", "repo"]).run().exits(40).json();
    let mut found: Vec<_> = findings(&seen).into_iter().map(|(path, _, key)| (key, path)).collect();
    found.sort();
    let places = ["commit message", "tag v1", "refs/tags/content", "a", "a", "a"];
    let mut planted: Vec<_> = (1..)
        .zip(places)
        .map(|(seed, path)| (live_key(seed), path))
        .map(|(key, path)| (format!("sk_live_****{}", &key[key.len() - 4..]), path.to_owned()))
        .collect();
    planted.sort();
    assert_eq!(found, planted, "{seen}");
}

#[test]
fn what_is_in_a_branch_is_named_with_its_commit_and_not_with_a_replaced_one() {
    let home = Home::new();
    let dir = repository(&home, "repo");
    write(&dir, "a.env", live_key(1));
    commit(&dir, "first");
    git(&dir, &["commit", "-q", "--amend", "-m", "better words"]);
    let kept = git(&dir, &["rev-parse", "HEAD"]);
    let seen = scan(&home, &["--history", "repo"]).run().exits(40).json();
    assert_eq!(seen["findings"][0]["commit"]["id"], kept.as_str(), "{seen}");
    assert_eq!(paths(&seen), ["a.env"]);
}

#[test]
fn a_key_as_the_name_of_an_author_is_cut_down() {
    let home = Home::new();
    let dir = repository(&home, "repo");
    let author = live_key(9);
    write(&dir, "a.env", live_key(1));
    git(&dir, &["add", "-A"]);
    git(&dir, &["commit", "-q", "-m", "x", "--author", &format!("{author} <a@example.com>")]);
    for format in ["human", "json", "sarif"] {
        let seen = home.paycli(["keys", "scan", "--history", "repo", "--format", format]).run().exits(40);
        assert!(!format!("{seen}").contains(&author), "{seen}");
    }
}

#[test]
fn what_is_staged_is_seen_whatever_git_is_configured_to_and_a_path_is_scanned_alone() {
    let home = Home::new();
    let dir = repository(&home, "repo");
    write(&dir, "in/a.env", live_key(1));
    write(&dir, "b.env", live_key(2));
    write(&dir, "other/c", "c");
    git(&dir, &["add", "-A"]);
    git(&dir, &["config", "diff.relative", "true"]);
    let from_below = scan(&home, &["--staged"]).through(["env", "-C", "repo/other"]).run().exits(40).json();
    assert_eq!(paths(&from_below), ["b.env", "in/a.env"]);
    let of_a_folder = scan(&home, &["--staged", "repo/in"]).run().exits(40).json();
    assert_eq!(paths(&of_a_folder), ["in/a.env"]);
    let of_a_file = scan(&home, &["--staged", "repo/b.env"]).run().exits(40).json();
    assert_eq!(paths(&of_a_file), ["b.env"]);
    scan(&home, &["--staged", "repo/other"]).run().exits(0);
}
