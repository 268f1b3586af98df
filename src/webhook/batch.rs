//! Verification in bulk, one line at a time: a JSON line in, a verdict as a JSON line out.

use crate::keys::SigningSecret;

use super::line::Line;
use super::verdict::{Reason, Scheme, Verdict, Window};
use super::{SigningKey, StandardHeaders, StandardKey, signature, standard};

/// What one line has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineReason {
    /// The line was read, and its delivery judged.
    Judged(Reason),
    /// The line is not one of the documented form.
    MalformedLine,
}

impl LineReason {
    /// The name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Judged(reason) => reason.as_str(),
            Self::MalformedLine => "malformed_line",
        }
    }
}

/// What holds for every line that does not say otherwise.
#[derive(Clone)]
pub struct BatchVerifier {
    scheme: Option<Scheme>,
    stripe: Vec<SigningKey>,
    standard: Vec<StandardKey>,
    window: Window,
}

impl BatchVerifier {
    /// A verifier with the secrets of lines that bring none. Without a scheme each line's headers tell:
    /// Standard Webhooks where it has those headers and no `Stripe-Signature`.
    #[must_use]
    pub fn new(scheme: Option<Scheme>, secrets: &[SigningSecret], window: Window) -> Self {
        Self {
            scheme,
            stripe: secrets.iter().filter_map(SigningKey::stripe).collect(),
            standard: secrets.iter().filter(|secret| !secret.is_blank()).map(StandardKey::new).collect(),
            window,
        }
    }

    /// Verifies one line and appends the line that answers it. `body` is room for the decoded payload, kept
    /// between calls.
    pub fn verify_line(&self, line: &[u8], body: &mut Vec<u8>, out: &mut Vec<u8>) -> LineReason {
        let read = match Line::read(line, body) {
            Ok(read) => read,
            Err(id) => return malformed(id, out),
        };
        let verdict = self.judge(body, &read);
        write_answer(read.id, LineReason::Judged(verdict.reason), &verdict, out);
        LineReason::Judged(verdict.reason)
    }

    /// The answer to a line that is longer than any is.
    pub(super) fn refuse_line(out: &mut Vec<u8>) -> LineReason {
        malformed(None, out)
    }

    fn judge(&self, payload: &[u8], line: &Line<'_>) -> Verdict {
        let window = Window {
            now: line.now.unwrap_or(self.window.now),
            tolerance_seconds: line.tolerance.unwrap_or(self.window.tolerance_seconds),
        };
        let secret = line.secret.as_ref().map(|secret| SigningSecret::new(secret.0.as_ref()));
        let headers =
            || line.headers.iter().flatten().map(|(name, value)| (name.0.as_ref(), value.0.as_bytes()));
        let own = line.header.as_ref().map(|header| header.0.as_bytes());
        let of_stripe = own.or_else(|| stripe_header(headers()));
        let guessed = Scheme::of_headers(headers().map(|(name, _)| name));
        let scheme = own.map_or(guessed, |_| Scheme::Stripe);
        match self.scheme.unwrap_or(scheme) {
            Scheme::Stripe => {
                let key = secret.as_ref().map(|secret| Vec::from_iter(SigningKey::stripe(secret)));
                signature::verify(payload, of_stripe, key.as_deref().unwrap_or(&self.stripe), window)
            }
            Scheme::Standard => {
                let key = secret.as_ref().map(|secret| [StandardKey::new(secret)]);
                let keys = key.as_ref().map_or(self.standard.as_slice(), |key| key.as_slice());
                standard::verify(payload, StandardHeaders::find(headers()), keys, window)
            }
        }
    }
}

/// The value of the `Stripe-Signature` header, its name in any case.
pub(super) fn stripe_header<'a>(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Option<&'a [u8]> {
    let mut headers = headers;
    headers.find(|(name, _)| name.eq_ignore_ascii_case("stripe-signature")).map(|(_, value)| value)
}

fn malformed(id: Option<&str>, out: &mut Vec<u8>) -> LineReason {
    write_answer(id, LineReason::MalformedLine, &Verdict::refused(Reason::NoMatch, None), out);
    LineReason::MalformedLine
}

