//! The contents of a repository, one after the other, from one `git cat-file --batch`.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::{Git, GitError, start_error};

const ARGS: &[&str] = &["cat-file", "--batch"];

/// Contents by their ids.
pub(super) struct Blobs {
    git: Git,
    running: Option<Running>,
}

struct Running {
    child: Child,
    ids: ChildStdin,
    contents: BufReader<ChildStdout>,
}

impl Blobs {
    pub(super) const fn of(git: Git) -> Self {
        Self { git, running: None }
    }

    /// Hands the content of an object to `read`. `Ok(Err(why))` is an object that is missing or broken: git is started
    /// again for the next one, where it broke over it.
    pub(super) fn read<T>(
        &mut self,
        id: &str,
        read: impl FnOnce(&mut dyn Read) -> T,
    ) -> Result<Result<T, String>, GitError> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => self.start()?,
        };
        match running.ask(id, read) {
            Ok(answer) => {
                self.running = Some(running);
                Ok(answer)
            }
            Err(error) => {
                running.end();
                Ok(Err(format!("git cannot read the object {id} ({error}): see git fsck")))
            }
        }
    }

    fn start(&self) -> Result<Running, GitError> {
        let mut command = self.git.command(ARGS);
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| start_error(ARGS, error))?;
        let ids = child.stdin.take().expect("it is piped");
        let contents = BufReader::with_capacity(1 << 16, child.stdout.take().expect("it is piped"));
        Ok(Running { child, ids, contents })
    }
}

impl Running {
    fn ask<T>(&mut self, id: &str, read: impl FnOnce(&mut dyn Read) -> T) -> io::Result<Result<T, String>> {
        self.ids.write_all(format!("{id}\n").as_bytes())?;
        let mut header = String::new();
        if self.contents.read_line(&mut header)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let size = header.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
        let Some(size) = size else { return Ok(Err(format!("git has no object {id}"))) };
        let mut content = (&mut self.contents).take(size);
        let done = read(&mut content);
        io::copy(&mut content, &mut io::sink())?;
        if content.limit() > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.contents.read_exact(&mut [0])?;
        Ok(Ok(done))
    }

    fn end(mut self) {
        // Whether it has ended already does not matter.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.end();
        }
    }
}
