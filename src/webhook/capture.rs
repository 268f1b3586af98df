//! A whole HTTP request as it was captured: its headers, and the body that they belong to.

use std::borrow::Cow;

use httparse::Status;

/// The most headers that a captured request may have.
const MAX_HEADERS: usize = 256;

/// A captured request, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture<'a> {
    /// The headers as they came, in their order.
    pub headers: Vec<(&'a str, &'a [u8])>,
    /// The body: as long as `Content-Length` says where it says less than there is, and with the chunks of
    /// a chunked one put together.
    pub body: Cow<'a, [u8]>,
    /// What `Content-Length` says, in bytes.
    pub content_length: Option<u64>,
}

/// Bytes that are no captured request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// No headers that end with an empty line.
    #[error("this is no HTTP request: headers, an empty line and a body are expected ({0})")]
    Headers(httparse::Error),
    /// The input ends inside the headers.
    #[error("this is no whole HTTP request: it ends before the empty line after the headers")]
    Unfinished,
    /// A chunked body that does not hold together.
    #[error("the chunked body of this HTTP request is cut off or damaged")]
    Chunks,
}

impl<'a> Capture<'a> {
    /// Takes a request apart: with its request line or without, lines ended by CRLF or by LF.
    ///
    /// # Errors
    /// When the bytes are no request: see [`CaptureError`].
    pub fn read(bytes: &'a [u8]) -> Result<Self, CaptureError> {
        let mut slots = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let (end, headers) = match httparse::parse_headers(bytes, &mut slots) {
            Ok(Status::Complete((end, headers))) => (end, headers.to_vec()),
            Ok(Status::Partial) => return Err(CaptureError::Unfinished),
            Err(_) => with_request_line(bytes)?,
        };
        let headers: Vec<_> = headers.into_iter().map(|header| (header.name, header.value)).collect();
        let named = |name: &str| {
            let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.and_then(|(_, value)| std::str::from_utf8(value).ok()).map(str::trim)
        };
        let content_length = named("content-length").and_then(|length| length.parse().ok());
        let rest = &bytes[end..];
        let is_chunked =
            named("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
        let body = if is_chunked {
            Cow::Owned(dechunk(rest).ok_or(CaptureError::Chunks)?)
        } else {
            let length = content_length.and_then(|length: u64| usize::try_from(length).ok());
            Cow::Borrowed(&rest[..length.unwrap_or(rest.len()).min(rest.len())])
        };
        Ok(Self { headers, body, content_length })
    }

    /// The value of a header, its name in any case; several are joined as an HTTP library joins them.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<Vec<u8>> {
        let found = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let values: Vec<_> = found.map(|(_, value)| *value).collect();
        (!values.is_empty()).then(|| values.join(&b", "[..]))
    }
}

/// Headers after a request line, whose version may be any: captures of HTTP/2 have `HTTP/2`.
fn with_request_line(bytes: &[u8]) -> Result<(usize, Vec<httparse::Header<'_>>), CaptureError> {
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(CaptureError::Unfinished)? + 1;
    let line = &bytes[..end];
    let has_version =
        line.split(|byte| *byte == b' ').next_back().is_some_and(|word| word.starts_with(b"HTTP/"));
    let mut slots = [httparse::EMPTY_HEADER; MAX_HEADERS];
    match httparse::parse_headers(&bytes[end..], &mut slots) {
        _ if !has_version => Err(CaptureError::Headers(httparse::Error::Version)),
        Ok(Status::Complete((length, headers))) => Ok((end + length, headers.to_vec())),
        Ok(Status::Partial) => Err(CaptureError::Unfinished),
        Err(error) => Err(CaptureError::Headers(error)),
    }
}

fn dechunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let Ok(Status::Complete((start, length))) = httparse::parse_chunk_size(rest) else { return None };
        let length = usize::try_from(length).ok()?;
        if length == 0 {
            return Some(body);
        }
        let chunk = rest.get(start..)?.get(..length)?;
        body.extend_from_slice(chunk);
        rest = rest[start + length..].strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_with_and_without_its_first_line() {
        for start in ["", "POST /hook?a=b HTTP/1.1\r\n", "POST /hook HTTP/2\r\n"] {
            let bytes =
                format!("{start}Host: x\r\nStripe-Signature: t=1,v1=a\r\nContent-Length: 2\r\n\r\n{{}}\n");
            let capture = Capture::read(bytes.as_bytes()).expect("a request");
            assert_eq!(&*capture.body, b"{}");
            assert_eq!(capture.content_length, Some(2));
            assert_eq!(capture.header("stripe-signature").as_deref(), Some(&b"t=1,v1=a"[..]));
        }
        let capture = Capture::read(b"POST / HTTP/1.1\nA: 1\na: 2\n\nbody\n").expect("a request");
        assert_eq!(&*capture.body, b"body\n");
        assert_eq!(capture.header("A").as_deref(), Some(&b"1, 2"[..]));
    }

    #[test]
    fn chunks_are_put_together() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        let read = |chunks: &str| {
            let bytes = format!("{head}{chunks}");
            Capture::read(bytes.as_bytes()).map(|capture| capture.body.into_owned())
        };
        assert_eq!(read("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").as_deref(), Ok(&b"abcde"[..]));
        assert_eq!(read("3\r\nab"), Err(CaptureError::Chunks));
        assert_eq!(read("ffffffffffffffff\r\nab"), Err(CaptureError::Chunks));
    }

    #[test]
    fn what_is_no_request_is_said() {
        assert!(matches!(Capture::read(b"{\"id\": 1}\n\n"), Err(CaptureError::Headers(_))));
        assert_eq!(Capture::read(b"Host: x\r\n"), Err(CaptureError::Unfinished));
        assert_eq!(Capture::read(b""), Err(CaptureError::Unfinished));
    }
}
