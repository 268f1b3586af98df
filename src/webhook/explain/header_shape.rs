//! What is wrong with a signature header by its looks, and what it says when it is read with good will.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::finding::Explanation;

/// Base64 with or without its padding.
const PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, PADDING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, PADDING);

/// The most signatures that are taken from one header.
const MAX_ITEMS: usize = 16;

/// The most times that are taken from one header.
const MAX_TIMES: usize = 4;

/// From here on a timestamp counts milliseconds: as seconds it would be the year 5138.
pub(super) const MILLISECONDS: i128 = 100_000_000_000;

/// A signature, decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) bytes: [u8; 32],
    /// In the one form that libraries accept.
    pub(super) is_canonical: bool,
}

/// A header read with good will.
#[derive(Debug, Default)]
pub(super) struct ShapeReading {
    pub(super) times: Vec<String>,
    pub(super) digests: Vec<Digest>,
}

impl ShapeReading {
    /// Reads a `Stripe-Signature` value past its separators, quotes and capitals.
    pub(super) fn of_stripe(header: &str) -> Self {
        let (mut reading, mut of_v0) = (Self::default(), Vec::new());
        let header = percent_encoding::percent_decode_str(header).decode_utf8_lossy();
        let header = header.replace(": ", ":").replace("= ", "=").replace(" =", "=");
        let is_separator = |c: char| matches!(c, ',' | ';' | '{' | '}' | '[' | ']') || c.is_whitespace();
        for item in header.split(is_separator).map(|item| item.trim_matches(['"', '\''])) {
            let Some((key, value)) = item.split_once(['=', ':']) else { continue };
            let value = value.trim_matches(['"', '\'', ' ']);
            match key.trim_matches(['"', '\'']).to_ascii_lowercase().as_str() {
                "t" | "timestamp" => reading.times.extend(time(value)),
                "v1" | "sha256" => reading.digests.extend(hex_digest(value).or_else(|| base64_digest(value))),
                "v0" => of_v0.extend(hex_digest(value)),
                _ => {}
            }
        }
        if reading.digests.is_empty() {
            reading.digests = of_v0;
        }
        reading.bounded()
    }

    /// Reads the two values of a Standard Webhooks delivery that count.
    pub(super) fn of_standard(timestamp: &str, signature: &str) -> Self {
        let mut reading = Self::default();
        reading.times.extend(time(timestamp));
        for item in signature.split(|c: char| c.is_whitespace() || c == ';') {
            let value = ["v1,", "v1=", "v1:"].iter().find_map(|version| item.strip_prefix(version));
            let value = value.unwrap_or(item).trim_matches(['"', '\'']);
            let is_in_form = item.starts_with("v1,");
            let digest = base64_digest(value).map(|digest| Digest { is_canonical: is_in_form, ..digest });
            reading
                .digests
                .extend(digest.or_else(|| hex_digest(value).map(|d| Digest { is_canonical: false, ..d })));
        }
        reading.bounded()
    }

    /// The headers that it would be as a library reads them, one for each time.
    pub(super) fn rewritten(&self) -> impl Iterator<Item = String> {
        let signatures: String =
            self.digests.iter().map(|digest| [",v1=", &hex::encode(digest.bytes)].concat()).collect();
        self.times.iter().map(move |time| format!("t={time}{signatures}"))
    }

    fn bounded(mut self) -> Self {
        self.times.dedup();
        self.times.truncate(MAX_TIMES);
        self.digests.truncate(MAX_ITEMS);
        self
    }
}

/// The whole seconds of a timestamp that stands before whatever else.
fn time(value: &str) -> Option<String> {
    let value = value.trim();
    let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    value[..end].parse::<i128>().ok().map(|seconds| seconds.to_string())
}

fn hex_digest(value: &str) -> Option<Digest> {
    let digits = value.rsplit('=').next().unwrap_or(value);
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    let is_canonical = digits == value && !value.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(Digest { bytes, is_canonical })
}

fn base64_digest(value: &str) -> Option<Digest> {
    let bytes = STANDARD.decode(value).or_else(|_| URL_SAFE.decode(value)).ok()?;
    Some(Digest { bytes: bytes.try_into().ok()?, is_canonical: false })
}

/// What the looks of a `Stripe-Signature` value tell, the most telling first.
pub(super) fn stripe_findings(header: Option<&[u8]>) -> Vec<Explanation> {
    let Some(header) = header.filter(|header| !header.is_empty()) else {
        return vec![not_forwarded("Stripe-Signature")];
    };
    let text = String::from_utf8_lossy(header);
    let reading = ShapeReading::of_stripe(&text);
    LOOKS.iter().filter(|look| (look.is_there)(&text, &reading)).map(Look::explain).collect()
}

