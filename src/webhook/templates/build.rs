//! From a template to an event: requests answered by a sandbox, and the patches laid over its objects. Pure.
//!
//! In a patch a string that begins with `$` is a placeholder: `$now` and `$now+60` are times in Unix seconds,
//! `$new:re` a new id with that prefix, `$of:invoice.id` a field of an answer.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::recipe::{Patched, Recipe, RecipeStep, Template, Thin};

/// Answers requests and makes ids: a sandbox, behind whoever knows one.
pub trait Maker {
    /// Does one request; `params` is form-encoded.
    ///
    /// # Errors
    /// When the request is refused, in words.
    fn call(&mut self, method: &str, path: &str, params: &str) -> Result<Value, String>;

    /// Random letters and digits.
    fn letters(&mut self, length: usize) -> String;
}

/// Why a template made no event: a defect of the template or of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template of {kind} cannot be used: {why}")]
pub struct BuildError {
    kind: &'static str,
    why: String,
}

/// How many letters and digits follow the prefix of a new id.
const ID_LETTERS: usize = 24;

impl Template {
    /// A new event of this type. `now` is in Unix seconds and should be the maker's time.
    ///
    /// # Errors
    /// When the maker refuses a request, or a placeholder names nothing.
    pub fn build(&self, maker: &mut dyn Maker, now: i64) -> Result<Value, BuildError> {
        let mut build = Build { maker, now, answers: Map::new() };
        let event = match &self.recipe {
            Recipe::Made(steps) => build.run(steps).and_then(|()| build.newest(self.kind)),
            Recipe::Patched(patched) => build.patched(self.kind, patched),
            Recipe::Thin(thin) => build.thin(self.kind, thin),
        };
        event.map_err(|why| BuildError { kind: self.kind, why })
    }
}

struct Build<'a> {
    maker: &'a mut dyn Maker,
    now: i64,
    /// The answers to the steps, by name.
    answers: Map<String, Value>,
}

impl Build<'_> {
    fn run(&mut self, steps: &[RecipeStep]) -> Result<(), String> {
        for RecipeStep { name, method, path, params } in steps {
            let (path, params) = (self.filled(path)?, self.filled(params)?);
            let answer = self.maker.call(method, &path, &params)?;
            self.answers.insert((*name).to_owned(), answer);
        }
        Ok(())
    }

    /// The newest event of a type, or of any, as the sandbox made it.
    fn newest(&mut self, kind: &str) -> Result<Value, String> {
        let filter = if kind.is_empty() { "limit=1".to_owned() } else { format!("limit=1&type={kind}") };
        let mut events = self.maker.call("GET", "/v1/events", &filter)?;
        let event = events["data"].get_mut(0).map(Value::take);
        let mut event = event.ok_or_else(|| format!("the sandbox made no event {kind:?}"))?;
        event["pending_webhooks"] = json!(1);
        Ok(event)
    }

    fn patched(&mut self, kind: &str, patched: &Patched) -> Result<Value, String> {
        self.run(patched.steps)?;
        let mut event = self.newest("")?;
        let mut object = self.answer(patched.object)?.clone();
        let patch = self.read(patched.patch)?;
        merge(&mut object, patch);
        event["data"] = json!({ "object": object });
        if let Some(previous) = patched.previous {
            event["data"]["previous_attributes"] = self.read(previous)?;
        }
        event["type"] = json!(kind);
        Ok(event)
    }

    fn thin(&mut self, kind: &str, thin: &Thin) -> Result<Value, String> {
        let created = Timestamp::from_second(self.now).map_err(|error| error.to_string())?;
        let mut event = json!({
            "id": self.new_id("evt_test"),
            "object": "v2.core.event",
            "created": format!("{created:.3}"),
            "livemode": false,
            "reason": {
                "type": "request",
                "request": {"id": self.new_id("req"), "idempotency_key": self.new_id("idempotency")},
            },
            "type": kind,
        });
        if let Some((object, prefix, url)) = thin.related {
            let id = self.new_id(prefix);
            event["related_object"] = json!({"id": id, "type": object, "url": format!("{url}{id}")});
        }
        if let Some(data) = thin.data {
            event["data"] = self.read(data)?;
        }
        Ok(event)
    }

    fn new_id(&mut self, prefix: &str) -> String {
        format!("{prefix}_{}", self.maker.letters(ID_LETTERS))
    }

    /// A text with its placeholders in braces filled.
    fn filled(&self, text: &str) -> Result<String, String> {
        let (mut out, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| format!("{text:?} has an open brace"))?;
            out.push_str(before);
            match self.time(name) {
                Some(time) => out.push_str(&time.to_string()),
                None => match self.answer(name)? {
                    Value::String(text) => out.push_str(text),
                    other => out.push_str(&other.to_string()),
                },
            }
            rest = after;
        }
        Ok(out + rest)
    }

    /// JSON of a template with its placeholders filled.
    fn read(&mut self, json: &str) -> Result<Value, String> {
        let mut value = serde_json::from_str(json).map_err(|error| format!("{json}: {error}"))?;
        self.fill(&mut value)?;
        Ok(value)
    }

    fn fill(&mut self, value: &mut Value) -> Result<(), String> {
        match value {
            Value::Object(fields) => fields.values_mut().try_for_each(|field| self.fill(field)),
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.fill(item)),
            Value::String(text) => {
                let Some(name) = text.strip_prefix('$') else { return Ok(()) };
                *value = match (self.time(name), name.strip_prefix("new:"), name.strip_prefix("of:")) {
                    (Some(time), ..) => json!(time),
                    (_, Some(prefix), _) => json!(self.new_id(prefix)),
                    (_, _, Some(path)) => self.answer(path)?.clone(),
                    _ => return Err(format!("unknown placeholder ${name}")),
                };
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// `now`, or seconds before or after it.
    fn time(&self, name: &str) -> Option<i64> {
        match name.strip_prefix("now")? {
            "" => Some(self.now),
            offset => Some(self.now + offset.parse::<i64>().ok()?),
        }
    }

    /// A field of an answer, by the step's name and the way to it.
    fn answer(&self, path: &str) -> Result<&Value, String> {
        let mut parts = path.split('.');
        let first = self.answers.get(parts.next().unwrap_or_default());
        let found = parts.try_fold(first, |value, part| {
            let value = value?;
            Some(part.parse::<usize>().map_or_else(|_| value.get(part), |index| value.get(index)))
        });
        found.flatten().ok_or_else(|| format!("{path:?} names nothing"))
    }
}

/// Lays a patch over a value: objects are merged, everything else replaces what was there.
fn merge(value: &mut Value, patch: Value) {
    match (value, patch) {
        (Value::Object(fields), Value::Object(patch)) => {
            for (name, patch) in patch {
                merge(fields.entry(name).or_insert(Value::Null), patch);
            }
        }
        (value, patch) => *value = patch,
    }
}
