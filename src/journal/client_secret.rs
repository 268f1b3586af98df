//! The client secret of a confirmation: the one credential that a request may carry, since a publishable key
//! confirms an intent with it, and one that the journal does not keep. What is stored has it cut down; whoever
//! types the same command again brings it along, and it is put back into the stored bytes. Without it the stored
//! request is another one than its fingerprint says, so that it is never sent.

use crate::credential;

use super::intent::{Family, Intent};
use super::method::Method;

/// The parameter that carries it.
const NAME: &str = "client_secret";

impl Intent {
    /// Whether the API takes a client secret with this request: the confirmation of an intent.
    #[must_use]
    pub fn takes_client_secret(&self) -> bool {
        let path = self.path.split('?').next().unwrap_or_default();
        let is_intent =
            ["/v1/payment_intents/", "/v1/setup_intents/"].iter().any(|prefix| path.starts_with(prefix));
        self.family == Family::V1 && self.method == Method::Post && is_intent && path.ends_with("/confirm")
    }

    /// Whether its client secret was taken out, so that it cannot be sent as it is.
    #[must_use]
    pub fn lacks_client_secret(&self) -> bool {
        self.takes_client_secret()
            && pairs(&self.body).any(|(name, value)| is_client_secret(name) && is_cut_down(value))
    }

    /// The body as it is stored.
    pub(super) fn stored_body(&self) -> Vec<u8> {
        if !self.takes_client_secret() {
            return self.body.clone();
        }
        with_values(&self.body, credential::redact_body)
    }

    /// Puts the client secrets of `typed` in the place of those that were taken out, in their order.
    pub(super) fn restore_client_secret(&mut self, typed: &Self) {
        if !self.lacks_client_secret() {
            return;
        }
        let mut typed = pairs(&typed.body).filter(|(name, _)| is_client_secret(name));
        self.body = with_values(&self.body, |value| {
            let typed = typed.next()?.1.to_vec();
            is_cut_down(value).then_some(typed)
        });
    }
}

/// Whether the name of a form's pair is the parameter, however it is encoded.
pub(super) fn is_client_secret(name: &[u8]) -> bool {
    percent_encoding::percent_decode(name).eq(NAME.bytes())
}

/// The pairs of a form, as they are encoded.
pub(super) fn pairs(form: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    form.split(|byte| *byte == b'&').map(split)
}

fn split(pair: &[u8]) -> (&[u8], &[u8]) {
    let end = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
    (&pair[..end], pair.get(end + 1..).unwrap_or_default())
}

/// No parameter that a person types has four asterisks in its client secret; `*` is not encoded in forms.
fn is_cut_down(value: &[u8]) -> bool {
    value.windows(4).any(|window| window == b"****")
}

/// The form with other values of the parameter, where `change` has one.
fn with_values(form: &[u8], mut change: impl FnMut(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::with_capacity(form.len());
    for (at, pair) in form.split(|byte| *byte == b'&').enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        let (name, value) = split(pair);
        match (is_client_secret(name) && !value.is_empty()).then(|| change(value)).flatten() {
            Some(changed) => out.extend([name, b"=", &changed].concat()),
            None => out.extend_from_slice(pair),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confirmation(body: &str) -> Intent {
        Intent { path: "/v1/payment_intents/pi_1/confirm".into(), ..Intent::example(body) }
    }

    fn typed(tail: &str) -> String {
        format!("client%5Fsecret=pi_1_secret_{}{tail}&payment_method=pm_1", "Abc1".repeat(6))
    }

    #[test]
    fn the_stored_confirmation_lacks_its_secret_until_it_is_typed_again() {
        let sent = confirmation(&typed("wxyz"));
        let mut stored = Intent { body: sent.stored_body(), ..sent.clone() };
        assert_eq!(stored.body, b"client%5Fsecret=pi_1_secret_****wxyz&payment_method=pm_1");
        assert!(stored.lacks_client_secret() && !sent.lacks_client_secret());
        assert_ne!(stored.fingerprint(), sent.fingerprint(), "it must not be sent without its secret");
        stored.restore_client_secret(&sent);
        assert_eq!(stored, sent);
    }

    #[test]
    fn another_client_secret_makes_another_request() {
        let sent = confirmation(&typed("wxyz"));
        let mut stored = Intent { body: sent.stored_body(), ..sent.clone() };
        stored.restore_client_secret(&confirmation(&typed("0000")));
        assert_ne!(stored.fingerprint(), sent.fingerprint());
    }

    #[test]
    fn any_other_request_is_stored_as_it_is() {
        for body in ["a=1&&b=2&c", "client_secret=&a=b", "", "a=%2a"] {
            assert_eq!(confirmation(body).stored_body(), body.as_bytes(), "{body}");
        }
        let other = Intent::example(&typed("wxyz"));
        assert_eq!(other.stored_body(), other.body);
        assert!(!other.takes_client_secret());
    }
}