/// What the looks of the three headers of Standard Webhooks tell.
pub(super) fn standard_findings(missing: &[&str], timestamp: &str) -> Vec<Explanation> {
    let mut findings: Vec<_> = missing.iter().map(|name| not_forwarded(name)).collect();
    if is_milliseconds(&time(timestamp).into_iter().collect::<Vec<_>>()) {
        findings.extend(LOOKS.iter().filter(|look| look.cause == MILLISECONDS_CAUSE).map(Look::explain));
    }
    findings
}

fn not_forwarded(name: &str) -> Explanation {
    Explanation::likely(
        "header_not_forwarded",
        format!("the delivery has no {name} header, or an empty one"),
        format!("pass {name} on: proxies, gateways and test clients drop headers that they do not know"),
    )
}

/// The cause of a timestamp that counts milliseconds.
pub(super) const MILLISECONDS_CAUSE: &str = "timestamp_in_milliseconds";

struct Look {
    cause: &'static str,
    is_there: fn(&str, &ShapeReading) -> bool,
    detail: &'static str,
    fix: &'static str,
    /// The header without it, where there is a way back.
    mend: fn(&str) -> Vec<String>,
}

impl Look {
    fn explain(&self) -> Explanation {
        Explanation::likely(self.cause, self.detail, self.fix)
    }
}

/// The one look that is to blame: without it, and with everything else as it is, the header is accepted.
pub(super) fn to_blame(header: &[u8], is_accepted: impl Fn(&str) -> bool) -> Option<Explanation> {
    let text = String::from_utf8_lossy(header);
    let reading = ShapeReading::of_stripe(&text);
    let seen = LOOKS.iter().filter(|look| (look.is_there)(&text, &reading));
    let look = seen.into_iter().find(|look| (look.mend)(&text).iter().any(|mended| is_accepted(mended)))?;
    Some(Explanation { certain: true, ..look.explain() })
}

fn rewritten(text: &str) -> Vec<String> {
    ShapeReading::of_stripe(text).rewritten().collect()
}

fn without(text: &str, characters: &[char]) -> Vec<String> {
    vec![text.replace(characters, "")]
}

const LOOKS: &[Look] = &[
    Look {
        cause: "header_is_secret",
        is_there: |text, _| text.trim_start().starts_with("whsec_"),
        detail: "the signing secret stands where the header's value belongs",
        fix: "swap the arguments: payload, header, secret",
        mend: |_| Vec::new(),
    },
    Look {
        cause: "header_encoded",
        is_there: |text, _| {
            text.contains("%3D") || text.contains("%3d") || text.trim_start().starts_with(['{', '['])
        },
        detail: "the header was percent-encoded, or turned into JSON or a list",
        fix: "take the header's value as it came: one string, not a list and not encoded",
        mend: rewritten,
    },
    Look {
        cause: "header_quoted",
        is_there: |text, _| text.contains(['"', '\'']),
        detail: "there are quotes in the header",
        fix: "take the quotes away: they came from a shell, a file of variables or a log",
        mend: |text| without(text, &['"', '\'']),
    },
    Look {
        cause: "header_separators",
        is_there: |text, _| text.contains([' ', '\t', ';', '\r', '\n']),
        detail: "the items of the header are not separated by a bare comma: there is a space, a semicolon or a line break",
        fix: "pass the header on untouched: something split it and joined it again",
        mend: |text| {
            let items = text.split(|c: char| matches!(c, ',' | ';') || c.is_whitespace());
            vec![items.filter(|item| !item.is_empty()).collect::<Vec<_>>().join(",")]
        },
    },
    Look {
        cause: "headers_joined",
        is_there: |_, reading| reading.times.len() > 1,
        detail: "the header has more than one t: two Stripe-Signature headers were joined into one",
        fix: "send one header for each request: a proxy or a test client added a second one",
        mend: rewritten,
    },
    Look {
        cause: "header_key_case",
        is_there: |text, _| {
            text.split([',', ';', ' ']).any(|item| item.starts_with("T=") || item.starts_with("V1="))
        },
        detail: "the keys of the header's items are in upper case",
        fix: "pass the header's value on untouched: only its name has no case",
        mend: |text| vec![text.replace("T=", "t=").replace("V1=", "v1=")],
    },
    Look {
        cause: MILLISECONDS_CAUSE,
        is_there: |_, reading| is_milliseconds(&reading.times),
        detail: "the timestamp counts milliseconds, and the scheme counts seconds",
        fix: "divide by 1000 where the header is made",
        mend: |_| Vec::new(),
    },
    Look {
        cause: "signature_encoding",
        is_there: |text, reading| {
            let has_v1 = text.contains("v1=") || text.contains("sha256=");
            has_v1 && !reading.digests.iter().any(|digest| digest.is_canonical)
        },
        detail: "no v1 signature is 64 lower-case hexadecimal digits: it is in upper case, in base64, cut off, or has a prefix",
        fix: "write the HMAC as lower-case hexadecimal, with nothing in front of it",
        mend: |text| reencoded(text).collect(),
    },
    Look {
        cause: "only_v0",
        is_there: |text, _| text.contains("v0=") && !text.contains("v1="),
        detail: "there is a v0 signature only, which is a decoy on test events and proves nothing",
        fix: "take the delivery's whole header: v1 is the signature",
        mend: |text| vec![text.replace("v0=", "v1=")],
    },
    Look {
        cause: "header_key_names",
        is_there: |text, _| {
            let is_other = |item: &str| {
                ["timestamp", "sha256", "signature"].iter().any(|name| item.trim_start().starts_with(name))
            };
            text.split([',', ';']).any(is_other) || text.contains("t:") || text.contains("v1:")
        },
        detail: "the items of the header are not called t and v1 with an equals sign after it",
        fix: "name them as Stripe does: t=…,v1=…",
        mend: rewritten,
    },
    Look {
        cause: "header_item_without_value",
        is_there: |text, _| {
            text.split([',', ';']).any(|item| matches!(item.trim(), "t" | "v1" | "t=" | "v1="))
        },
        detail: "an item of the header has no value: a bare t or v1",
        fix: "take the value of the Stripe-Signature header, the whole of it",
        mend: |text| {
            let is_whole = |item: &&str| !matches!(*item, "t" | "v1" | "t=" | "v1=");
            vec![text.split(',').filter(is_whole).collect::<Vec<_>>().join(",")]
        },
    },
    Look {
        cause: "header_unreadable",
        is_there: |text, reading| reading.times.is_empty() && !text.trim_start().starts_with("whsec_"),
        detail: "there is no timestamp in the header: a Stripe-Signature is t=…,v1=…",
        fix: "take the value of the Stripe-Signature header, the whole of it",
        mend: |_| Vec::new(),
    },
];

