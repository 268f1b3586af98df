//! Decoding of form-encoded parameters, nested as Stripe nests them, into one value. Pure.

use std::collections::BTreeMap;

use super::api_error::ApiError;

/// `a[b][c][d]…`: deeper is a mistake or an attack.
const MAX_DEPTH: usize = 8;

/// A decoded parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) enum Param {
    /// `a=text`.
    Text(String),
    /// `a[]=x&a[]=y`.
    Items(Vec<Param>),
    /// `a[b]=x&a[c]=y`, and `a[0]=x`, which the reader may take for items.
    Fields(BTreeMap<String, Param>),
}

impl Param {
    /// The text of a plain parameter.
    pub(in crate::sandbox) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Items(_) | Self::Fields(_) => None,
        }
    }

    /// The items of a list, whichever way it was written. Numbers start at 0 and leave none out: a gap is
    /// more likely a mistake than meant.
    pub(in crate::sandbox) fn items(&self) -> Option<Vec<&Param>> {
        match self {
            Self::Text(_) => None,
            Self::Items(items) => Some(items.iter().collect()),
            Self::Fields(fields) => (0..fields.len()).map(|number| fields.get(&number.to_string())).collect(),
        }
    }
}

/// Decodes a query or a body. Of a plain name that is given twice, the last value counts.
pub(in crate::sandbox) fn decode(text: &str) -> Result<BTreeMap<String, Param>, ApiError> {
    let mut root = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent_decode(name)?;
        let path = split_name(&name)?;
        insert(&mut root, &path, percent_decode(value)?).map_err(|Conflict| conflict(&name))?;
    }
    Ok(root)
}

/// A name was used both as a value and as something that holds values.
struct Conflict;

fn conflict(name: &str) -> ApiError {
    ApiError::invalid(format!("The parameter {name} is given in two forms that exclude each other."))
        .param(name)
}

/// Splits `a[b][]` into `a`, `b` and the empty text that stands for "one more".
fn split_name(name: &str) -> Result<Vec<&str>, ApiError> {
    let malformed = || ApiError::invalid("The name of a parameter is malformed: its brackets do not match.");
    let (first, mut rest) = name.find('[').map_or((name, ""), |at| name.split_at(at));
    if first.is_empty() || first.contains(']') {
        return Err(malformed());
    }
    let mut path = vec![first];
    while !rest.is_empty() {
        let (inner, after) =
            rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).ok_or_else(malformed)?;
        if inner.contains('[') {
            return Err(malformed());
        }
        path.push(inner);
        rest = after;
    }
    if path.len() > MAX_DEPTH {
        return Err(ApiError::invalid(format!("Parameters may be nested {MAX_DEPTH} deep at most.")));
    }
    Ok(path)
}

fn insert(fields: &mut BTreeMap<String, Param>, path: &[&str], text: String) -> Result<(), Conflict> {
    let Some((name, rest)) = path.split_first().filter(|(name, _)| !name.is_empty()) else {
        return Err(Conflict);
    };
    match (fields.get_mut(*name), rest) {
        (None, _) => {
            fields.insert((*name).to_owned(), build(rest, text)?);
            Ok(())
        }
        (Some(Param::Text(old)), []) => {
            *old = text;
            Ok(())
        }
        (Some(Param::Items(items)), ["", after @ ..]) => append(items, after, text),
        (Some(Param::Fields(inner)), [next, ..]) if !next.is_empty() => insert(inner, rest, text),
        (Some(_), _) => Err(Conflict),
    }
}

/// One more item; or one more field of the last item, as long as it does not have that field.
fn append(items: &mut Vec<Param>, path: &[&str], text: String) -> Result<(), Conflict> {
    if let (Some(Param::Fields(last)), Some(name)) = (items.last_mut(), path.first())
        && (!last.contains_key(*name) || path.get(1).is_some())
    {
        return insert(last, path, text);
    }
    items.push(build(path, text)?);
    Ok(())
}