fn write_answer(id: Option<&str>, reason: LineReason, verdict: &Verdict, out: &mut Vec<u8>) {
    let is_valid = reason == LineReason::Judged(Reason::Ok);
    out.extend_from_slice(b"{\"id\":");
    out.extend_from_slice(id.unwrap_or("null").as_bytes());
    out.extend_from_slice(if is_valid { b",\"valid\":true" } else { b",\"valid\":false" });
    out.extend_from_slice(b",\"reason\":\"");
    out.extend_from_slice(reason.as_str().as_bytes());
    out.push(b'"');
    if !verdict.accepted_by.is_empty() {
        let names: Vec<_> =
            verdict.accepted_by.iter().map(|library| format!("{:?}", library.as_str())).collect();
        out.extend_from_slice(format!(",\"accepted_by\":[{}]", names.join(",")).as_bytes());
    }
    out.extend_from_slice(b"}\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> SigningSecret {
        SigningSecret::new(format!("whsec_{}", "k".repeat(32)))
    }

    fn answer(line: &str) -> (LineReason, String) {
        let window = Window { now: 1000, tolerance_seconds: 300 };
        let verifier = BatchVerifier::new(None, &[secret()], window);
        let mut out = Vec::new();
        let reason = verifier.verify_line(line.as_bytes(), &mut Vec::new(), &mut out);
        (reason, String::from_utf8(out).expect("text"))
    }

    fn header(body: &[u8], timestamp: i64) -> String {
        signature::sign(body, timestamp, &[SigningKey::stripe(&secret()).expect("a key")])
    }

    #[test]
    fn a_line_is_judged_with_what_it_brings_and_the_rest_from_the_command() {
        let good = header(b"{}", 1000);
        let line = format!(r#"{{"id":"a","payload":"e30=","header":"{good}"}}"#);
        assert_eq!(answer(&line).1, "{\"id\":\"a\",\"valid\":true,\"reason\":\"ok\"}\n");
        let line = format!(r#"{{"id":7,"payload_utf8":"{{}}","headers":{{"STRIPE-Signature":"{good}"}}}}"#);
        assert_eq!(answer(&line).1, "{\"id\":7,\"valid\":true,\"reason\":\"ok\"}\n");
        let line = format!(r#"{{"payload":"e30=","header":"{good}","now":1301}}"#);
        assert_eq!(answer(&line).1, "{\"id\":null,\"valid\":false,\"reason\":\"timestamp_too_old\"}\n");
        let line = format!(r#"{{"payload":"e30=","header":"{good}","now":9000,"tolerance":0}}"#);
        assert_eq!(answer(&line).0, LineReason::Judged(Reason::Ok));
        let line = format!(r#"{{"payload":"e30=","header":"{good}","secret":" "}}"#);
        assert_eq!(answer(&line).0, LineReason::Judged(Reason::NoSecret));
        assert_eq!(answer(r#"{"payload":"e30="}"#).0, LineReason::Judged(Reason::NoHeader));
    }

    #[test]
    fn a_disagreement_names_who_accepts() {
        let body = [0xff];
        let line = format!(r#"{{"id":"x","payload":"/w==","header":"{}"}}"#, header(&body, 1000));
        let expected = "{\"id\":\"x\",\"valid\":false,\"reason\":\"libraries_disagree\",\"accepted_by\":[\"go\",\"ruby\",\"php\"]}\n";
        assert_eq!(answer(&line).1, expected);
    }

    #[test]
    fn a_bad_line_is_a_verdict_and_keeps_its_id() {
        for line in [
            r#"{"id":"a","payload":"!"}"#,
            r#"{"id":"a","payload":"e30=","payload_utf8":"{}"}"#,
            r#"{"id":"a"}"#,
            r#"{"id":"a","payload":5}"#,
            r#"{"id":"a","payload":"e30=","tolerance":-1}"#,
        ] {
            let expected = "{\"id\":\"a\",\"valid\":false,\"reason\":\"malformed_line\"}\n";
            assert_eq!(answer(line).1, expected, "{line}");
        }
        for line in ["", "[]", "nonsense", "{\"id\":\"a\"", "\u{0}"] {
            assert_eq!(answer(line).0, LineReason::MalformedLine, "{line}");
        }
    }
}
