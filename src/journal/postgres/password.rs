//! Where the password of the database comes from: the URL, `PGPASSWORD`, or a file of passwords as libpq's, in
//! this order.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::address::{Address, Login};

/// A file of passwords that is not used.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Others can read it.
    #[error("{} can be read by others: chmod 600 it", .0.display())]
    Open(PathBuf),
    /// It cannot be read.
    #[error("{} cannot be read: {error}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

/// What the environment says of passwords.
#[derive(Clone, Default)]
pub struct PasswordSources {
    /// `PGPASSWORD`.
    pub password: Option<String>,
    /// `PGPASSFILE`, else `~/.pgpass`.
    pub file: Option<PathBuf>,
}

impl std::fmt::Debug for PasswordSources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordSources").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Address {
    /// The address with its password, where there is one.
    ///
    /// # Errors
    /// When the file of passwords cannot be used.
    pub fn with_password_of(self, sources: &PasswordSources) -> Result<Self, PasswordError> {
        if self.has_password() {
            return Ok(self);
        }
        if let Some(password) = &sources.password {
            return Ok(self.with_password(password));
        }
        let Some(text) = sources.file.as_deref().map(read).transpose()?.flatten() else { return Ok(self) };
        match find(&text, &self.login()) {
            Some(password) => Ok(self.with_password(&password)),
            None => Ok(self),
        }
    }
}

fn read(path: &Path) -> Result<Option<String>, PasswordError> {
    let unreadable = |error| PasswordError::Unreadable { path: path.to_owned(), error };
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        metadata => metadata.map_err(unreadable)?,
    };
    if is_open_to_others(&metadata) {
        return Err(PasswordError::Open(path.to_owned()));
    }
    fs::read_to_string(path).map(Some).map_err(unreadable)
}

#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.is_file() && metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
const fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

/// The password of the first line that fits: `host:port:database:user:password`, `*` for any, `\\` before `:`
/// and `\\`. A socket is found under the name of its folder and under `localhost`.
fn find(text: &str, login: &Login) -> Option<String> {
    let port = login.port.to_string();
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let [host, its_port, database, user, password] = fields(line)?;
        let is_host = |wanted: &String| host == *wanted || wanted.starts_with('/') && host == "localhost";
        let fits = (host == "*" || login.hosts.iter().any(is_host))
            && [(its_port, &port), (database, &login.database), (user, &login.user)]
                .iter()
                .all(|(pattern, wanted)| pattern == "*" || pattern == *wanted);
        fits.then_some(password)
    })
}

/// The five fields of a line. A password may have colons in it, as libpq reads it, too.
fn fields(line: &str) -> Option<[String; 5]> {
    let mut fields: [String; 5] = Default::default();
    let (mut at, mut letters) = (0, line.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => fields[at].extend(letters.next()),
            ':' if at < 4 => at += 1,
            other => fields[at].push(other),
        }
    }
    (at == 4).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(host: &str) -> Login {
        Login { hosts: vec![host.into()], port: 5432, database: "money".into(), user: "pay".into() }
    }

    #[test]
    fn the_first_line_that_fits_counts() {
        let file = "# a comment\nnonsense\nother:5432:money:pay:no\ndb:5433:*:*:no\ndb:*:money:pay:a\\:b\\\\c:d\n*:*:*:*:last\n";
        assert_eq!(find(file, &login("db")).as_deref(), Some("a:b\\c:d"));
        assert_eq!(find(file, &login("elsewhere")).as_deref(), Some("last"));
        assert_eq!(find("db:*:other:pay:no", &login("db")), None);
        assert_eq!(find("localhost:*:*:*:yes", &login("/tmp/s")).as_deref(), Some("yes"));
        assert_eq!(find("/tmp/s:*:*:*:yes", &login("/tmp/s")).as_deref(), Some("yes"));
    }

    #[test]
    fn the_url_beats_the_variable_and_that_the_file() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("pgpass");
        fs::write(&file, "*:*:*:*:from-file").expect("a file");
        let config = |url: &str, password: Option<&str>| {
            let sources = PasswordSources { password: password.map(Into::into), file: Some(file.clone()) };
            let address = Address::parse(url).expect("an address").with_password_of(&sources);
            address.map(|address| {
                let config = address.config(std::time::Duration::from_secs(1));
                String::from_utf8(config.get_password().expect("a password").to_vec()).expect("text")
            })
        };
        let of_url = ["postgres://u:from", "url@h/d"].join("-");
        assert_eq!(config(&of_url, Some("from-variable")).expect("found"), "from-url");
        assert_eq!(config("postgres://u@h/d", Some("from-variable")).expect("found"), "from-variable");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("a mode");
            mode(0o640);
            assert!(matches!(config("postgres://u@h/d", None), Err(PasswordError::Open(_))));
            mode(0o600);
        }
        assert_eq!(config("postgres://u@h/d", None).expect("found"), "from-file");
    }
}
