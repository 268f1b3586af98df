//! What is wrong with a signing secret by its looks, and what it may have been before.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use crate::keys::SigningSecret;

use super::finding::Explanation;

const PREFIX: &str = "whsec_";

/// Characters that are not seen and not typed: zero-width ones, and the byte-order mark.
const INVISIBLE: &[char] = &['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}'];

/// One way in which secrets get damaged: how it is seen, and how it is undone.
pub(super) struct Damage {
    pub(super) cause: &'static str,
    pub(super) detail: &'static str,
    pub(super) fix: &'static str,
    /// What the secret was, where the damage is seen.
    pub(super) undo: fn(&str) -> Option<String>,
}

/// The damages, the most frequent first.
pub(super) const DAMAGES: &[Damage] = &[
    Damage {
        cause: "secret_whitespace",
        detail: "there is white space around the secret or in it, a line break perhaps",
        fix: "take it away: write the secret with printf %s instead of echo, and trim it where it is read",
        undo: |text| changed(text, text.chars().filter(|c| !c.is_whitespace()).collect()),
    },
    Damage {
        cause: "secret_invisible_characters",
        detail: "the secret has characters that cannot be seen: a zero-width space or a byte-order mark",
        fix: "copy it again from the Dashboard, not from a document or a chat",
        undo: |text| changed(text, text.chars().filter(|c| !INVISIBLE.contains(c)).collect()),
    },
    Damage {
        cause: "secret_quoted",
        detail: "the quotes around the secret became part of it",
        fix: "take them away: this reader of variables does not strip quotes",
        undo: |text| changed(text, text.trim_matches(['"', '\'', '`', '“', '”']).to_owned()),
    },
    Damage {
        cause: "secret_escaped_newline",
        detail: "the secret ends with the two characters \\n",
        fix: "take them away: an escaped line break was not read as one",
        undo: |text| changed(text, text.replace("\\r", "").replace("\\n", "")),
    },
    Damage {
        cause: "secret_comment",
        detail: "a comment after the secret became part of it",
        fix: "put the comment on a line of its own",
        undo: |text| text.split_once('#').map(|(secret, _)| secret.trim_end().to_owned()),
    },
    Damage {
        cause: "secret_assignment",
        detail: "the variable's name stands in front of the secret: NAME=whsec_…",
        fix: "take the part after the equals sign alone",
        undo: |text| {
            text.split_once('=').filter(|(name, _)| is_variable(name)).map(|(_, secret)| secret.to_owned())
        },
    },
    Damage {
        cause: "secret_prefix_twice",
        detail: "the secret starts with whsec_ twice",
        fix: "do not add the prefix: it is part of the secret already",
        undo: |text| text.strip_prefix(PREFIX).filter(|rest| rest.starts_with(PREFIX)).map(str::to_owned),
    },
    Damage {
        cause: "secret_without_prefix",
        detail: "the whsec_ in front of the secret is missing",
        fix: "keep it: in Stripe's scheme it is part of the key",
        undo: |text| (!text.contains(PREFIX) && is_plain(text)).then(|| format!("{PREFIX}{text}")),
    },
    Damage {
        cause: "secret_base64",
        detail: "the secret is encoded in base64, as in a Kubernetes Secret",
        fix: "decode it where it is read; under stringData Kubernetes takes it as it is",
        undo: |text| decoded(text).filter(|secret| secret.contains(PREFIX)),
    },
    Damage {
        cause: "secret_hex",
        detail: "the secret is encoded in hexadecimal",
        fix: "decode it where it is read",
        undo: |text| {
            let bytes = hex::decode(text.trim()).ok()?;
            String::from_utf8(bytes).ok().filter(|secret| secret.starts_with(PREFIX))
        },
    },
    Damage {
        cause: "secret_percent_encoded",
        detail: "the secret is percent-encoded",
        fix: "decode it where it is read",
        undo: |text| {
            changed(text, percent_encoding::percent_decode_str(text).decode_utf8().ok()?.into_owned())
        },
    },
    Damage {
        cause: "secrets_joined",
        detail: "two secrets stand in one value",
        fix: "give each secret by itself, and try them one after the other",
        undo: |text| text.rsplit_once([',', ';', '|']).map(|(_, last)| last.trim().to_owned()),
    },
    Damage {
        cause: "secrets_joined",
        detail: "two secrets stand in one value",
        fix: "give each secret by itself, and try them one after the other",
        undo: |text| text.split_once([',', ';', '|']).map(|(first, _)| first.trim().to_owned()),
    },
];

fn changed(text: &str, other: String) -> Option<String> {
    (other != text && !other.is_empty()).then_some(other)
}

fn is_variable(name: &str) -> bool {
    let name = name.trim().trim_start_matches("export ").trim();
    !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(PREFIX)
}

fn is_plain(text: &str) -> bool {
    text.len() >= 16 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))
}

fn decoded(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()
}

/// A secret as it may have been, and what had happened to it.
pub(super) struct Repaired {
    pub(super) secret: SecretString,
    pub(super) damages: Vec<&'static Damage>,
}

