//! Types of values, as the map writes them: a letter or a sign, then what belongs to it.

use super::data::tables;

/// What a value is on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// `s`: a string.
    Text,
    /// `n`: a number; the declarations do not tell integers from others.
    Number,
    /// `b`: a boolean.
    Boolean,
    /// `t`: `true` and nothing else, as in `deleted`.
    True,
    /// `d`: a decimal number, as a string.
    Decimal,
    /// `i`: an integer of 64 bits, as a string.
    IntegerText,
    /// `z`: null, or no answer at all.
    Null,
    /// `a`: anything.
    Any,
    /// `e` and a number: a string, one of a list.
    Enum(Words),
    /// `[`: an array.
    Array(Box<Self>),
    /// `{`: an object whose names are free, as those of `metadata`.
    Map(Box<Self>),
    /// `o` and a number: an object of these fields.
    Shape(Shape),
    /// `@` and a name: one of the API's objects. Beside [`Type::Text`] in a union it can be expanded.
    Object(Object),
    /// `L`, `Q` or `P`: a page of a list.
    List(ListKind, Box<Self>),
    /// `~`: or null; as a parameter, or an empty string, which unsets it.
    Nullable(Box<Self>),
    /// In parentheses, with `|` between them: any of these.
    Union(Vec<Self>),
}

/// How a list is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// v1: `object`, `data`, `has_more`, `url`.
    List,
    /// v1 search: `next_page` too.
    Search,
    /// v2: `data`, `next_page_url`, `previous_page_url`.
    Page,
}

/// The values of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(&'static str);

impl Words {
    /// Whether the API says that there may be other values, now or later.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.0.starts_with('+')
    }

    /// The values, sorted. An empty string is one where the API takes it.
    pub fn values(self) -> impl Iterator<Item = &'static str> {
        self.0[1..].split('\t')
    }
}

/// The fields of an object, or the parameters of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape(&'static str);

/// A field, or a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Of a parameter: it has to be given, where what it is part of is given. Of a field: it is never left out.
    pub is_required: bool,
    /// What it is.
    pub kind: Type,
}

impl Shape {
    /// The fields, sorted by name.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        self.parts().map(|(name, kind)| Field {
            name: name.trim_end_matches('!'),
            is_required: name.ends_with('!'),
            kind: Type::read(kind),
        })
    }

    /// The field of a name.
    #[must_use]
    pub fn field(self, name: &str) -> Option<Field> {
        self.fields().find(|field| field.name == name)
    }

    /// The names of the fields, sorted.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.parts().map(|(name, _)| name.trim_end_matches('!'))
    }

    fn parts(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.0.split('\t').filter(|part| !part.is_empty()).map(|part| {
            let colon = part.find(':').expect("a field has a type");
            (&part[..colon], &part[colon + 1..])
        })
    }
}

/// One of the API's objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object(&'static str);

impl Object {
    /// What the declarations call it: `PaymentIntent`, `DeletedCustomer`, `v2.core.EventDestination`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.split('\t').next().unwrap_or_default()
    }

    /// Its fields. An object that the declarations leave open has none.
    #[must_use]
    pub fn shape(self) -> Shape {
        Type::read(self.0.split('\t').nth(1).unwrap_or_default()).as_shape().unwrap_or(Shape(""))
    }

    /// What its field `object` says: `payment_intent`, `customer`, `v2.core.event_destination`.
    #[must_use]
    pub fn kind(self) -> Option<&'static str> {
        match self.shape().field("object")?.kind {
            Type::Enum(words) => words.values().next(),
            _ => None,
        }
    }

    /// Whether it is what the API answers when an object was deleted.
    #[must_use]
    pub fn is_deleted(self) -> bool {
        self.shape().field("deleted").is_some_and(|field| field.kind == Type::True)
    }
}

/// All objects, sorted by the names that the declarations give them.
pub fn objects() -> impl Iterator<Item = Object> {
    tables().objects.iter().map(|line| Object(line))
}

/// The object that the declarations call so: see [`Object::name`].
#[must_use]
pub fn object(name: &str) -> Option<Object> {
    objects().find(|object| object.name() == name)
}

/// The object whose field `object` says so, as it is or as it is answered when it was deleted.
#[must_use]
pub fn object_of(kind: &str, is_deleted: bool) -> Option<Object> {
    objects().find(|object| object.kind() == Some(kind) && object.is_deleted() == is_deleted)
}

impl Type {
    /// The fields of an object that has no name of its own.
    pub(super) const fn as_shape(&self) -> Option<Shape> {
        match self {
            Self::Shape(shape) => Some(*shape),
            _ => None,
        }
    }

    /// Reads a type of the map.
    pub(super) fn read(text: &'static str) -> Self {
        let (kind, rest) = Self::read_one(text);
        assert!(rest.is_empty(), "{rest:?} is left of the type {text:?}");
        kind
    }

    fn read_one(text: &'static str) -> (Self, &'static str) {
        let (sign, rest) = text.split_at_checked(1).expect("a type is not empty");
        let simple = match sign {
            "s" => Self::Text,
            "n" => Self::Number,
            "b" => Self::Boolean,
            "t" => Self::True,
            "d" => Self::Decimal,
            "i" => Self::IntegerText,
            "z" => Self::Null,
            "a" => Self::Any,
            "(" => return Self::read_union(rest),
            "e" | "o" | "@" => return Self::read_named(sign, rest),
            _ => return Self::read_prefixed(sign, rest),
        };
        (simple, rest)
    }

    fn read_prefixed(sign: &str, rest: &'static str) -> (Self, &'static str) {
        let (inner, rest) = Self::read_one(rest);
        let inner = Box::new(inner);
        let kind = match sign {
            "~" => Some(Self::Nullable(inner)),
            "[" => Some(Self::Array(inner)),
            "{" => Some(Self::Map(inner)),
            "L" => Some(Self::List(ListKind::List, inner)),
            "Q" => Some(Self::List(ListKind::Search, inner)),
            "P" => Some(Self::List(ListKind::Page, inner)),
            _ => None,
        };
        (kind.expect("a type begins with a sign that the script writes"), rest)
    }

    fn read_union(mut rest: &'static str) -> (Self, &'static str) {
        let mut choices = Vec::new();
        loop {
            let (choice, after) = Self::read_one(rest);
            choices.push(choice);
            let (sign, after) = after.split_at_checked(1).expect("a union is closed");
            if sign == ")" {
                return (Self::Union(choices), after);
            }
            rest = after;
        }
    }

    fn read_named(sign: &str, rest: &'static str) -> (Self, &'static str) {
        let end = rest.find(['|', ')']).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        let number = || name.parse::<usize>().expect("shapes and words have numbers");
        let kind = match sign {
            "e" => Self::Enum(Words(tables().words[number()])),
            "o" => Self::Shape(Shape(tables().shapes[number()])),
            _ => Self::Object(object(name).expect("an object that is named is in the map")),
        };
        (kind, rest)
    }

    /// The type without null, and whether it may be null.
    #[must_use]
    pub fn without_null(&self) -> (&Self, bool) {
        match self {
            Self::Nullable(inner) => (inner, true),
            other => (other, false),
        }
    }
}