/// The header with each signature written as it should be.
fn reencoded(text: &str) -> impl Iterator<Item = String> {
    let item = |item: &str| {
        let digest =
            item.strip_prefix("v1=").and_then(|value| hex_digest(value).or_else(|| base64_digest(value)));
        digest.map_or_else(|| item.to_owned(), |digest| format!("v1={}", hex::encode(digest.bytes)))
    };
    std::iter::once(text.split(',').map(item).collect::<Vec<_>>().join(","))
}

fn is_milliseconds(times: &[String]) -> bool {
    times.iter().filter_map(|time| time.parse::<i128>().ok()).any(|time| time >= MILLISECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn causes(header: &str) -> Vec<&'static str> {
        stripe_findings(Some(header.as_bytes())).into_iter().map(|finding| finding.cause).collect()
    }

    #[test]
    fn each_look_is_named() {
        let hex = "ab".repeat(32);
        for (header, expected) in [
            (format!("t=1760000000,v1={hex}"), &[][..]),
            (format!("t=1760000000, v1={hex}"), &["header_separators"]),
            (format!("t=1760000000;v1={hex}"), &["header_separators"]),
            (format!("\"t=1760000000,v1={hex}\""), &["header_quoted"]),
            (format!("T=1760000000,v1={hex}"), &["header_key_case"]),
            (format!("t=1760000000000,v1={hex}"), &["timestamp_in_milliseconds"]),
            (format!("t=1760000000,v1={}", hex.to_uppercase()), &["signature_encoding"]),
            (format!("t=1760000000,v1=sha256={hex}"), &["signature_encoding"]),
            (format!("t=1760000000,v0={hex}"), &["only_v0"]),
            (format!("t=1760000000,v1={hex},t=1760000001,v1={hex}"), &["headers_joined"]),
            (format!("t%3D1760000000%2Cv1%3D{hex}"), &["header_encoded"]),
            (format!("whsec_{hex}"), &["header_is_secret"]),
            (format!("v1={hex}"), &["header_unreadable"]),
        ] {
            assert_eq!(causes(&header), expected, "{header}");
        }
        assert_eq!(stripe_findings(None)[0].cause, "header_not_forwarded");
    }

    #[test]
    fn a_header_is_read_with_good_will() {
        let hex = "ab".repeat(32);
        for header in [
            format!("t=1760000000; v1=\"{hex}\""),
            format!("T: 1760000000, V1: {}", hex.to_uppercase()),
            format!("t=1760000000,v1={}", STANDARD.encode([0xab; 32])),
            format!("{{\"t\": 1760000000, \"v1\": \"{hex}\"}}"),
        ] {
            let reading = ShapeReading::of_stripe(&header);
            assert_eq!(reading.times, ["1760000000"], "{header}");
            assert_eq!(reading.digests.first().map(|digest| digest.bytes), Some([0xab; 32]), "{header}");
        }
    }
}
