//! The paycli binary: parse, run, exit code.

fn main() {}
