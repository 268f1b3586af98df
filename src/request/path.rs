//! Paths: what may be asked for, and where an object's id leads.

use std::fmt;

use crate::journal::{Family, Method};

/// Whether the API takes an idempotency key for a method (Stripe documentation: "Idempotent requests"
/// and "API v2 overview").
#[must_use]
pub const fn is_keyed(family: Family, method: Method) -> bool {
    match (family, method) {
        (_, Method::Post) | (Family::V2, Method::Delete) => true,
        (_, Method::Get) | (Family::V1, Method::Delete) => false,
    }
}

/// The path of a request, with its query where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestPath {
    family: Family,
    path: String,
    query: Option<String>,
}

/// Why a text is not the path of a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Nothing.
    #[error("the path is empty")]
    Empty,
    /// A whole URL.
    #[error("give the path alone (/v1/customers); the host comes from the profile or --api-base")]
    WholeUrl,
    /// `.` or `..`, which could lead anywhere.
    #[error("a path must not have '.' or '..' as a segment")]
    Dots,
    /// An empty segment.
    #[error("a path must not have '//' in it")]
    EmptySegment,
    /// White space, a control character, `#`, `\` or anything that is not ASCII.
    #[error("a path must not have {0:?} in it: percent-encode it")]
    Character(char),
}

impl RequestPath {
    /// Reads `/v1/customers`, `v1/customers`, `customers`, an object's id or an id with a path behind it.
    ///
    /// # Errors
    /// When the text is no path: see [`PathError`].
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text.contains("://") && !text.starts_with('/') {
            return Err(PathError::WholeUrl);
        }
        let is_allowed = |c: &char| c.is_ascii_graphic() && !matches!(c, '#' | '\\');
        if let Some(wrong) = text.chars().find(|c| !is_allowed(c)) {
            return Err(PathError::Character(wrong));
        }
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (text, None),
        };
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.is_empty() {
            return Err(PathError::Empty);
        }
        for segment in path.split('/') {
            let decoded = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
            if matches!(decoded.as_ref(), "." | "..") || decoded.split(['/', '\\']).any(|part| part == "..") {
                return Err(PathError::Dots);
            }
            if segment.is_empty() {
                return Err(PathError::EmptySegment);
            }
        }
        let (family, path) = resolve(path);
        Ok(Self { family, path, query: query.filter(|query| !query.is_empty()) })
    }

    /// The API's family.
    #[must_use]
    pub const fn family(&self) -> Family {
        self.family
    }

    /// The path without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query, without its question mark.
    #[must_use]
    pub fn query(&self) -> &str {
        self.query.as_deref().unwrap_or_default()
    }

    /// Adds form-encoded parameters to the query.
    #[must_use]
    pub fn with_query(mut self, encoded: &str) -> Self {
        if encoded.is_empty() {
            return self;
        }
        self.query = Some(match self.query {
            Some(query) => format!("{query}&{encoded}"),
            None => encoded.to_owned(),
        });
        self
    }

    /// Sets one parameter of the query, in place of what it has under that name.
    #[must_use]
    pub fn with_parameter(mut self, name: &str, value: &str) -> Self {
        let query = self.query.take().unwrap_or_default();
        let kept = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known != name);
        let mut encoder = form_urlencoded::Serializer::new(String::new());
        encoder.extend_pairs(kept).append_pair(name, value);
        self.query = Some(encoder.finish());
        self
    }
}

impl fmt::Display for RequestPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        self.query.as_ref().map_or(Ok(()), |query| write!(f, "?{query}"))
    }
}

fn resolve(path: &str) -> (Family, String) {
    let first = path.split('/').next().unwrap_or_default();
    match first {
        "v1" => return (Family::V1, format!("/{path}")),
        "v2" => return (Family::V2, format!("/{path}")),
        _ => {}
    }
    match collection_of(first) {
        Some(collection) if collection.starts_with("/v2/") => (Family::V2, format!("{collection}/{path}")),
        Some(collection) => (Family::V1, format!("{collection}/{path}")),
        None => (Family::V1, format!("/v1/{path}")),
    }
}

/// The collection of an object's id, by its longest known prefix.
fn collection_of(id: &str) -> Option<&'static str> {
    let is_id = |prefix: &str| {
        let rest = id.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
        rest.is_some_and(|rest| !rest.is_empty()) && id != LIKE_AN_ID
    };
    let known = COLLECTIONS.iter().filter(|(prefix, _)| is_id(prefix));
    known.max_by_key(|(prefix, _)| prefix.len()).map(|row| row.1)
}

/// The one collection whose name reads like the id of an object.
const LIKE_AN_ID: &str = "file_links";

