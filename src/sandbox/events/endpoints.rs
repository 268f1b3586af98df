//! Who is told of events: the registered endpoints, and the address that the server forwards to.

use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::state::settings;
use crate::sandbox::state::store::Store;

/// Stands for the address that the server forwards all events to, where an endpoint's id would stand.
pub(in crate::sandbox) const FORWARD: &str = "forward";

/// Somebody to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) struct Endpoint {
    /// `we_…`, `ed_…`, or [`FORWARD`].
    pub(in crate::sandbox) id: String,
    /// Where.
    pub(in crate::sandbox) url: String,
    /// Which types of events; `*` is all.
    types: Vec<String>,
}

impl Endpoint {
    /// Whether it is told of events of this type.
    pub(in crate::sandbox) fn wants(&self, kind: &str) -> bool {
        self.types.iter().any(|wanted| wanted == "*" || wanted == kind)
    }

    fn read(id: String, object: &Value) -> Option<Self> {
        let url = object["url"].as_str().or_else(|| object["webhook_endpoint"]["url"].as_str())?;
        let types = object["enabled_events"].as_array()?.iter().filter_map(Value::as_str);
        let is_enabled = object["status"] == "enabled";
        is_enabled.then(|| Self { id, url: url.to_owned(), types: types.map(str::to_owned).collect() })
    }
}

const KINDS: &str = "('webhook_endpoint', 'v2.core.event_destination')";

/// All that are enabled.
pub(in crate::sandbox) fn all(store: &Store<'_>) -> Result<Vec<Endpoint>, ApiError> {
    let sql = format!("SELECT id, body FROM objects WHERE account = ?1 AND kind IN {KINDS} AND deleted = 0");
    let mut statement = store.connection().prepare_cached(&sql)?;
    let mut rows = statement.query([store.account()])?;
    let mut endpoints: Vec<Endpoint> = forward(store)?.into_iter().collect();
    while let Some(row) = rows.next()? {
        endpoints.extend(Endpoint::read(row.get(0)?, &serde_json::from_str(&row.get::<_, String>(1)?)?));
    }
    Ok(endpoints)
}

/// One that is enabled.
pub(super) fn find(store: &Store<'_>, id: &str) -> Result<Option<Endpoint>, ApiError> {
    if id == FORWARD {
        return forward(store);
    }
    let sql = format!(
        "SELECT body FROM objects WHERE account = ?1 AND kind IN {KINDS} AND id = ?2 AND deleted = 0"
    );
    let mut statement = store.connection().prepare_cached(&sql)?;
    let body: Option<String> =
        statement.query_row(params![store.account(), id], |row| row.get(0)).optional()?;
    let Some(body) = body else { return Ok(None) };
    Ok(Endpoint::read(id.to_owned(), &serde_json::from_str(&body)?))
}

fn forward(store: &Store<'_>) -> Result<Option<Endpoint>, ApiError> {
    let url = settings::get(store.connection(), settings::FORWARD_TO)?;
    Ok(url.map(|url| Endpoint { id: FORWARD.to_owned(), url, types: vec!["*".to_owned()] }))
}
