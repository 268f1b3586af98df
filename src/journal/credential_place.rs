//! Where a request holds a credential that may not be kept.

use crate::credential::{Credential, find, find_in_body};

use super::client_secret::is_client_secret;
use super::error::JournalError;
use super::intent::{Family, Intent};
use super::store::KeyChoice;

impl Intent {
    /// Refuses a request that would put a credential into the journal. The client secret of a confirmation is
    /// none of them: it is taken out before it is stored.
    ///
    /// # Errors
    /// [`JournalError::Credential`], which names the place and no part of the credential.
    pub fn holds_no_credential(&self) -> Result<(), JournalError> {
        let text = |text: &str| find(text.as_bytes());
        let optional = |value: &Option<String>| value.as_deref().and_then(text);
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        refuse("the path", text(path).or_else(|| in_form(query.as_bytes(), false)))?;
        let in_body = match self.family {
            Family::V1 => in_form(&self.body, self.takes_client_secret()),
            Family::V2 => find_in_body(&self.body),
        };
        refuse("a parameter", in_body)?;
        let in_headers = self.headers.iter().find_map(|(name, value)| text(name).or_else(|| text(value)));
        refuse("a header", in_headers)?;
        refuse("the Stripe-Account header", optional(&self.stripe_account))?;
        refuse("the Stripe-Context header", optional(&self.stripe_context))?;
        refuse("the Stripe-Version header", optional(&self.api_version))?;
        refuse("the account", optional(&self.account))?;
        refuse("the name of the profile", text(&self.profile))?;
        refuse("the API base", text(&self.base_url))
    }
}

impl KeyChoice<'_> {
    /// Refuses a key or the name of an operation that is a credential, or has one in it.
    ///
    /// # Errors
    /// [`JournalError::Credential`].
    pub fn holds_no_credential(&self) -> Result<(), JournalError> {
        match self {
            Self::Given(key) => refuse("the idempotency key", find(key.as_bytes())),
            Self::Operation { name, .. } => refuse("the name of the operation", find(name.as_bytes())),
            Self::Line { operation, key, .. } => {
                refuse("the name or the id of the line", find(operation.as_bytes()))?;
                refuse("the idempotency key", key.and_then(|key| find(key.as_bytes())))
            }
            Self::Continue { .. } | Self::Fresh { .. } => Ok(()),
        }
    }
}

fn refuse(place: &'static str, found: Option<Credential>) -> Result<(), JournalError> {
    found.map_or(Ok(()), |found| Err(JournalError::Credential { place, what: found.words() }))
}

/// Names and values of a form are read decoded, and a value that is JSON with its escapes.
fn in_form(form: &[u8], takes_client_secret: bool) -> Option<Credential> {
    form_urlencoded::parse(form).find_map(|(name, value)| {
        let is_taken = takes_client_secret && is_client_secret(name.as_bytes());
        let in_value = find_in_body(value.as_bytes());
        find(name.as_bytes())
            .or_else(|| in_value.filter(|found| !(is_taken && *found == Credential::ClientSecret)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Method;

    fn key() -> String {
        ["sk", "test", &"a1B2".repeat(6)].join("_")
    }

    fn place(intent: &Intent) -> Option<&'static str> {
        match intent.holds_no_credential() {
            Err(JournalError::Credential { place, .. }) => Some(place),
            _ => None,
        }
    }

    #[test]
    fn a_credential_is_refused_in_every_part_of_a_request() {
        let (base, key) = (Intent::example("a=1"), key());
        let json = format!("{{\"a\":\"\\u0073{}\"}}", &key[1..]);
        let cases = [
            ("the path", Intent { path: format!("/v1/{key}"), ..base.clone() }),
            (
                "the path",
                Intent { path: format!("/v1/customers?a={}", key.replace('_', "%5F")), ..base.clone() },
            ),
            ("a parameter", Intent::example(&format!("a=1&b={key}"))),
            ("a parameter", Intent::example(&format!("{key}=1"))),
            ("a parameter", Intent::example(&format!("a=%73{}", &key[1..]))),
            ("a parameter", Intent { family: Family::V2, body: json.into(), ..base.clone() }),
            ("a header", Intent { headers: vec![("X".into(), key.clone())], ..base.clone() }),
            ("a header", Intent { headers: vec![(key.clone(), "x".into())], ..base.clone() }),
            ("the Stripe-Account header", Intent { stripe_account: Some(key.clone()), ..base.clone() }),
            ("the Stripe-Context header", Intent { stripe_context: Some(key.clone()), ..base.clone() }),
            ("the Stripe-Version header", Intent { api_version: Some(key.clone()), ..base.clone() }),
            ("the name of the profile", Intent { profile: key.clone(), ..base.clone() }),
        ];
        for (expected, intent) in cases {
            assert_eq!(place(&intent), Some(expected), "{}", intent.path);
        }
        assert_eq!(place(&base), None);
        assert!(KeyChoice::Given(&key).holds_no_credential().is_err());
        assert!(KeyChoice::Operation { name: &key, candidate: "c" }.holds_no_credential().is_err());
        assert!(KeyChoice::Given("order-17").holds_no_credential().is_ok());
    }

    #[test]
    fn a_client_secret_goes_with_a_confirmation_and_with_nothing_else() {
        let body = "client_secret=pi_1_secret_AbCdEfGhIjKl";
        let confirm = Intent { path: "/v1/payment_intents/pi_1/confirm".into(), ..Intent::example(body) };
        assert_eq!(place(&confirm), None);
        let other_name = Intent { body: body.replace("client_", "other_").into(), ..confirm.clone() };
        assert_eq!(place(&other_name), Some("a parameter"));
        assert_eq!(
            place(&Intent { path: "/v1/payment_intents/pi_1".into(), ..confirm.clone() }),
            Some("a parameter")
        );
        assert_eq!(place(&Intent { method: Method::Delete, ..confirm }), Some("a parameter"));
    }
}
