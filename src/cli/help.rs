//! `paycli help`: a command's help, or a topic.

use std::fmt::Write;

use clap::{Args, Command};
use roff::{Roff, roman};

use crate::exit::{ExitCode, TABLE};

use super::context::Context;
use super::failure::Failure;

/// Options of `help`.
#[derive(Debug, Args)]
pub(super) struct HelpArgs {
    /// A topic (exit-codes, environment, idempotency, security) or a command
    #[arg(value_name = "TOPIC|COMMAND")]
    words: Vec<String>,
}

/// A topic that no single command explains.
pub(super) struct Topic {
    pub(super) name: &'static str,
    title: &'static str,
    text: fn() -> String,
}

pub(super) const TOPICS: &[Topic] = &[
    Topic { name: "exit-codes", title: "Exit codes of paycli", text: exit_codes },
    Topic { name: "environment", title: "Environment and files of paycli", text: || ENVIRONMENT.into() },
    Topic {
        name: "idempotency",
        title: "How paycli keeps a request to one execution",
        text: || IDEMPOTENCY.into(),
    },
    Topic { name: "security", title: "Keys, modes and what paycli never does", text: || SECURITY.into() },
];

fn exit_codes() -> String {
    let mut text = String::new();
    for (code, meaning) in TABLE {
        let _ = writeln!(text, "{:>4}  {meaning}", code.as_u8());
    }
    text.push_str(
        "\nAfter 12, 15, 20 and 22 the same command again is safe on the same journal; on another machine\n\
         give the same key (-i or --operation). 4, 10 and 11 need another input; 5 and 21 need a person.\n",
    );
    text
}

const ENVIRONMENT: &str = "\
PAYCLI_API_KEY          the API key; then STRIPE_API_KEY
PAYCLI_WEBHOOK_SECRET   the webhook signing secret; then STRIPE_WEBHOOK_SECRET
PAYCLI_KEYSTORE         where `keys add` and `login` keep a key: keyring (the default), file or env
PAYCLI_KEYSTORE_PASSPHRASE
                        the passphrase of the key file; else it is asked for at a terminal
PAYCLI_KEYSTORE_NEW_PASSPHRASE
                        the new passphrase, for `keys rekey`
PAYCLI_KEYRING_TIMEOUT  how long each call of the keyring may take [3s; 60s at a terminal]
PAYCLI_PROFILE          the profile, as --profile
PAYCLI_API_BASE         the base URL of the API, as --api-base
PAYCLI_HOME             one folder for everything: config.toml, and data/ for the journals and the
                        list of stored keys
PAYCLI_JOURNAL_URL      a journal that machines share: postgres://USER@HOST/DATABASE?sslmode=verify-full
                        instead of the files; its password from PGPASSWORD or ~/.pgpass (PGPASSFILE)
PAYCLI_JOURNAL_LEASE    how long a silent process keeps its keys in a shared journal [15s]
PGSSLMODE, PGSSLROOTCERT
                        TLS to the database, where the URL says nothing
NO_COLOR                no colour, when it is not empty
CLICOLOR_FORCE          colour in a pipe too
SSL_CERT_FILE           the bundle of trusted certificates, on Linux
HTTPS_PROXY, NO_PROXY   a proxy for https; this machine is never reached through one

A flag beats a variable, a variable beats the profile, the profile beats the default. The sandbox profile
uses the sandbox's own key and signing secret, and leaves the variables for them aside.

Without PAYCLI_HOME the configuration is in $XDG_CONFIG_HOME/paycli and the journals are in
$XDG_DATA_HOME/paycli, or in the platform's own places on macOS and Windows.
";

const IDEMPOTENCY: &str = "\
Every POST carries an idempotency key, and so does a DELETE of /v2. The key is on disk, with the bytes of the
request, before the first of them leaves. A retry sends the same bytes under the same key.

