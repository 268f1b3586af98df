//! Parameters: decoding them, checking them against tables, and the errors that tell what is wrong. No I/O.

pub(in crate::sandbox) mod api_error;
pub(in crate::sandbox) mod form;
pub(in crate::sandbox) mod method;
pub(in crate::sandbox) mod schema;
pub(in crate::sandbox) mod search_query;
pub(in crate::sandbox) mod values;
pub(in crate::sandbox) mod versions;