fn build(path: &[&str], text: String) -> Result<Param, Conflict> {
    match path {
        [] => Ok(Param::Text(text)),
        ["", rest @ ..] => Ok(Param::Items(vec![build(rest, text)?])),
        [_, ..] => {
            let mut fields = BTreeMap::new();
            insert(&mut fields, path, text)?;
            Ok(Param::Fields(fields))
        }
    }
}

/// Strict, as a judge should be: a `%` without two hexadecimal digits is an error, not a percent sign.
fn percent_decode(text: &str) -> Result<String, ApiError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().and_then(hex_digit), rest.next().and_then(hex_digit)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(ApiError::invalid("The parameters hold a broken percent-encoding.")),
            },
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| ApiError::invalid("The parameters are not valid UTF-8."))
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Param {
        Param::Text(value.to_owned())
    }

    fn fields(pairs: &[(&str, Param)]) -> Param {
        Param::Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    #[test]
    fn names_nest() {
        let decoded = decode("a[b]=c&a[d][e]=f+g&x=%C3%A9%26&y&&").expect("valid");
        let inner = fields(&[("b", text("c")), ("d", fields(&[("e", text("f g"))]))]);
        assert_eq!(Param::Fields(decoded), fields(&[("a", inner), ("x", text("é&")), ("y", text(""))]));
    }

    #[test]
    fn lists_are_read_in_both_spellings() {
        let items = |input: &str| {
            let decoded = decode(input).expect(input);
            decoded["a"].items().expect("a list").into_iter().cloned().collect::<Vec<_>>()
        };
        assert_eq!(items("a[]=x&a[]=y"), [text("x"), text("y")]);
        assert_eq!(items("a[1]=y&a[0]=x"), [text("x"), text("y")]);
        let eleven = (0..11).rev().map(|n| format!("a[{n}]={n}")).collect::<Vec<_>>().join("&");
        assert_eq!(items(&eleven)[10], text("10"));
        let two = [fields(&[("b", text("1")), ("c", text("2"))]), fields(&[("b", text("3"))])];
        assert_eq!(items("a[0][b]=1&a[0][c]=2&a[1][b]=3"), two);
        assert_eq!(items("a[][b]=1&a[][c]=2&a[][b]=3"), two);
        for gap in ["a[b]=1", "a[1]=x", "a[0]=x&a[2]=y", "a[00]=x", "a[0]=x&a[b]=y"] {
            assert_eq!(decode(gap).expect("valid")["a"].items(), None, "{gap}");
        }
    }

    #[test]
    fn the_last_of_a_plain_name_counts() {
        assert_eq!(decode("a=1&a=2").expect("valid")["a"], text("2"));
    }

    #[test]
    fn what_is_broken_is_refused() {
        let deep = format!("a{}=1", "[b]".repeat(MAX_DEPTH));
        let broken =
            ["a=%", "a=%4", "a=%zz", "%ff=1", "a[=1", "a]=1", "[a]=1", "=1", "a[b]c=1", "a[[b]]=1", &deep];
        for input in broken {
            let error = decode(input).expect_err(input);
            assert_eq!((error.status(), error.is_stored()), (400, false), "{input}");
        }
        for input in ["a=1&a[b]=2", "a[b]=1&a=2", "a[]=1&a[b]=2", "a[b]=1&a[]=2"] {
            assert!(decode(input).is_err(), "{input}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[ab0=&%+\\[\\]\u{e9}]{0,40}") {
            let _ = decode(&text);
        }

        #[test]
        fn what_was_encoded_is_decoded(name in "[a-z]{1,8}", value in ".{0,40}") {
            let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let decoded = decode(&format!("{name}[x][]={encoded}")).expect("valid");
            let list = Param::Items(vec![text(&value)]);
            proptest::prop_assert_eq!(&decoded[&name], &fields(&[("x", list)]));
        }
    }
}