Which key:
  -i KEY             the key that you give
  --operation NAME   the key that the first run of NAME made, for good
  --new-key          a new key, whatever is unfinished
  otherwise          the key of an unfinished run of the same request, else a new one

The same request: same mode, account, host, method, path, API version and parameters, in any order.

So the same command again, after a time-out, a kill or a lost network, never pays twice: it goes on with the
key of the run before. After a success it is a new request. Where a job may be run again after its success, name
the operation: --operation invoice-2026-17.

The API remembers a key for 24 hours (/v2: 30 days). An hour before that, paycli stops sending it: with a final
result the journal answers, with an unknown one the exit code is 21 and nothing is sent. A clock that went
backwards counts as too late. Look the request up among the API's events, or in the Dashboard:
  paycli journal reconcile KEY
  paycli journal resolve KEY --as succeeded|failed --why TEXT

Runners that keep no journal give the key themselves, and the time from which it must not be sent:
  paycli post payment_intents -d amount=2000 -d currency=usd -i order-17 --not-after 2026-01-31T09:00:00Z
";

const SECURITY: &str = "\
Keys come from the keyring of the operating system, a file that is encrypted with a passphrase, the environment, a
file or standard input. Where a key is stored was chosen by name: a keyring that is locked, missing or hangs is an
error, and nothing is kept elsewhere instead. The list of stored keys holds no key, only prefixes, last characters and
fingerprints under a salt. Commands that get a new key (keys rotate --exec) get it on standard input alone. A
command of `paycli exec` gets the key as STRIPE_API_KEY, no other API key, and PAYCLI_PROFILE; in live mode it needs
--live, and live = read-only refuses it, since it can do anything with the key. Keys that are shown (keys show --reveal)
or handed to a command are written down in the log of keys. The folder of paycli's files must not be writable by
everyone, and its folder data must not be a link. A key on the command line is visible to every process:
in test mode it is taken with a warning, in live mode refused. Keys are shown as sk_test_****7890.

A profile has one mode. A key of the other mode is refused before anything is sent (exit 78). A live profile acts
only with --live on that very call, and asks before a write unless --yes is given. `paycli config set live deny`
locks live mode on a machine; `read-only` lets it read.

A live key goes to Stripe's own hosts, to this machine, or to the base URL that is stored in the profile, and
nowhere else. Redirects are not followed. Test and live have journals of their own.

The journal holds requests and answers, which may be private: its files are readable by you alone. Keys are not in
it, and a card number that is no test number is refused.
";

/// Prints the help of a topic, a command, or of everything.
pub(super) fn run(context: &Context, args: &HelpArgs, mut command: Command) -> Result<ExitCode, Failure> {
    if let [word] = &args.words[..]
        && let Some(topic) = TOPICS.iter().find(|topic| topic.name == word)
    {
        context.printer.data((topic.text)().as_bytes())?;
        return Ok(ExitCode::Success);
    }
    command.build();
    let mut at = &mut command;
    for word in &args.words {
        at = at.find_subcommand_mut(word).ok_or_else(|| {
            let topics: Vec<_> = TOPICS.iter().map(|topic| topic.name).collect();
            Failure::usage(format!("there is no command or topic {word:?}"))
                .next("help")
                .hint(format!("topics: {}", topics.join(", ")))
        })?;
    }
    let text = at.render_long_help().to_string();
    context.printer.data(text.as_bytes())?;
    Ok(ExitCode::Success)
}

/// The man page of a topic.
pub(super) fn page(topic: &Topic) -> String {
    let title = format!("PAYCLI-{}", topic.name.to_uppercase());
    let source = format!("paycli {}", crate::VERSION);
    Roff::new()
        .control("TH", [title.as_str(), "7", " ", source.as_str()])
        .control("SH", ["NAME"])
        .text([roman(format!("paycli-{} - {}", topic.name, topic.title))])
        .control("SH", ["DESCRIPTION"])
        .control("nf", [])
        .text([roman((topic.text)().trim_end())])
        .control("fi", [])
        .render()
}
