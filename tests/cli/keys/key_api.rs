//! An API that makes, rotates and expires keys, and loses or refuses what a test tells it to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::json;

use super::{account_answer, refused};
use crate::support::server::{Answer, Received, Step};
use crate::support::{Server, keys};

/// One key at the API.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) token: String,
    pub(super) is_alive: bool,
    /// Minutes that it was given when it was rotated.
    pub(super) minutes: Option<u64>,
}

/// What the API does to a request whose path ends so.
type Fault = (&'static str, &'static str, Step);

#[derive(Clone, Default)]
pub(super) struct State {
    rows: Vec<Row>,
    made: BTreeMap<String, usize>,
    faults: Vec<Fault>,
    lost: Vec<&'static str>,
    log: Vec<String>,
}

/// The API, on a port of its own.
pub(super) struct KeyApi {
    state: Arc<Mutex<State>>,
    server: Server,
}

impl KeyApi {
    /// One that knows these keys.
    pub(super) fn of(tokens: &[&str]) -> Self {
        let rows = tokens.iter().enumerate().map(|(at, token)| row(at, token)).collect();
        let state = Arc::new(Mutex::new(State { rows, ..State::default() }));
        let shared = Arc::clone(&state);
        let server = Server::answering(move |request| answer(&mut lock(&shared), request));
        Self { state, server }
    }

    /// How it is now, to be gone back to.
    pub(super) fn snapshot(&self) -> State {
        lock(&self.state).clone()
    }

    /// As it was.
    pub(super) fn restore(&self, state: &State) {
        *lock(&self.state) = state.clone();
    }

    pub(super) fn url(&self) -> String {
        self.server.url()
    }

    /// From now on, answers like this where method and path's end fit.
    pub(super) fn fault(&self, method: &'static str, end: &'static str, step: impl Into<Step>) {
        lock(&self.state).faults.push((method, end, step.into()));
    }

    /// No faults any more.
    pub(super) fn heal(&self) {
        lock(&self.state).faults.clear();
    }

    /// Executes the next request whose path ends so, and loses the answer.
    pub(super) fn lose(&self, end: &'static str) {
        lock(&self.state).lost.push(end);
    }

    /// The time of every rotated key is over.
    pub(super) fn end_overlaps(&self) {
        lock(&self.state)
            .rows
            .iter_mut()
            .filter(|row| row.minutes.is_some())
            .for_each(|row| row.is_alive = false);
    }

    /// One more key, made by hand.
    pub(super) fn make(&self, token: &str) {
        let mut state = lock(&self.state);
        let at = state.rows.len();
        state.rows.push(row(at, token));
    }

    /// Somebody ends a key in the Dashboard.
    pub(super) fn end(&self, token: &str) {
        lock(&self.state)
            .rows
            .iter_mut()
            .filter(|row| row.token == token)
            .for_each(|row| row.is_alive = false);
    }

    pub(super) fn rows(&self) -> Vec<Row> {
        lock(&self.state).rows.clone()
    }

    /// The last four characters of every key that works.
    pub(super) fn alive(&self) -> Vec<String> {
        let last = |row: &Row| row.token[row.token.len() - 4..].to_owned();
        self.rows().iter().filter(|row| row.is_alive).map(last).collect()
    }

    pub(super) fn is_alive(&self, token: &str) -> bool {
        self.rows().iter().any(|row| row.is_alive && row.token == token)
    }

    /// Method, path and the last four characters of the key of each request, in order.
    pub(super) fn log(&self) -> Vec<String> {
        lock(&self.state).log.clone()
    }

    pub(super) fn requests(&self) -> Vec<Received> {
        self.server.requests()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("no panic in the API")
}

fn row(at: usize, token: &str) -> Row {
    Row { id: format!("mk_{at}"), token: token.to_owned(), is_alive: true, minutes: None }
}

fn object(row: &Row) -> serde_json::Value {
    json!({"id": row.id, "object": "v2.iam.api_key", "secret_key": {"token": row.token}})
}

fn answer(state: &mut State, request: &Received) -> Step {
    let path = request.path().to_owned();
    let token = request.header("Authorization").unwrap_or_default().trim_start_matches("Bearer ").to_owned();
    state.log.push(format!("{} {path} {}", request.method, &token[token.len().saturating_sub(4)..]));
    let fits = |(method, end, _): &&Fault| request.method == *method && path.ends_with(end);
    if let Some((.., step)) = state.faults.iter().find(fits) {
        return step.clone();
    }
    let is_known = state.rows.iter().any(|row| row.is_alive && row.token == token);
    let done = if is_known { execute(state, request, &path) } else { refused().into() };
    if let Some(at) = state.lost.iter().position(|end| path.ends_with(end)) {
        state.lost.remove(at);
        return Step::DropAfterRead;
    }
    done
}

fn execute(state: &mut State, request: &Received, path: &str) -> Step {
    if request.method == "GET" {
        return match path {
            "/v1/account" => account_answer().into(),
            "/v2/iam/api_keys" => {
                Answer::json(200, &json!({"data": state.rows.iter().map(object).collect::<Vec<_>>()})).into()
            }
            _ => Answer::json(200, &json!({"object": "list", "data": [], "has_more": false})).into(),
        };
    }
    let id = path.split('/').nth(4).unwrap_or_default();
    let Some(at) = state.rows.iter().position(|row| row.id == id) else {
        return Answer::error(404, "invalid_request_error", None).into();
    };
    if path.ends_with("/expire") {
        state.rows[at].is_alive = false;
        return Answer::json(200, &object(&state.rows[at])).into();
    }
    let key = request.key().expect("an idempotency key").to_owned();
    let made = match state.made.get(&key) {
        Some(made) => *made,
        None => rotate(state, at, key, &request.text()),
    };
    Answer::json(200, &object(&state.rows[made])).into()
}

fn rotate(state: &mut State, at: usize, key: String, body: &str) -> usize {
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let minutes = body["expire_current_key_in_minutes"].as_u64().expect("minutes");
    state.rows[at].minutes = Some(minutes);
    state.rows[at].is_alive = minutes > 0;
    let made = state.rows.len();
    let token = keys::numbered_test_key(100 + made as u64);
    state.rows.push(row(made, &token));
    state.made.insert(key, made);
    made
}
