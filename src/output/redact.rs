//! Secrets in text that is about to be shown: whatever looks like one is cut down to its prefix and its
//! last four characters.

/// Prefixes of what must never be shown whole.
const PREFIXES: &[&str] =
    &["sk_test_", "sk_live_", "rk_test_", "rk_live_", "sk_org_", "rkcs_", "oak_", "whsec_"];

/// A secret's body has at least so many characters.
const MIN_BODY: usize = 8;

/// The last four characters are shown of a body that is at least so long.
const SHOWN_FROM: usize = 12;

/// Cuts down every secret in a text.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, prefix)) = first_prefix(rest) {
        let body_at = at + prefix.len();
        let is_body = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '/');
        let body_end = rest[body_at..].find(|c| !is_body(c)).map_or(rest.len(), |end| body_at + end);
        let body = &rest[body_at..body_end];
        out.push_str(&rest[..body_at]);
        match body.len() {
            ..MIN_BODY => out.push_str(body),
            MIN_BODY..SHOWN_FROM => out.push_str("****"),
            length => {
                out.push_str("****");
                out.push_str(&body[length - 4..]);
            }
        }
        rest = &rest[body_end..];
    }
    out.push_str(rest);
    out
}

fn first_prefix(text: &str) -> Option<(usize, &'static str)> {
    let found = PREFIXES.iter().filter_map(|prefix| Some((text.find(prefix)?, *prefix)));
    found.min_by_key(|(at, prefix)| (*at, usize::MAX - prefix.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_cut_down_wherever_they_stand() {
        let key = format!("sk_{}_{}7890", "live", "a".repeat(20));
        let secret = format!("whsec_{}wxyz", "b".repeat(28));
        let text = format!("{{\"a\": \"{key}\", b={secret}&c=sk_test_short1}}");
        assert_eq!(redact(&text), "{\"a\": \"sk_live_****7890\", b=whsec_****wxyz&c=sk_test_short1}");
        assert_eq!(redact("no secret, é"), "no secret, é");
        assert_eq!(redact("sk_test_****7890"), "sk_test_****7890");
    }
}
