//! A ledger that executes a request at most once per idempotency key, as Stripe does, and counts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use super::killer::Dice;
use super::server::{Answer, Received, Server, Step};

/// What the server knows of one key.
#[derive(Debug, Clone)]
pub(crate) struct Execution {
    pub(crate) target: String,
    pub(crate) body: Vec<u8>,
    /// How often the request was received.
    pub(crate) received: usize,
    /// How often it was executed: once, or the ledger itself is wrong.
    pub(crate) executed: usize,
    result: Option<(String, Vec<u8>)>,
}

/// The ledger's state, shared with the test.
#[derive(Debug)]
pub(crate) struct Ledger {
    keys: Mutex<BTreeMap<String, Execution>>,
    dice: Mutex<Dice>,
    /// Execution and the answer's way back each take a random time below this.
    pause: Duration,
    /// One answer in so many is lost on its way back. 0: none.
    lost_one_in: usize,
}

impl Ledger {
    pub(crate) fn start(dice: Dice, pause: Duration, lost_one_in: usize) -> (Arc<Self>, Server) {
        let keys = Mutex::new(BTreeMap::new());
        let ledger = Arc::new(Self { keys, dice: Mutex::new(dice), pause, lost_one_in });
        let answering = Arc::clone(&ledger);
        (ledger, Server::answering(move |request| answering.answer(request)))
    }

    pub(crate) fn executions(&self) -> BTreeMap<String, Execution> {
        self.keys.lock().expect("no panic in the ledger").clone()
    }

    /// How often requests with this parameter were executed, under whatever keys.
    pub(crate) fn executed(&self, name: &str, value: &str) -> usize {
        let holds = |execution: &&Execution| {
            form_urlencoded::parse(&execution.body).any(|(known, is)| known == name && is == value)
        };
        self.executions().values().filter(holds).map(|execution| execution.executed).sum()
    }

    fn answer(&self, request: &Received) -> Step {
        let Some(key) = request.key().filter(|_| request.method == "POST") else {
            return Answer::error(400, "invalid_request_error", Some("the_ledger_wants_a_key")).into();
        };
        match self.begin(key, request) {
            Some(known) => known.into(),
            None => self.execute(key),
        }
    }

    /// Notes the request; an answer when it is not to be executed.
    fn begin(&self, key: &str, request: &Received) -> Option<Answer> {
        let mut keys = self.keys.lock().expect("no panic in the ledger");
        let Some(known) = keys.get_mut(key) else {
            let (target, body) = (request.target.clone(), request.body.clone());
            keys.insert(key.to_owned(), Execution { target, body, received: 1, executed: 0, result: None });
            return None;
        };
        known.received += 1;
        if (&known.target, &known.body) != (&request.target, &request.body) {
            return Some(Answer::error(400, "idempotency_error", None));
        }
        Some(match &known.result {
            None => Answer::error(409, "invalid_request_error", Some("idempotency_key_in_use")),
            Some((original, body)) => Answer::new(200, body)
                .header("Idempotent-Replayed", "true")
                .header("Original-Request", original.clone()),
        })
    }

    fn execute(&self, key: &str) -> Step {
        self.wait();
        let answer = {
            let mut keys = self.keys.lock().expect("no panic in the ledger");
            let number = keys.len();
            let execution = keys.get_mut(key).expect("begun");
            execution.executed += 1;
            let id = format!("pi_{number}");
            let body = json!({"id": id, "object": "payment_intent", "livemode": false}).to_string();
            let request_id = format!("req_execution_{number}");
            execution.result = Some((request_id.clone(), body.clone().into_bytes()));
            Answer::new(200, body)
                .header("Request-Id", request_id.clone())
                .header("Original-Request", request_id)
        };
        self.wait();
        let mut dice = self.dice.lock().expect("no panic in the ledger");
        if self.lost_one_in > 0 && dice.below(self.lost_one_in) == 0 {
            return Step::DropAfterRead;
        }
        answer.into()
    }

    fn wait(&self) {
        let pause = self.dice.lock().expect("no panic in the ledger").time_below(self.pause);
        std::thread::sleep(pause);
    }
}
