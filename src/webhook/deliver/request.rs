//! The bytes of a delivery's request. Pure.

use crate::webhook::delivery::DELIVERY_HEADERS;
use crate::webhook::target::Target;

/// About how long a head is, in bytes: room that need not grow.
const HEAD: usize = 512;

/// Writes the whole request of a delivery in place of what was in `request`: Stripe's headers with this signature,
/// those that HTTP needs, and the body.
pub fn write_delivery(request: &mut Vec<u8>, target: &Target, body: &[u8], signature: &str) {
    request.clear();
    request.reserve(HEAD + body.len());
    let (host, length) = (target.host_header(), body.len().to_string());
    for text in
        ["POST ", target.path(), " HTTP/1.1\r\nHost: ", &host, "\r\nContent-Length: ", &length, "\r\n"]
    {
        request.extend_from_slice(text.as_bytes());
    }
    let signature = can_be_sent(signature).then_some(("Stripe-Signature", signature));
    for (name, value) in DELIVERY_HEADERS.iter().copied().chain(signature) {
        for text in [name, ": ", value, "\r\n"] {
            request.extend_from_slice(text.as_bytes());
        }
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(body);
}

/// Whether a header can carry a text: a stored signature may hold anything, a line end too.
fn can_be_sent(value: &str) -> bool {
    value.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(to: &str, signature: &str) -> String {
        let mut request = b"the one before".to_vec();
        write_delivery(&mut request, &to.parse().expect("a target"), b"{}", signature);
        String::from_utf8(request).expect("text")
    }

    #[test]
    fn a_request_has_stripes_headers_and_those_of_http() {
        let expected = "POST /a%20b?x=1 HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nContent-Length: 2\r\n\
            User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\n\
            Content-Type: application/json; charset=utf-8\r\nAccept: */*; q=0.5, application/xml\r\n\
            Cache-Control: no-cache\r\nStripe-Signature: t=1,v1=a\r\n\r\n{}";
        assert_eq!(sent("http://127.0.0.1:3000/a%20b?x=1#y", "t=1,v1=a"), expected);
        assert!(sent("http://localhost/", "").starts_with("POST / HTTP/1.1\r\nHost: localhost\r\n"));
        assert!(sent("http://localhost/", "").contains("\r\nStripe-Signature: \r\n"));
    }

    #[test]
    fn a_signature_that_no_header_can_carry_is_left_out() {
        for odd in ["t=1\r\nX: y", "é", "\0"] {
            let sent = sent("http://localhost/", odd);
            assert!(!sent.contains("Signature") && sent.ends_with("\r\n\r\n{}"), "{sent}");
        }
    }
}
