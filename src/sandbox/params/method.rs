//! The methods that the API has. Pure.

/// How something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Method {
    /// Reads; takes its parameters from the query and no idempotency key.
    Get,
    /// Creates, changes or acts; takes its parameters from the body.
    Post,
    /// Deletes; takes no idempotency key.
    Delete,
}

impl Method {
    /// As it stands in a request.
    pub(in crate::sandbox) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}
