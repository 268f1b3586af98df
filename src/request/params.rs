//! Parameters as they are typed, and the bytes that they become.

/// A parameter as it was typed: `name=value`, or `name@file` whose value is read from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamText {
    /// `name=value`.
    Value(Param),
    /// `name@file`, or `name@-` for standard input.
    From {
        /// The name.
        name: String,
        /// The file, or `-`.
        source: String,
    },
}

/// A parameter: a name, brackets included, and a value, which need not be text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// The name: `amount`, `metadata[order]`, `items[0][price]`, `types[]`.
    pub name: String,
    /// The value.
    pub value: Vec<u8>,
}

impl Param {
    /// A parameter of text.
    #[must_use]
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), value: value.as_bytes().to_vec() }
    }
}

/// Why a text is not a parameter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// Neither `=` nor `@`.
    #[error("{0:?} is not a parameter: write name=value, name@file or name@-")]
    NoValue(String),
    /// Nothing before the `=`.
    #[error("a parameter has no name: write name=value")]
    NoName,
    /// Brackets that do not pair.
    #[error("the brackets of {0:?} do not pair: write a[b]=c, a[]=x or a[0][b]=c")]
    Brackets(String),
}

impl ParamText {
    /// Reads `name=value` or `name@file`: what comes first of `=` and `@` decides.
    ///
    /// # Errors
    /// When the text is not a parameter.
    pub fn parse(text: &str) -> Result<Self, ParamError> {
        let at = text.find(['=', '@']).ok_or_else(|| ParamError::NoValue(text.to_owned()))?;
        let (name, rest) = (text[..at].to_owned(), &text[at + 1..]);
        if name.is_empty() {
            return Err(ParamError::NoName);
        }
        if !brackets_pair(&name) {
            return Err(ParamError::Brackets(name));
        }
        if text.as_bytes()[at] == b'=' {
            return Ok(Self::Value(Param { name, value: rest.as_bytes().to_vec() }));
        }
        if rest.is_empty() {
            return Err(ParamError::NoValue(text.to_owned()));
        }
        Ok(Self::From { name, source: rest.to_owned() })
    }
}

/// Whether every bracket of a name has its other, and none is nested.
pub(super) fn brackets_pair(name: &str) -> bool {
    let mut is_open = false;
    for c in name.chars() {
        match (c, is_open) {
            ('[', true) | (']', false) => return false,
            ('[', false) => is_open = true,
            (']', true) => is_open = false,
            _ => {}
        }
    }
    !is_open && !name.starts_with('[')
}

/// Encodes parameters as a form, in their order; a space becomes `+`.
#[must_use]
pub fn encode(params: &[Param]) -> String {
    let mut encoded = String::new();
    for param in params {
        if !encoded.is_empty() {
            encoded.push('&');
        }
        encoded.extend(form_urlencoded::byte_serialize(param.name.as_bytes()));
        encoded.push('=');
        encoded.extend(form_urlencoded::byte_serialize(&param.value));
    }
    encoded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> (String, String) {
        match ParamText::parse(text) {
            Ok(ParamText::Value(param)) => (param.name, String::from_utf8(param.value).expect("text")),
            other => panic!("{text:?} gave {other:?}"),
        }
    }

    #[test]
    fn what_comes_first_of_the_two_signs_decides() {
        assert_eq!(value("email=a@b.c"), ("email".into(), "a@b.c".into()));
        assert_eq!(value("a[b][]=x=y"), ("a[b][]".into(), "x=y".into()));
        assert_eq!(value("name="), ("name".into(), String::new()));
        let file = ParamText::From { name: "file".into(), source: "a=b.txt".into() };
        assert_eq!(ParamText::parse("file@a=b.txt"), Ok(file));
    }

    #[test]
    fn what_is_no_parameter_is_refused() {
        assert_eq!(ParamText::parse("amount"), Err(ParamError::NoValue("amount".into())));
        assert_eq!(ParamText::parse("file@"), Err(ParamError::NoValue("file@".into())));
        assert_eq!(ParamText::parse("=1"), Err(ParamError::NoName));
        for name in ["a[b", "a]b[", "a[[b]]", "[a]"] {
            assert_eq!(ParamText::parse(&format!("{name}=1")), Err(ParamError::Brackets(name.into())));
        }
    }

    #[test]
    fn the_order_is_kept_and_a_space_is_a_plus() {
        let params = [Param::new("b", "2 3"), Param::new("a[c]", "&"), Param::new("b", "")];
        assert_eq!(encode(&params), "b=2+3&a%5Bc%5D=%26&b=");
    }

    proptest! {
        #[test]
        fn parameters_survive_encoding_and_decoding(
            pairs in prop::collection::vec((".{1,12}", ".{0,20}"), 0..8)
        ) {
            let params: Vec<_> = pairs.iter().map(|(name, value)| Param::new(name, value)).collect();
            let encoded = encode(&params);
            let decoded: Vec<_> = form_urlencoded::parse(encoded.as_bytes()).into_owned().collect();
            prop_assert_eq!(decoded, pairs);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = ParamText::parse(&text);
        }
    }
}
