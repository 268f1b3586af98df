//! A batch on a file is one process's at a time.

use super::*;

#[test]
fn a_batch_is_one_processs_and_comes_free_with_it() {
    let home = Home::new();
    let (mut journal, mut other) = (home.open(), home.open());
    let lease = journal.claim_batch("b").expect("a lease").expect("a free batch");
    assert!(other.claim_batch("b").expect("a lease").is_none());
    assert!(other.claim_batch("c").expect("a lease").is_some());
    drop(lease);
    assert!(other.claim_batch("b").expect("a lease").is_some());
}
