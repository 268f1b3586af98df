//! How an answer is taken apart: its head, and where its body ends (RFC 9112). Pure.

use std::mem::MaybeUninit;

use httparse::{Header, ParserConfig, Response, Status};

/// The longest head of an answer that is read, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// The most headers that an answer may have.
const MAX_HEADERS: usize = 128;

/// The head of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    /// The value of `Location`.
    pub(super) location: Option<String>,
    /// Whether the target keeps the connection open behind the body.
    pub(super) is_kept_open: bool,
    pub(super) body: Framing,
}

/// How much of a body is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many bytes.
    Length(u64),
    /// Everything until the connection is closed.
    UntilClosed,
    /// The size of a chunk is next.
    ChunkSize,
    /// So many bytes of a chunk are next.
    Chunk(u64),
    /// The line end behind a chunk is next.
    ChunkEnd,
    /// The fields behind the last chunk are next.
    Trailers,
}

impl Head {
    /// Reads the head that `bytes` begin with, and how long it is; nothing where it is not whole yet. Interim
    /// answers (1xx) come before the real one and are passed over by the caller.
    ///
    /// # Errors
    /// Why the bytes are not an answer.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, String> {
        let mut headers = [const { MaybeUninit::uninit() }; MAX_HEADERS];
        let mut response = Response::new(&mut []);
        let parsed =
            ParserConfig::default().parse_response_with_uninit_headers(&mut response, bytes, &mut headers);
        let length = match parsed {
            Ok(Status::Complete(length)) => length,
            Ok(Status::Partial) if bytes.len() > MAX_HEAD => {
                return Err(format!("the head of the answer is longer than {MAX_HEAD} bytes"));
            }
            Ok(Status::Partial) => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let status = response.code.unwrap_or_default();
        let location = values(response.headers, "location").next();
        let head = Self {
            status,
            location: location.map(|value| String::from_utf8_lossy(value).into_owned()),
            is_kept_open: is_kept_open(response.version, response.headers),
            body: framing(status, response.headers)?,
        };
        Ok(Some((head, length)))
    }

    /// Whether another head follows this one: 1xx, but not 101, which ends HTTP on the connection.
    pub(super) const fn is_interim(&self) -> bool {
        matches!(self.status, 100 | 102..=199)
    }
}

impl Framing {
    /// Whether nothing of the body is to come.
    pub(super) const fn is_over(self) -> bool {
        matches!(self, Self::Length(0))
    }

    /// Takes the next piece of the body: how many of the bytes are done with, and those of them that are content.
    /// None are, where more must come in first.
    ///
    /// # Errors
    /// Why these bytes cannot be the body.
    pub(super) fn take<'a>(&mut self, bytes: &'a [u8]) -> Result<(usize, &'a [u8]), String> {
        const NONE: &[u8] = &[];
        match *self {
            Self::UntilClosed => Ok((bytes.len(), bytes)),
            Self::Length(left) => {
                let (taken, rest) = up_to(bytes, left);
                *self = Self::Length(rest);
                Ok((taken.len(), taken))
            }
            Self::Chunk(left) => {
                let (taken, rest) = up_to(bytes, left);
                *self = if rest == 0 { Self::ChunkEnd } else { Self::Chunk(rest) };
                Ok((taken.len(), taken))
            }
            Self::ChunkSize => match httparse::parse_chunk_size(bytes) {
                Ok(Status::Complete((length, size))) => {
                    *self = if size == 0 { Self::Trailers } else { Self::Chunk(size) };
                    Ok((length, NONE))
                }
                Ok(Status::Partial) => waiting(bytes),
                Err(_) => Err("it has a chunk without a size".to_owned()),
            },
            Self::ChunkEnd => match bytes {
                [b'\r', b'\n', ..] => {
                    *self = Self::ChunkSize;
                    Ok((2, NONE))
                }
                [] | [b'\r'] => Ok((0, NONE)),
                _ => Err("it has a chunk that is longer than its size".to_owned()),
            },
            Self::Trailers => {
                let mut fields = [httparse::EMPTY_HEADER; MAX_HEADERS];
                match httparse::parse_headers(bytes, &mut fields) {
                    Ok(Status::Complete((length, _))) => {
                        *self = Self::Length(0);
                        Ok((length, NONE))
                    }
                    Ok(Status::Partial) => waiting(bytes),
                    Err(error) => Err(error.to_string()),
                }
            }
        }
    }
}

