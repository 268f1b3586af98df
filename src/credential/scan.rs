//! The scan of plain bytes: every credential has an underscore after a word of its own, so underscores are
//! looked for and what stands around them is judged.

use super::kind::Credential;

/// A credential's body is cut down from this length on; shorter ones are placeholders of documentation.
const MIN_BODY: usize = 8;

/// The last four characters are shown of a body that is at least so long.
const SHOWN_FROM: usize = 12;

/// So many letters and digits in a row are no word, whatever stands before them.
const RANDOM_RUN: usize = 16;

/// How a credential begins: a word, and what follows it, underscores included.
struct Form {
    word: &'static str,
    rest: &'static str,
    kind: Credential,
    /// Whether words of a language begin like it (`oak_table`), so that only a random body tells.
    is_weak: bool,
}

const fn form(word: &'static str, rest: &'static str, kind: Credential, is_weak: bool) -> Form {
    Form { word, rest, kind, is_weak }
}

/// Of forms that begin alike the longest comes first.
const FORMS: &[Form] = &[
    form("sk", "_test_", Credential::ApiKey, false),
    form("sk", "_live_", Credential::ApiKey, false),
    form("sk", "_org_test_", Credential::ApiKey, false),
    form("sk", "_org_live_", Credential::ApiKey, false),
    form("sk", "_org_", Credential::ApiKey, false),
    form("rk", "_test_", Credential::ApiKey, false),
    form("rk", "_live_", Credential::ApiKey, false),
    form("rkcs", "_test_", Credential::ApiKey, true),
    form("rkcs", "_live_", Credential::ApiKey, true),
    form("rkcs", "_", Credential::ApiKey, true),
    form("oak", "_", Credential::ApiKey, true),
    form("whsec", "_", Credential::SigningSecret, false),
    form("ek", "_test_", Credential::EphemeralKey, false),
    form("ek", "_live_", Credential::EphemeralKey, false),
    form("pst", "_test_", Credential::EphemeralKey, false),
    form("pst", "_live_", Credential::EphemeralKey, false),
];

/// How objects that have a client secret begin: `pi_…_secret_…`.
const CLIENT_SECRET_OF: &[&str] =
    &["pi_", "seti_", "cs_", "vs_", "fcsess_", "cuss_", "src_client", "accs", "secret"];

/// A credential in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hit {
    /// Where what is secret of it begins.
    body: usize,
    /// Where it ends.
    end: usize,
    kind: Credential,
}

/// The first credential in a text, also where the text is percent-encoded.
#[must_use]
pub fn find(text: &[u8]) -> Option<Credential> {
    let decoded = || percent_encoding::percent_decode(text).collect::<Vec<_>>();
    let found = first(text).map(|hit| hit.kind);
    found.or_else(|| text.contains(&b'%').then(|| first(&decoded()).map(|hit| hit.kind)).flatten())
}

/// The first credential of a text as it stands.
fn first(text: &[u8]) -> Option<Hit> {
    first_from(text, 0)
}

/// The text with every credential cut down, or `None` where there is none.
pub(super) fn redacted(text: &[u8]) -> Option<Vec<u8>> {
    let mut hit = first(text)?;
    let (mut out, mut done) = (Vec::with_capacity(text.len()), 0);
    loop {
        out.extend_from_slice(&text[done..hit.body]);
        out.extend_from_slice(&cut_down(&text[hit.body..hit.end]));
        done = hit.end;
        match first_from(text, done) {
            Some(next) => hit = next,
            None => break,
        }
    }
    out.extend_from_slice(&text[done..]);
    Some(out)
}

/// What is shown of a secret: its last four characters, where it is long and they are plain ones.
pub(super) fn cut_down(secret: &[u8]) -> Vec<u8> {
    let last = secret.len().checked_sub(4).filter(|_| secret.len() >= SHOWN_FROM);
    let last = last.map(|at| &secret[at..]).filter(|last| last.iter().all(u8::is_ascii_graphic));
    [b"****", last.unwrap_or_default()].concat()
}

fn first_from(text: &[u8], from: usize) -> Option<Hit> {
    memchr::memchr2_iter(b'_', b'%', &text[from..])
        .map(|at| from + at)
        .find_map(|at| key_at(text, from, at).or_else(|| client_secret_at(text, from, at)))
}

/// A key whose word ends at `at`. What lies before `from` has been judged already.
fn key_at(text: &[u8], from: usize, at: usize) -> Option<Hit> {
    FORMS.iter().find_map(|form| {
        let start = at.checked_sub(form.word.len()).filter(|start| *start >= from)?;
        let body = after(text, at, form.rest).filter(|_| &text[start..at] == form.word.as_bytes())?;
        let is_signing_secret = form.kind == Credential::SigningSecret;
        let end = end_of(text, body, |byte| {
            is_word(byte) || is_signing_secret && matches!(byte, b'+' | b'/' | b'-')
        });
        let run = longest_run(&text[body..end]);
        let is_random = run >= RANDOM_RUN;
        let is_it = if form.is_weak { is_random } else { end - body >= MIN_BODY };
        let begins = is_boundary(text, start) || is_random;
        (is_it && begins).then_some(Hit { body, end, kind: form.kind })
    })
}

/// A client secret whose `_secret_` begins at `at`.
fn client_secret_at(text: &[u8], from: usize, at: usize) -> Option<Hit> {
    let body = after(text, at, "_secret_")?;
    let start =
        text[from..at].iter().rposition(|byte| !is_word(*byte)).map_or(from, |before| from + before + 1);
    let object = std::str::from_utf8(&text[start..at]).ok()?;
    let end = end_of(text, body, |byte| is_word(byte) || matches!(byte, b'-' | b'+'));
    let is_random = longest_run(&text[body..end]) >= RANDOM_RUN;
    let is_named = CLIENT_SECRET_OF.iter().any(|prefix| {
        object.rmatch_indices(prefix).any(|(found, _)| is_random || is_boundary(text, start + found))
    });
    // An intent's id before it says enough; of the others only a secret of some length is one.
    let is_intent =
        ["pi_", "seti_"].iter().any(|prefix| object.starts_with(prefix) && object.len() > prefix.len());
    let is_long = end - body >= MIN_BODY;
    (is_named && (is_long || is_intent && end > body)).then_some(Hit {
        body,
        end,
        kind: Credential::ClientSecret,
    })
}

/// The position after `word`, whose underscores may be percent-encoded.
fn after(text: &[u8], mut at: usize, word: &str) -> Option<usize> {
    for wanted in word.bytes() {
        let rest = text.get(at..)?;
        at += match wanted {
            b'_' if rest.len() >= 3 && rest[..3].eq_ignore_ascii_case(b"%5f") => 3,
            _ if rest.first() == Some(&wanted) => 1,
            _ => return None,
        };
    }
    Some(at)
}

fn end_of(text: &[u8], body: usize, is_body: impl Fn(u8) -> bool) -> usize {
    text[body..].iter().position(|byte| !is_body(*byte)).map_or(text.len(), |end| body + end)
}

/// Percent signs count, so that an encoded credential is taken whole.
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'%')
}

fn longest_run(body: &[u8]) -> usize {
    body.split(|byte| !byte.is_ascii_alphanumeric()).map(<[u8]>::len).max().unwrap_or(0)
}

/// Whether a word may begin here: not inside another one (`task_test_…`), but after an encoded character.
fn is_boundary(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    let is_encoded = before.len() >= 3 && before[before.len() - 3] == b'%';
    is_encoded || before.last().is_none_or(|byte| !byte.is_ascii_alphanumeric())
}
