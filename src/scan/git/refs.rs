//! What refs name beside commits: annotated tags, with their messages, and contents.

use std::collections::HashSet;
use std::path::PathBuf;

use super::blobs::Blobs;
use super::{Git, GitError};
use crate::scan::Scan;
use crate::scan::walk::read_input;

/// The kind and the id of what a ref names, those of what a tag is for, and the ref.
const REFS: &[&str] =
    &["for-each-ref", "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname)"];

/// Reads the tags and the contents that refs name, without the contents that are known already.
pub(super) fn refs(git: &Git, known: &HashSet<Vec<u8>>) -> Result<Scan, GitError> {
    let (mut blobs, mut window, mut scan) = (Blobs::of(git.clone()), Vec::new(), Scan::default());
    for (id, path) in named(&String::from_utf8_lossy(&git.ask(REFS)?)) {
        if known.contains(&hex::decode(&id).unwrap_or_default()) {
            continue;
        }
        let read = blobs.read(&id, |mut content| read_input(&path, &mut content, &mut window))?;
        scan.add(read.unwrap_or_else(|why| Scan::unread(&path, why)));
    }
    Ok(scan)
}

/// The ids to read, and the paths that they are shown under: `tag v1`, or the ref of a content.
fn named(listed: &str) -> Vec<(String, PathBuf)> {
    let mut named = Vec::new();
    for line in listed.lines() {
        let fields: Vec<_> = line.splitn(5, ' ').collect();
        let [kind, id, of_kind, of_id, name] = fields[..] else { continue };
        if kind == "tag" {
            let tag = name.strip_prefix("refs/tags/").unwrap_or(name);
            named.push((id.to_owned(), format!("tag {tag}").into()));
        }
        let content = if kind == "blob" { Some(id) } else { (of_kind == "blob").then_some(of_id) };
        named.extend(content.map(|id| (id.to_owned(), name.into())));
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_contents_are_named_and_branches_are_not() {
        let listed = "commit 1   refs/heads/main\ntag 2 commit 1 refs/tags/v 1\nblob 3   refs/tags/content\n\
                      tag 4 blob 3 refs/tags/both\n";
        let seen: Vec<_> = named(listed);
        let expected =
            [("2", "tag v 1"), ("3", "refs/tags/content"), ("4", "tag both"), ("3", "refs/tags/both")];
        assert_eq!(seen, expected.map(|(id, path)| (id.to_owned(), path.into())));
    }
}
