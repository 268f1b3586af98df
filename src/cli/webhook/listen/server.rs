//! The local endpoint: started, announced, explained, and ended.

use std::io::{self, ErrorKind, IsTerminal};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::runtime::runtime;
use crate::cli::webhook::secrets::{self, NamedSecret};
use crate::cli::webhook::source;
use crate::exit::ExitCode;
use crate::profile::Mode;
use crate::request::Interrupt;
use crate::time::UnixMillis;
use crate::webhook::explain::{DeliveryHeaders, Explanation, Question, explain};
use crate::webhook::listen::{Announcement, Explain, Forwarder, Listener, serve};
use crate::webhook::{Verdict, Window};

use super::work::{Ended, Work, finish, told_to_stop};

/// The server, until the events that were waited for have come, the time is over, or a signal.
pub(super) fn run(context: &Context, work: Work, secrets: Vec<NamedSecret>) -> Result<ExitCode, Failure> {
    let wishes = work.wishes;
    let how = secrets.first().map(|named| format!("{} ({})", named.secret, named.name));
    let how = if wishes.is_verified { how } else { None };
    let explain = explainer(context, secrets, work.profile.mode)?;
    runtime()?.block_on(async {
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, wishes.port)).await;
        let socket = bound.map_err(|error| unbound(wishes.port, &wishes.elsewhere, &error))?;
        let port = socket.local_addr().map_err(|error| Failure::internal(error.to_string()))?.port();
        let failed =
            |error: io::Error| Failure::internal(format!("the running listen cannot be announced: {error}"));
        let _announcement =
            Announcement::write(Context::paths()?.data_dir(), port, source::now()).map_err(failed)?;
        let interrupt = Interrupt::listen();
        announce(context, port, how.as_deref())?;
        let forwarding = work.forwarder.start();
        let listener = Arc::new(Listener {
            keys: work.keys,
            is_verified: wishes.is_verified,
            events: work.events,
            max_body: wishes.max_body,
            count: wishes.count,
            explain,
            forwarder: Arc::clone(&work.forwarder),
            writer: work.writer,
            reports: work.reports,
            stop: work.stop.clone(),
            now: || UnixMillis::now().0,
            counted: 0.into(),
        });
        let commands = read_commands(context, Arc::downgrade(&work.forwarder));
        let mut served = std::pin::pin!(serve(socket, Arc::clone(&listener)));
        let ended = tokio::select! {
            () = served.as_mut() => Ended::Reached,
            ended = told_to_stop(wishes.duration, commands, &interrupt) => {
                work.stop.send_replace(true);
                served.await;
                ended
            }
        };
        drop((listener, work.forwarder));
        finish(forwarding, ended, &interrupt).await
    })
}

/// `elsewhere` is the command that listens on a free port.
fn unbound(port: u16, elsewhere: &str, error: &io::Error) -> Failure {
    let message = match error.kind() {
        ErrorKind::AddrInUse => format!("Port {port} is already in use"),
        _ => format!("Port {port} cannot be listened on: {error}"),
    };
    Failure::usage(message).next(elsewhere)
}

fn announce(context: &Context, port: u16, secret: Option<&str>) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct ListeningJson<'a> {
        schema: u32,
        kind: &'static str,
        url: &'a str,
        port: u16,
    }
    let url = format!("http://127.0.0.1:{port}");
    if context.printer.is_json() {
        context.print_json(&ListeningJson { schema: 1, kind: "listening", url: &url, port })?;
    } else {
        context.printer.line(&format!("Listening on {url}"))?;
    }
    let verified = match secret {
        Some(secret) => format!("Signatures are verified with {secret}"),
        None => "Signatures are not verified".into(),
    };
    context.printer.notice(&format!("{verified}; Ctrl-C stops"));
    Ok(())
}

/// Finds the causes of failed verifications, a few a second: a flood of bad deliveries is not to cost more.
fn explainer(context: &Context, secrets: Vec<NamedSecret>, mode: Mode) -> Result<Box<Explain>, Failure> {
    /// The pause between two searches.
    const PAUSE: Duration = Duration::from_millis(100);
    let others = secrets::others(context, &secrets)?;
    let last: Mutex<Option<Instant>> = Mutex::default();
    Ok(Box::new(move |body: &[u8], header: Option<&[u8]>, content_length: Option<u64>, verdict: &Verdict| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < PAUSE) {
            return Vec::new();
        }
        *last = Some(Instant::now());
        search(&secrets, &others, (body, header, content_length), verdict, mode)
    }))
}

fn search(
    secrets: &[NamedSecret],
    others: &[NamedSecret],
    (body, header, content_length): (&[u8], Option<&[u8]>, Option<u64>),
    verdict: &Verdict,
    mode: Mode,
) -> Vec<Explanation> {
    let given: Vec<_> = secrets.iter().map(NamedSecret::as_named).collect();
    let others: Vec<_> = others.iter().map(NamedSecret::as_named).collect();
    let question = Question {
        body,
        headers: DeliveryHeaders::Stripe(header),
        secrets: &given,
        others: &others,
        window: Window { now: source::now(), tolerance_seconds: 300 },
        content_length,
        is_live_profile: Some(mode.is_live()),
    };
    explain(&question, verdict)
}

/// Reads on a thread of its own what a person types at a terminal. Hears of `q` through what is returned; nothing
/// without a terminal.
fn read_commands(context: &Context, forwarder: Weak<Forwarder>) -> Option<mpsc::Receiver<()>> {
    const KEYS: &str = "v shows the last event, r sends it again, q quits (each with Enter)";
    let printer = context.printer;
    if !io::stdin().is_terminal() || printer.is_json() {
        return None;
    }
    printer.notice(KEYS);
    let (quit, heard) = mpsc::channel(1);
    let handle = tokio::runtime::Handle::current();
    std::thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            // Without a forwarder the listener has ended.
            let Some(forwarder) = forwarder.upgrade() else { return };
            match line.trim() {
                // It may have ended meanwhile.
                "q" => drop(quit.blocking_send(())),
                "v" => match forwarder.last() {
                    Some(last) => drop(printer.body(&last.body)),
                    None => printer.notice("no event has come yet"),
                },
                "r" if handle.block_on(forwarder.resend()) => {}
                "r" => printer.notice("no event has come yet"),
                _ => printer.notice(KEYS),
            }
        }
    });
    Some(heard)
}
