//! What is found and cut down, and what is left alone.

use proptest::prelude::*;

use super::*;

const BODY: &str = "51AbCdEfGhIjKlMnOpQrStUv7890";

/// One credential of each form, put together here so that no file holds one.
fn all() -> Vec<String> {
    let keys = [
        "sk_test_",
        "sk_live_",
        "rk_test_",
        "rk_live_",
        "sk_org_",
        "sk_org_live_",
        "rkcs_",
        "rkcs_test_",
        "oak_",
    ];
    let others = ["whsec_", "ek_test_", "ek_live_", "pst_test_"];
    let of_objects = ["pi_3Ab", "seti_1Ab", "cs_test_a1B", "src_client", "fcsess_1A", "vs_1A", "cuss_1A"];
    let plain = keys.iter().chain(&others).map(|prefix| format!("{prefix}{BODY}"));
    plain.chain(of_objects.iter().map(|object| format!("{object}_secret_{BODY}"))).collect()
}

fn shown(credential: &str) -> String {
    format!("{}****7890", credential.strip_suffix(BODY).expect("its body"))
}

#[test]
fn each_form_is_found_and_cut_down_wherever_it_stands() {
    for credential in all() {
        for (before, after) in
            [("", ""), ("Bearer ", ""), ("a=", "&b=c"), ("{\"a\": \"", "\"}"), ("\\n", " x"), ("%3D", "")]
        {
            let text = format!("{before}{credential}{after}");
            assert!(find(text.as_bytes()).is_some(), "{text}");
            assert_eq!(redact(&text), format!("{before}{}{after}", shown(&credential)), "{text}");
        }
    }
}

#[test]
fn what_only_looks_a_little_like_one_is_left_alone() {
    for text in [
        "no secret, é",
        "sk_test_****7890",
        "sk_test_short1",
        "sk_test_",
        "whsec_…",
        "task_test_environment",
        "risk_live_monitoring",
        "oak_table_large_walnut",
        "week_test_results1",
        "my_secret_identifier",
        "client_secret",
        "cs_secret_x",
        "pi_3Abc",
        "cus_123",
        "tok_visa",
        "mk_1AbCdEfGhIjKlMnOpQr",
        "\u{0}%",
    ] {
        assert_eq!((find(text.as_bytes()), redact(text)), (None, Cow::Borrowed(text)));
    }
    let publishable = format!("pk_live_{BODY}");
    assert_eq!(find(publishable.as_bytes()), None, "a publishable key is no secret");
}

#[test]
fn short_bodies_show_nothing_and_intents_are_known_by_their_id() {
    assert_eq!(redact("sk_test_12345678"), "sk_test_****");
    assert_eq!(redact("pi_1_secret_2"), "pi_1_secret_****");
}

#[test]
fn an_encoded_credential_is_found() {
    for encoded in ["sk%5Ftest%5F", "sk%5ftest_", "%73k_test_", "sk_%74est_"] {
        let text = format!("/v1/customers/{encoded}{BODY}");
        assert_eq!(find(text.as_bytes()), Some(Credential::ApiKey), "{text}");
        let shown = redact(&text);
        assert!(shown.ends_with("****7890") && !shown.contains("AbCdEf"), "{shown}");
    }
}

#[test]
fn json_is_read_with_its_escapes_and_inside_its_strings() {
    let key = format!("sk_live_{BODY}");
    let escaped = format!("\\u0073k_live\\u005f{BODY}");
    let inner = serde_json::to_string(&format!("{{\"a\": \"{escaped}\"}}")).expect("JSON");
    let twice = serde_json::to_string(&format!("[{inner}]")).expect("JSON");
    for body in [
        format!("{{\"token\": \"{key}\", \"n\": 12345678901234567890.0}}"),
        format!("[{{\"a\": [\"{escaped}\"]}}]"),
        format!("{{\"data\": {inner}}}"),
        format!("{{\"data\": {twice}}}"),
        format!("{{\"{key}\": 1}}"),
        format!("{{\"half\": \"{key}"),
        format!("\"{key}\""),
        format!("{{\"s\": \"whsec_abcdefgh\\/{BODY}\"}}"),
    ] {
        assert!(find_in_body(body.as_bytes()).is_some(), "{body}");
        let redacted = String::from_utf8(redact_body(body.as_bytes()).expect(&body)).expect("text");
        assert!(!redacted.contains("AbCdEf") && redacted.contains("****7890"), "{redacted}");
        assert_eq!(redact_body(redacted.as_bytes()), None, "{redacted}");
        let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
        assert_eq!(is_json(&body), is_json(&redacted), "{redacted}");
    }
    let body = format!("{{\"token\": \"{key}\", \"n\": 12345678901234567890.0,\n \"e\": \"\\u00e9\" }}");
    let wanted = "{\"token\": \"sk_live_****7890\", \"n\": 12345678901234567890.0,\n \"e\": \"\\u00e9\" }";
    assert_eq!(redact_body(body.as_bytes()).as_deref(), Some(wanted.as_bytes()), "the rest stays as it was");
}

#[test]
fn members_that_are_secret_by_their_name_are_cut_down() {
    let body = br#"{"secret": "abcdefghijklmnop", "list": {"client_secret": "x y"}, "refresh_token": "", "a": ["secret", "b"], "secret": null}"#;
    let wanted = r#"{"secret": "****mnop", "list": {"client_secret": "****"}, "refresh_token": "", "a": ["secret", "b"], "secret": null}"#;
    let redacted = redact_body(body).expect("secrets");
    assert_eq!(String::from_utf8_lossy(&redacted), wanted);
    assert_eq!(redact_body(&redacted), None);
    assert_eq!(redact_body(br#"{"id": "cus_1", "secretive": "abcdefgh", "description": "secret"}"#), None);
}

proptest! {
    #[test]
    fn no_piece_of_a_credential_is_left(
        which in any::<prop::sample::Index>(), before in "[ -~]{0,12}", after in "[ &\"',;:)\\]}][ -~]{0,12}",
        is_json in any::<bool>(),
    ) {
        let credential = which.get(&all()).clone();
        let text = format!("{before} {credential}{after}");
        let body = if is_json { serde_json::json!({"a": [text]}).to_string() } else { text };
        let redacted = redact_body(body.as_bytes()).expect("a credential");
        let shown = String::from_utf8_lossy(&redacted).into_owned();
        prop_assert!(!shown.contains("51AbCdEf") && !shown.contains("StUv"), "{shown}");
        prop_assert_eq!(redact_body(&redacted), None);
        prop_assert!(find_in_body(&redacted).is_none());
    }

    #[test]
    fn no_bytes_make_it_panic_and_twice_is_once(body in prop::collection::vec(any::<u8>(), 0..60), text in "[sk_tesliv%5F\"{}:\\\\a-z0-9]{0,60}") {
        for body in [body, text.into_bytes()] {
            let _ = (find(&body), find_in_body(&body));
            if let Some(once) = redact_body(&body) {
                prop_assert_eq!(redact_body(&once), None);
            }
        }
    }
}
