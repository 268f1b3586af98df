//! Webhook deliveries in odd forms, signed so that one library or another would accept them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use paycli::keys::SigningSecret;
use paycli::webhook::{SigningKey, StandardKey, signature, standard as scheme};
use serde_json::{Value, json};

use super::keys;
use super::killer::Dice;

/// When the deliveries are verified, in Unix seconds.
pub(crate) const NOW: i64 = 1_760_000_000;

/// One of some values.
fn one_of<'a, T: ?Sized>(dice: &mut Dice, values: &[&'a T]) -> &'a T {
    values[dice.below(values.len())]
}

/// A timestamp in an odd form, and what one library or another may sign for it.
fn odd_time(dice: &mut Dice) -> (String, String) {
    let times = [
        "1760000000",
        "1759999700",
        "1759999699",
        "1760000301",
        "0",
        "-1",
        "9007199254740993",
        "9223372036854775808",
    ];
    let time = one_of(dice, &times);
    let digits = |zero: u32| -> String {
        time.chars()
            .map(|c| c.to_digit(10).map_or(c, |d| char::from_u32(zero + d).expect("a digit")))
            .collect()
    };
    let forms = [
        time.to_owned(),
        format!(" {time}"),
        format!("{time}\t"),
        format!("+{time}"),
        format!("0{time}"),
        format!("{time}.5"),
        format!("{time}s"),
        time.replacen('0', "_0", 1),
        format!("\u{a0}{time}"),
        format!("\u{feff}{time}"),
        format!("{time}\u{2003}"),
        format!("\u{1c}{time}"),
        format!("\u{85}{time}"),
        digits(0x660),
        digits(0xff10),
        "1e9".into(),
        "abc".into(),
        String::new(),
        "0x10".into(),
        "1__0".into(),
        format!("{time}=x"),
        "Infinity".into(),
    ];
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    let form = one_of(dice, &forms).to_owned();
    let signed = one_of(
        dice,
        &[
            time,
            time,
            time,
            "1000000000",
            "1",
            "NaN",
            "0",
            "16",
            "10",
            "9007199254740992",
            "9223372036854775807",
        ],
    );
    (form, signed.to_owned())
}

/// A delivery of Stripe's scheme with an odd header, signed for one reading or another.
pub(crate) fn stripe(dice: &mut Dice, id: usize) -> Value {
    let secret = keys::webhook_secret();
    let key = SigningKey::stripe(&SigningSecret::new(secret.as_str())).expect("a key");
    let body: &[u8] = one_of(dice, &[&b"{}"[..], b"", b"\xef\xbb\xbf{}", b"\xff{", "é🎉".as_bytes()]);
    let signed_body = one_of(dice, &[body, body, body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)]);
    let (time, signed) = odd_time(dice);
    // The library signs whole seconds; odd ones are signed by making them part of the body.
    let (before, rest) = signed.split_at(signed.len().min(1));
    let good = match signed.parse::<i64>() {
        Ok(time) => signature::sign(signed_body, time, &[key]),
        Err(_) => format!("v1={before}{rest}"),
    };
    let good = good.rsplit_once("v1=").map_or("", |(_, signature)| signature).to_owned();
    let mut items = vec![format!("t={time}"), format!("v1={good}")];
    for _ in 0..dice.below(3) {
        let extra = [
            "v1=".into(),
            "v1".into(),
            "t".into(),
            "t=".into(),
            "t=5".into(),
            "t=1760000000".into(),
            format!("v1={}", "0".repeat(64)),
            "v1=é".into(),
            format!("v1={}", "é".repeat(32)),
            format!("v1={}", "é".repeat(64)),
            format!("v0={good}"),
            format!("v1={}", good.to_uppercase()),
            format!("v1={good}=x"),
            format!("v1 ={good}"),
            "garbage".into(),
            String::new(),
            "=".into(),
            "t=abc".into(),
            format!(" v1={good}"),
        ];
        let extra: Vec<&str> = extra.iter().map(String::as_str).collect();
        let at = dice.below(items.len() + 1);
        items.insert(at, one_of(dice, &extra).to_owned());
    }
    let secret =
        if dice.below(30) == 0 { one_of(dice, &["", " ", "\t\n", "\u{a0}"]).to_owned() } else { secret };
    let header = items.join(one_of(dice, &[",", ",", ",", ", ", ";"]));
    json!({
        "id": id, "do": "verify", "scheme": "stripe", "payload": STANDARD.encode(body), "header": header,
        "secret": secret, "now": NOW, "tolerance": dice.below(2) * 300,
    })
}

/// A Standard Webhooks delivery with odd headers or an odd secret.
pub(crate) fn standard(dice: &mut Dice, id: usize) -> Value {
    let encoded = STANDARD.encode([7; 24]);
    let key = StandardKey::new(&SigningSecret::new(encoded.as_str())).agreed().cloned().expect("a key");
    let body: &[u8] = one_of(dice, &[&b"{}"[..], b"", b"\xff{", "é🎉".as_bytes()]);
    let (time, signed) = odd_time(dice);
    let good = scheme::sign(body, "msg_1", signed.parse().unwrap_or(NOW), &[key]);
    let bare = good.trim_start_matches("v1,").to_owned();
    let signatures = [
        good.clone(),
        good.clone(),
        good.clone(),
        format!("garbage {good}"),
        format!(" {good}"),
        format!("{good},x"),
        format!("v1 {good}"),
        format!("v1,!!!! {good}"),
        format!("v1,é {good}"),
        format!("v1a,x {good}"),
        good.trim_end_matches('=').to_owned(),
        format!("v1,{bare}\n"),
        format!("v1,=={bare}"),
        bare.clone(),
        format!("v1,abc {good}"),
    ];
    let secrets = [
        encoded.clone(),
        format!("whsec_{encoded}"),
        format!("whsec_{encoded} "),
        format!("whsec_{encoded}\n"),
        format!("whsec_{encoded}\r\n"),
        format!("whsec_{encoded}="),
        format!("whsec_{}", encoded.replacen('B', "B!", 1)),
        format!(" {encoded}"),
        "whsec_".into(),
        "whsec_a".into(),
        "whsec_BwcH".into(),
    ];
    let signatures: Vec<&str> = signatures.iter().map(String::as_str).collect();
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    let headers = json!({ "webhook-id": "msg_1", "webhook-timestamp": time, "webhook-signature": one_of(dice, &signatures) });
    let secret = if dice.below(2) == 0 { encoded.as_str() } else { one_of(dice, &secrets) };
    json!({
        "id": id, "do": "verify", "scheme": "standard", "payload": STANDARD.encode(body), "headers": headers,
        "secret": secret, "now": NOW, "tolerance": 300,
    })
}