/// More must come in, unless it is too much already.
fn waiting(bytes: &[u8]) -> Result<(usize, &[u8]), String> {
    if bytes.len() > MAX_HEAD {
        return Err(format!("it has a line longer than {MAX_HEAD} bytes"));
    }
    Ok((0, &[]))
}

/// The first `left` bytes, or all, and how many are missing then.
fn up_to(bytes: &[u8], left: u64) -> (&[u8], u64) {
    let taken = &bytes[..usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()))];
    (taken, left - taken.len() as u64)
}

fn values<'a>(headers: &'a [Header<'_>], name: &'static str) -> impl Iterator<Item = &'a [u8]> {
    headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value)
}

/// The members of a header that is a list, in lower case.
fn members(headers: &[Header<'_>], name: &'static str) -> Vec<String> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).to_ascii_lowercase();
    let all: Vec<_> = values(headers, name).map(text).collect();
    all.iter().flat_map(|value| value.split(',')).map(|member| member.trim().to_owned()).collect()
}

fn is_kept_open(version: Option<u8>, headers: &[Header<'_>]) -> bool {
    let wishes = members(headers, "connection");
    let says = |wish: &str| wishes.iter().any(|member| member == wish);
    !says("close") && (version == Some(1) || says("keep-alive"))
}

/// Section 6.3 of RFC 9112, for the answer to a POST.
fn framing(status: u16, headers: &[Header<'_>]) -> Result<Framing, String> {
    if matches!(status, 100..=199 | 204 | 304) {
        return Ok(Framing::Length(0));
    }
    if let Some(last) = members(headers, "transfer-encoding").last() {
        return Ok(if last == "chunked" { Framing::ChunkSize } else { Framing::UntilClosed });
    }
    let lengths = members(headers, "content-length");
    let Some(first) = lengths.first() else { return Ok(Framing::UntilClosed) };
    let is_plain = first.bytes().all(|byte| byte.is_ascii_digit());
    let length = first.parse().ok().filter(|_| is_plain && lengths.iter().all(|other| other == first));
    length.map(Framing::Length).ok_or_else(|| "the answer's Content-Length is not a number".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(text: &str) -> Head {
        let (head, length) = Head::read(text.as_bytes()).expect("an answer").expect("a whole head");
        assert_eq!(length, text.len());
        head
    }

    fn of(fields: &str) -> Head {
        head(&format!("HTTP/1.1 200 OK\r\n{fields}\r\n"))
    }

    #[test]
    fn where_a_body_ends_is_as_http_says() {
        for (fields, body) in [
            ("Content-Length: 5\r\n", Framing::Length(5)),
            ("content-length: 5, 5\r\nContent-Length: 5\r\n", Framing::Length(5)),
            ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", Framing::ChunkSize),
            ("Transfer-Encoding: gzip, Chunked\r\n", Framing::ChunkSize),
            ("Transfer-Encoding: gzip\r\n", Framing::UntilClosed),
            ("", Framing::UntilClosed),
        ] {
            assert_eq!(of(fields).body, body, "{fields:?}");
        }
        for status in [100, 204, 304] {
            assert!(head(&format!("HTTP/1.1 {status} X\r\nContent-Length: 5\r\n\r\n")).body.is_over());
        }
        for fields in ["Content-Length: x\r\n", "Content-Length: +5\r\n", "Content-Length: 5, 6\r\n"] {
            assert!(Head::read(format!("HTTP/1.1 200 OK\r\n{fields}\r\n").as_bytes()).is_err(), "{fields:?}");
        }
    }

    #[test]
    fn a_connection_stays_open_as_http_says() {
        for (text, is_kept_open) in [
            ("HTTP/1.1 200 OK\r\n\r\n", true),
            ("HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n", false),
            ("HTTP/1.1 200 OK\r\nConnection: x, close\r\n\r\n", false),
            ("HTTP/1.0 200 OK\r\n\r\n", false),
            ("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n", true),
        ] {
            assert_eq!(head(text).is_kept_open, is_kept_open, "{text:?}");
        }
    }

    #[test]
    fn interim_answers_are_told_from_the_real_one() {
        for (status, is_interim) in [(100, true), (101, false), (103, true), (200, false)] {
            assert_eq!(head(&format!("HTTP/1.1 {status} X\r\n\r\n")).is_interim(), is_interim, "{status}");
        }
        let moved = of("Location: /else\u{e9}where\r\n");
        assert_eq!(moved.location.as_deref(), Some("/else\u{e9}where"));
    }

    #[test]
    fn what_is_no_answer_is_told_from_what_is_not_whole() {
        assert_eq!(Head::read(b"HTTP/1.1 200 OK\r\nA: b\r\n"), Ok(None));
        assert_eq!(Head::read(b""), Ok(None));
        assert!(Head::read(b"SSH-2.0-x\r\n").is_err());
        let endless = format!("HTTP/1.1 200 OK\r\nA: {}", "b".repeat(MAX_HEAD));
        assert!(Head::read(endless.as_bytes()).is_err());
    }

    /// The content of a body that comes in pieces of these sizes, and what is left behind it.
    fn content(mut framing: Framing, bytes: &[u8], pieces: &[usize]) -> Result<(Vec<u8>, Vec<u8>), String> {
        let (mut unread, mut content, mut at) = (Vec::new(), Vec::new(), 0);
        let mut pieces = pieces.iter().copied().chain(std::iter::repeat(1));
        while !framing.is_over() {
            let (used, data) = framing.take(&unread)?;
            content.extend_from_slice(data);
            unread.drain(..used);
            if used > 0 {
                continue;
            }
            if at == bytes.len() {
                return Err("not whole".to_owned());
            }
            let end = (at + pieces.next().unwrap_or(1).max(1)).min(bytes.len());
            unread.extend_from_slice(&bytes[at..end]);
            at = end;
        }
        unread.extend_from_slice(&bytes[at..]);
        Ok((content, unread))
    }

    #[test]
    fn chunks_that_are_wrong_are_refused() {
        for wrong in ["x\r\n", "2\r\nabc\r\n0\r\n\r\n", "2\r\nab\r\n0\r\n:\r\n\r\n"] {
            assert!(content(Framing::ChunkSize, wrong.as_bytes(), &[99]).is_err(), "{wrong:?}");
        }
        let endless = format!("1;{}", "x".repeat(2 * MAX_HEAD));
        let why = content(Framing::ChunkSize, endless.as_bytes(), &[endless.len()]).expect_err("too long");
        assert!(why.contains("longer"), "{why}");
        assert_eq!(
            content(Framing::Chunk(1), b"ab", &[9]).expect_err("no end"),
            "it has a chunk that is longer than its size"
        );
    }

    proptest! {
        #[test]
        fn a_body_is_the_same_in_whatever_pieces_it_comes(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..6),
            trailer in prop::sample::select(vec!["", "A: b\r\n"]),
            pieces in prop::collection::vec(0_usize..30, 0..20),
        ) {
            let whole = chunks.concat();
            let mut bytes = Vec::new();
            for chunk in &chunks {
                bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                bytes.extend_from_slice(chunk);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(format!("0\r\n{trailer}\r\nnext").as_bytes());
            prop_assert_eq!(content(Framing::ChunkSize, &bytes, &pieces), Ok((whole.clone(), b"next".to_vec())));
            let plain = [&whole[..], b"next"].concat();
            prop_assert_eq!(content(Framing::Length(whole.len() as u64), &plain, &pieces), Ok((whole, b"next".to_vec())));
        }
    }
}
