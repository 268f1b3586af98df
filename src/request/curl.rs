//! A request as a curl command, with the key left to the environment.

use std::borrow::Cow;
use std::fmt::Write;

use shlex::Quoter;

use crate::journal::Intent;
use crate::profile::ApiBase;

use super::http::headers;

/// The curl command that sends the same bytes. The API key is `$PAYCLI_API_KEY`, to be expanded by the
/// shell; everything else is quoted for a POSIX shell.
#[must_use]
pub fn to_curl(base: &ApiBase, intent: &Intent, key: Option<&str>) -> String {
    let url = format!("{}{}", base.as_str(), intent.path);
    let mut command = format!("curl --globoff -X {} {}", intent.method, shell_quote(&url));
    command.push_str(" \\\n  -H \"Authorization: Bearer $PAYCLI_API_KEY\"");
    for (name, value) in headers(intent, key) {
        let header = format!("{name}: {value}");
        let _ = write!(command, " \\\n  -H {}", shell_quote(&header));
    }
    if !intent.body.is_empty() {
        let body = String::from_utf8_lossy(&intent.body);
        let _ = write!(command, " \\\n  --data-raw {}", shell_quote(&body));
    }
    command
}

/// A text as one word of a POSIX shell. A NUL, which no shell can pass on, stays as it is.
#[must_use]
pub fn shell_quote(text: &str) -> Cow<'_, str> {
    Quoter::new().allow_nul(true).quote(text).unwrap_or(Cow::Borrowed(text))
}
