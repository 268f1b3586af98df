//! A webhook endpoint on axum with async-stripe's webhook crate, as its users write one, and its strict parser.
//!
//! usage: async-stripe-receiver serve|parse. `serve` takes the secret from WEBHOOK_SECRET and prints its URL. `parse`
//! reads deliveries as tests/peers/events.py does: a JSON object a line with payload, header and secret; it answers
//! each with {"ok", "type", "class"}, the class being the variant of the event's object, or with {"ok", "error"}.

use std::io::{self, BufRead, Write};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde::{Deserialize, Serialize};
use stripe_webhook::{EventObject, Webhook};

#[derive(Deserialize)]
struct Delivery {
    payload: String,
    header: String,
    secret: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Event { ok: bool, r#type: String, class: String },
    Failure { ok: bool, error: String },
}

fn main() -> io::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => serve(),
        Some("parse") => parse(),
        other => Err(io::Error::other(format!("serve or parse is expected, and not {other:?}"))),
    }
}

fn parse() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let answer = read(&serde_json::from_str(&line?)?);
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
    }
    Ok(())
}

fn read(delivery: &Delivery) -> Answer {
    match Webhook::construct_event(&delivery.payload, &delivery.header, &delivery.secret) {
        Ok(event) => {
            Answer::Event { ok: true, r#type: event.type_.to_string(), class: variant(&event.data.object) }
        }
        Err(error) => Answer::Failure { ok: false, error: error.to_string() },
    }
}

/// The name of the variant: what stands before its content.
fn variant(object: &EventObject) -> String {
    let shown = format!("{object:?}");
    shown.split('(').next().unwrap_or_default().to_owned()
}

fn serve() -> io::Result<()> {
    let secret = std::env::var("WEBHOOK_SECRET").map_err(io::Error::other)?;
    let endpoint = move |headers: HeaderMap, body: String| async move {
        let Some(header) = headers.get("stripe-signature").and_then(|value| value.to_str().ok()) else {
            return (StatusCode::BAD_REQUEST, "no signature".to_owned());
        };
        match Webhook::construct_event(&body, header, &secret) {
            Ok(event) => (StatusCode::OK, event.type_.to_string()),
            Err(error) => (StatusCode::BAD_REQUEST, error.to_string()),
        }
    };
    let app = Router::new().route("/webhook", post(endpoint)).layer(DefaultBodyLimit::max(1_000_000));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}/webhook", socket.local_addr()?);
        axum::serve(socket, app).await
    })
}
