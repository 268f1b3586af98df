//! A secret named on the command line: `env:NAME`, `file:PATH`, `-`, or the secret itself.

use std::io::{self, Read};
use std::path::PathBuf;

use secrecy::SecretString;

/// The most that is read from a file or standard input, in bytes: no secret is longer.
const MAX_BYTES: u64 = 4096;

/// Where a secret is to be taken from.
#[derive(Debug, Clone)]
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// The secret stood on the command line, where every process can see it.
    Literal(SecretString),
}

/// Why a secret could not be taken. No variant holds any of it.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The variable is not set, or is empty.
    #[error("the environment variable {0} is not set")]
    NoVariable(String),
    /// The file or standard input cannot be read.
    #[error("{place} cannot be read: {error}")]
    Unreadable {
        /// The file's name, or `standard input`.
        place: String,
        /// What the system said.
        error: io::Error,
    },
    /// Not text.
    #[error("{0} does not hold text")]
    NotText(String),
    /// More than any secret has.
    #[error("{0} holds more than {MAX_BYTES} bytes, which no secret has")]
    TooLong(String),
}

impl SecretSource {
    /// Reads the way a source is written.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.split_once(':') {
            _ if text == "-" => Self::Stdin,
            Some(("env", name)) => Self::Env(name.to_owned()),
            Some(("file", path)) => Self::File(PathBuf::from(path)),
            _ => Self::Literal(SecretString::from(text)),
        }
    }

    /// Whether the secret is visible to other processes.
    #[must_use]
    pub const fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }

    /// The words that tell where the secret was found.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Env(name) => format!("env:{name}"),
            Self::File(path) => format!("file:{}", path.display()),
            Self::Stdin => "standard input".into(),
            Self::Literal(_) => "the command line".into(),
        }
    }

    /// Takes the secret.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn read(&self) -> Result<SecretString, SourceError> {
        let place = self.describe();
        match self {
            Self::Env(name) => match std::env::var(name) {
                Ok(value) if !value.is_empty() => Ok(SecretString::from(value)),
                Err(std::env::VarError::NotUnicode(_)) => Err(SourceError::NotText(place)),
                _ => Err(SourceError::NoVariable(name.clone())),
            },
            Self::File(path) => match std::fs::File::open(path) {
                Ok(file) => read_text(file, place),
                Err(error) => Err(SourceError::Unreadable { place, error }),
            },
            Self::Stdin => read_text(io::stdin().lock(), place),
            Self::Literal(secret) => Ok(secret.clone()),
        }
    }
}

fn read_text(reader: impl Read, place: String) -> Result<SecretString, SourceError> {
    let mut bytes = Vec::new();
    if let Err(error) = reader.take(MAX_BYTES + 1).read_to_end(&mut bytes) {
        return Err(SourceError::Unreadable { place, error });
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(SourceError::TooLong(place));
    }
    String::from_utf8(bytes).map(SecretString::from).map_err(|_| SourceError::NotText(place))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_source_is_told_by_its_first_word() {
        assert!(matches!(SecretSource::parse("-"), SecretSource::Stdin));
        assert!(matches!(SecretSource::parse("env:KEY"), SecretSource::Env(name) if name == "KEY"));
        assert!(
            matches!(SecretSource::parse("file:/a:b"), SecretSource::File(path) if path.as_os_str() == "/a:b")
        );
        assert!(SecretSource::parse("sk_test_12345").is_literal());
    }

    #[test]
    fn a_file_is_read_to_a_limit() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("key");
        std::fs::write(&path, "sk_test_12345\n").expect("write");
        let source = SecretSource::File(path.clone());
        assert_eq!(source.read().expect("a secret").expose_secret(), "sk_test_12345\n");
        std::fs::write(&path, vec![b'x'; 5000]).expect("write");
        assert!(matches!(source.read(), Err(SourceError::TooLong(_))));
        std::fs::write(&path, [0xff]).expect("write");
        assert!(matches!(source.read(), Err(SourceError::NotText(_))));
    }
}
