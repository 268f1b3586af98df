//! A sandbox on a port, in a home of its own: what it keeps is not in the home of the client.

use std::ffi::OsString;

use serde_json::Value;

use super::env::{Home, PAYCLI};
use super::run::Running;

/// A sandbox that runs until it is dropped. Its clock can be set by starting it again on the same data.
pub(crate) struct Sandbox {
    home: Home,
    server: Running,
    pub(crate) url: String,
}

impl Sandbox {
    pub(crate) fn start() -> Self {
        let home = Home::new();
        let (server, url) = serve(&home, &[]);
        Self { home, server, url }
    }

    /// The same sandbox at another time, in Unix seconds.
    pub(crate) fn again_at(mut self, time: i64) -> Self {
        self.server.kill();
        (self.server, self.url) = serve(&self.home, &["--clock", &time.to_string()]);
        self
    }

    /// What `paycli sandbox` with these arguments does to it.
    pub(crate) fn control(&self, args: &[&str]) {
        self.home.paycli(["sandbox"]).args(args).without_key().run().exits(0);
    }

    /// Its first secret key.
    pub(crate) fn secret_key(&self) -> String {
        self.key("secret_key")
    }

    /// One of its first keys.
    pub(crate) fn key(&self, name: &str) -> String {
        let seen = self.home.paycli(["sandbox", "keys", "--json"]).without_key().run().exits(0);
        let keys: Value = seen.json();
        keys[name].as_str().unwrap_or_else(|| panic!("no {name}: {seen}")).to_owned()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.kill();
    }
}

fn serve(home: &Home, args: &[&str]) -> (Running, String) {
    let mut command: Vec<OsString> = [PAYCLI, "sandbox", "serve", "--port", "0"].map(Into::into).to_vec();
    command.extend(args.iter().map(Into::into));
    let mut server = home.command(command).start();
    server.until("a URL", |running| running.stdout_so_far().contains('\n'));
    let url = server.stdout_so_far().trim().to_owned();
    (server, url)
}