/// Prefixes of object ids and the collections that they belong to (Stripe API reference).
const COLLECTIONS: &[(&str, &str)] = &[
    ("acct", "/v1/accounts"),
    ("bpc", "/v1/billing_portal/configurations"),
    ("ch", "/v1/charges"),
    ("clock", "/v1/test_helpers/test_clocks"),
    ("cn", "/v1/credit_notes"),
    ("cs", "/v1/checkout/sessions"),
    ("cus", "/v1/customers"),
    ("dp", "/v1/disputes"),
    ("du", "/v1/disputes"),
    ("evt", "/v1/events"),
    ("fca", "/v1/financial_connections/accounts"),
    ("fcsess", "/v1/financial_connections/sessions"),
    ("fee", "/v1/application_fees"),
    ("file", "/v1/files"),
    ("frr", "/v1/reporting/report_runs"),
    ("iauth", "/v1/issuing/authorizations"),
    ("ic", "/v1/issuing/cards"),
    ("ich", "/v1/issuing/cardholders"),
    ("idp", "/v1/issuing/disputes"),
    ("ii", "/v1/invoiceitems"),
    ("in", "/v1/invoices"),
    ("ipi", "/v1/issuing/transactions"),
    ("issfr", "/v1/radar/early_fraud_warnings"),
    ("link", "/v1/file_links"),
    ("mandate", "/v1/mandates"),
    ("mk", "/v2/iam/api_keys"),
    ("pi", "/v1/payment_intents"),
    ("plan", "/v1/plans"),
    ("plink", "/v1/payment_links"),
    ("pm", "/v1/payment_methods"),
    ("po", "/v1/payouts"),
    ("price", "/v1/prices"),
    ("prod", "/v1/products"),
    ("promo", "/v1/promotion_codes"),
    ("prv", "/v1/reviews"),
    ("py", "/v1/charges"),
    ("pyr", "/v1/refunds"),
    ("qt", "/v1/quotes"),
    ("re", "/v1/refunds"),
    ("seti", "/v1/setup_intents"),
    ("shr", "/v1/shipping_rates"),
    ("si", "/v1/subscription_items"),
    ("sqr", "/v1/sigma/scheduled_query_runs"),
    ("src", "/v1/sources"),
    ("sub", "/v1/subscriptions"),
    ("sub_sched", "/v1/subscription_schedules"),
    ("tml", "/v1/terminal/locations"),
    ("tmr", "/v1/terminal/readers"),
    ("tok", "/v1/tokens"),
    ("tr", "/v1/transfers"),
    ("tu", "/v1/topups"),
    ("txn", "/v1/balance_transactions"),
    ("txr", "/v1/tax_rates"),
    ("vr", "/v1/identity/verification_reports"),
    ("vs", "/v1/identity/verification_sessions"),
    ("we", "/v1/webhook_endpoints"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> String {
        RequestPath::parse(text).expect(text).to_string()
    }

    #[test]
    fn every_spelling_of_a_path_leads_to_the_same_one() {
        for text in ["/v1/customers", "v1/customers", "customers", "/customers", "customers/"] {
            assert_eq!(parsed(text), "/v1/customers", "{text}");
        }
        assert_eq!(parsed("charges?limit=3&a[b]=c"), "/v1/charges?limit=3&a[b]=c");
        assert_eq!(parsed("/v2/core/events"), "/v2/core/events");
        assert_eq!(RequestPath::parse("/v2/core/events").expect("a path").family(), Family::V2);
    }

    #[test]
    fn an_id_leads_to_its_object_and_what_is_behind_it_is_kept() {
        assert_eq!(parsed("cus_nope"), "/v1/customers/cus_nope");
        assert_eq!(parsed("cus_N1"), "/v1/customers/cus_N1");
        assert_eq!(parsed("pi_3Abc/confirm"), "/v1/payment_intents/pi_3Abc/confirm");
        assert_eq!(parsed("sub_sched_1A"), "/v1/subscription_schedules/sub_sched_1A");
        assert_eq!(parsed("cs_test_a1B"), "/v1/checkout/sessions/cs_test_a1B");
        assert_eq!(parsed("mk_1A"), "/v2/iam/api_keys/mk_1A");
        assert_eq!(parsed("payment_intents"), "/v1/payment_intents");
        assert_eq!(parsed("file_links"), "/v1/file_links");
    }

    #[test]
    fn a_path_never_leaves_its_place() {
        for text in ["/v1/../admin", "..", "/v1/%2e%2e/admin", "/v1/a%2F..%2Fb", "./v1"] {
            assert_eq!(RequestPath::parse(text), Err(PathError::Dots), "{text}");
        }
        assert_eq!(RequestPath::parse("https://api.stripe.com/v1"), Err(PathError::WholeUrl));
        assert_eq!(RequestPath::parse("/v1//x"), Err(PathError::EmptySegment));
        assert_eq!(RequestPath::parse("/v1/a b"), Err(PathError::Character(' ')));
        assert_eq!(RequestPath::parse("/v1/a#b"), Err(PathError::Character('#')));
        assert_eq!(RequestPath::parse("/"), Err(PathError::Empty));
    }

    #[test]
    fn parameters_of_a_query_are_added_or_put_in_place() {
        let path = RequestPath::parse("charges?limit=3").expect("a path");
        assert_eq!(
            path.clone().with_query("expand%5B%5D=a").to_string(),
            "/v1/charges?limit=3&expand%5B%5D=a"
        );
        let next = path.with_parameter("starting_after", "ch_1").with_parameter("starting_after", "ch_2");
        assert_eq!(next.to_string(), "/v1/charges?limit=3&starting_after=ch_2");
    }

    #[test]
    fn keys_go_with_post_and_with_delete_of_v2_only() {
        assert!(is_keyed(Family::V1, Method::Post) && is_keyed(Family::V2, Method::Post));
        assert!(is_keyed(Family::V2, Method::Delete) && !is_keyed(Family::V1, Method::Delete));
        assert!(!is_keyed(Family::V1, Method::Get) && !is_keyed(Family::V2, Method::Get));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_or_leave_the_api(text in ".{0,40}") {
            if let Ok(path) = RequestPath::parse(&text) {
                prop_assert!(path.path().starts_with("/v1") || path.path().starts_with("/v2"));
                prop_assert!(!path.path().split('/').any(|segment| segment == ".."));
            }
        }
    }
}
