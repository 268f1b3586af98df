//! The command that was typed, to be typed again with one more option.

/// Options that a printed command gets anyhow, where it can: see [`super::Scope`]. The others take no value.
const WITH_VALUE: [&str; 5] = ["-p", "--profile", "--api-base", "--api-key", "--api-key-file"];

/// The command of this call, without its profile, mode and API, which are added where it is printed.
pub(in crate::cli) fn typed_again() -> String {
    let words = without_scope(std::env::args().skip(1));
    words.iter().map(|word| super::scope::shell_word(word)).collect::<Vec<_>>().join(" ")
}

/// The same, with one more option.
pub(in crate::cli) fn typed_with(option: &str) -> String {
    format!("{} {option}", typed_again())
}

fn without_scope(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut left = Vec::new();
    let mut words = words;
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(&word.as_str()) {
            words.next();
        } else if word != "--live" && !WITH_VALUE.iter().any(|option| word.starts_with(&format!("{option}=")))
        {
            left.push(word);
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_anyhow_is_left_out_wherever_it_stood() {
        let words = [
            "-p",
            "live",
            "keys",
            "--live",
            "revoke",
            "--profile=x",
            "--api-base",
            "http://x",
            "--api-key=env:X",
            "api",
        ];
        let left = without_scope(words.map(str::to_owned).into_iter());
        assert_eq!(left, ["keys", "revoke", "api"]);
    }
}