/// Every damage undone by itself; after those, each with whatever else is seen on the result.
pub(super) fn repairs(secret: &SigningSecret) -> Vec<Repaired> {
    let undone = |damage: &'static Damage| Some((damage, (damage.undo)(secret.expose())?));
    let alone: Vec<_> = DAMAGES.iter().filter_map(undone).collect();
    let together = alone.iter().map(|(damage, text)| undo_others(damage, text.clone()));
    let together: Vec<_> = together.collect();
    let alone = alone.into_iter().map(|(damage, text)| (vec![damage], text));
    let mut repairs: Vec<Repaired> = Vec::new();
    for (damages, text) in alone.chain(together) {
        if repairs.iter().all(|known| known.secret.expose_secret() != text) {
            repairs.push(Repaired { secret: SecretString::from(text), damages });
        }
    }
    repairs
}

fn undo_others(first: &'static Damage, mut text: String) -> (Vec<&'static Damage>, String) {
    let mut damages = vec![first];
    let is_other = |other: &&Damage| other.cause != first.cause && other.cause != "secret_without_prefix";
    for other in DAMAGES.iter().filter(is_other) {
        if let Some(before) = (other.undo)(&text) {
            text = before;
            damages.push(other);
        }
    }
    (damages, text)
}

/// What the looks of a secret tell.
pub(super) fn findings(name: &str, secret: &SigningSecret) -> Vec<Explanation> {
    if secret.is_blank() {
        return vec![Explanation::likely(
            "secret_blank",
            format!("the secret from {name} is blank"),
            "set it: a library that takes a blank secret takes forged deliveries too",
        )];
    }
    if let Some(what) = secret.mistaken_for() {
        return vec![Explanation::likely(
            "secret_is_something_else",
            format!("the secret from {name} is {what}, not a signing secret"),
            "take the endpoint's signing secret (whsec_…): Dashboard, Webhooks, the endpoint, Signing secret",
        )];
    }
    if is_placeholder(secret.expose()) {
        return vec![Explanation::likely(
            "secret_placeholder",
            format!("the secret from {name} is a placeholder"),
            "put the endpoint's own secret in its place, and see that the variable is expanded",
        )];
    }
    let seen = DAMAGES
        .iter()
        .filter(|damage| (damage.undo)(secret.expose()).is_some() && damage.cause != "secret_without_prefix");
    let mut findings: Vec<Explanation> =
        seen.map(|damage| Explanation::likely(damage.cause, damage.detail, damage.fix)).collect();
    findings.dedup_by_key(|finding| finding.cause);
    findings
}

fn is_placeholder(text: &str) -> bool {
    let text = text.trim().trim_start_matches(PREFIX).to_ascii_lowercase();
    let is_repeated = |c: char| !text.is_empty() && text.chars().all(|other| other == c);
    text.is_empty()
        || ['.', 'x', '*', '…'].into_iter().any(is_repeated)
        || ["${", "{{", "<", "your", "changeme", "replace", "secret_here", "placeholder", "todo"]
            .iter()
            .any(|sign| text.contains(sign))
        || matches!(text.as_str(), "secret" | "test" | "test_secret" | "undefined" | "null" | "none")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> String {
        format!("whsec_{}", "4bT9kQ2mVxZp7RrL".repeat(2))
    }

    #[test]
    fn every_damage_is_undone_alone_and_with_another() {
        let clean = secret();
        let encoded = STANDARD.encode(format!("{clean}\n"));
        let (start, end) = clean.split_at(12);
        for damaged in [
            format!("{clean}\r\n"),
            format!("{start}\n{end}"),
            format!("\u{feff}{clean}\u{200b}"),
            format!("\"{clean}\""),
            format!("{clean}\\n"),
            format!("{clean} # live"),
            format!("export STRIPE_WEBHOOK_SECRET=\"{clean}\""),
            format!("whsec_{clean}"),
            clean[6..].to_owned(),
            encoded,
            hex::encode(&clean),
            format!("{clean},whsec_other"),
            format!("whsec_other,{clean}"),
            format!("'{clean}'\n"),
            clean.replace('_', "%5F"),
        ] {
            let found = repairs(&SigningSecret::new(damaged.as_str()));
            assert!(found.iter().any(|repaired| repaired.secret.expose_secret() == clean), "{damaged:?}");
        }
    }

    #[test]
    fn a_whole_secret_has_no_findings() {
        assert_eq!(findings("x", &SigningSecret::new(secret())), []);
        let plain = SigningSecret::new(secret());
        assert!(repairs(&plain).is_empty());
    }

    #[test]
    fn what_is_no_secret_is_named() {
        let cause = |text: &str| findings("env:X", &SigningSecret::new(text))[0].cause;
        assert_eq!(cause(" "), "secret_blank");
        assert_eq!(cause("sk_test_123"), "secret_is_something_else");
        assert_eq!(cause("we_123"), "secret_is_something_else");
        for text in ["whsec_...", "${STRIPE_WEBHOOK_SECRET}", "whsec_xxxx", "whsec_your_secret", "whsec_"] {
            assert_eq!(cause(text), "secret_placeholder", "{text}");
        }
    }
}
