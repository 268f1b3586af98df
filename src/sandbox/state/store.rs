//! The objects of one account: reading, writing and finding them.

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use serde_json::{Value, json};

use crate::sandbox::params::api_error::ApiError;

/// When an object falls due, in Unix seconds, if it does.
pub(in crate::sandbox) type FallsDue = fn(&Value) -> Option<i64>;

/// The objects of an account, inside the transaction of one request.
pub(in crate::sandbox) struct Store<'a> {
    connection: &'a Connection,
    account: &'a str,
    falls_due: FallsDue,
}

/// Which objects a list wants, and from where. Newest are first.
#[derive(Default)]
pub(in crate::sandbox) struct Query {
    /// Conditions on columns: a piece of SQL with one `?`, and its value.
    pub(in crate::sandbox) conditions: Vec<(String, Sql)>,
    /// Conditions of which one has to hold, where there are any.
    pub(in crate::sandbox) alternatives: Vec<(String, Sql)>,
    /// Whether to walk from old to new.
    pub(in crate::sandbox) ascending: bool,
    /// How many at most.
    pub(in crate::sandbox) limit: i64,
}

impl<'a> Store<'a> {
    /// The objects of `account`, of kinds that never fall due.
    pub(in crate::sandbox) const fn new(connection: &'a Connection, account: &'a str) -> Self {
        Self { connection, account, falls_due: |_| None }
    }

    /// The same for all kinds: beside each object is kept when it falls due.
    pub(in crate::sandbox) const fn in_time(self, falls_due: FallsDue) -> Self {
        Self { falls_due, ..self }
    }

    /// The same, for another call within this one.
    pub(in crate::sandbox) const fn again(&self) -> Self {
        Self { ..*self }
    }

    /// Does something and undoes it: what it found out is answered, what it kept is gone.
    pub(in crate::sandbox) fn undone<T>(
        &self,
        act: impl FnOnce() -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.connection.execute_batch("SAVEPOINT undone")?;
        let found = act();
        self.connection.execute_batch("ROLLBACK TO undone; RELEASE undone")?;
        found
    }

    /// The data, for what is kept in other forms than objects.
    pub(in crate::sandbox) const fn connection(&self) -> &'a Connection {
        self.connection
    }

    /// Whose objects they are.
    pub(in crate::sandbox) const fn account(&self) -> &'a str {
        self.account
    }

    /// Adds a new object. Its id and its time are in it.
    pub(in crate::sandbox) fn insert(&self, kind: &str, object: &Value) -> Result<(), ApiError> {
        let sql = "INSERT INTO objects (account, kind, id, created, body, due, clock)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let created = object["created"].as_i64().unwrap_or_default();
        let (due, clock) = self.due(object)?;
        let row = params![self.account, kind, object["id"].as_str(), created, object.to_string(), due, clock];
        self.connection.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Puts a changed object in the place of the old.
    pub(in crate::sandbox) fn update(&self, object: &Value) -> Result<(), ApiError> {
        let sql = "UPDATE objects SET body = ?1, due = ?2, clock = ?3
                   WHERE account = ?4 AND kind = ?5 AND id = ?6";
        let (due, clock) = self.due(object)?;
        let (kind, id) = (object["object"].as_str(), object["id"].as_str());
        self.connection.prepare_cached(sql)?.execute(params![
            object.to_string(),
            due,
            clock,
            self.account,
            kind,
            id
        ])?;
        Ok(())
    }

    /// When an object falls due, and by which test clock; nothing stands for the account's own time.
    fn due(&self, object: &Value) -> Result<(Option<i64>, String), ApiError> {
        let due = (self.falls_due)(object);
        let clock = if due.is_some() { self.test_clock(object)? } else { None };
        Ok((due, clock.unwrap_or_default()))
    }

    /// The test clock that an object moves by: its own, or that of its customer.
    pub(in crate::sandbox) fn test_clock(&self, object: &Value) -> Result<Option<String>, ApiError> {
        if let Some(clock) = object["test_clock"].as_str() {
            return Ok(Some(clock.to_owned()));
        }
        let Some(customer) = object["customer"].as_str() else { return Ok(None) };
        let customer = self.find("customer", customer)?.unwrap_or_default();
        Ok(customer["test_clock"].as_str().map(ToOwned::to_owned))
    }

    /// Leaves of an object only that it was there.
    pub(in crate::sandbox) fn delete(&self, kind: &str, id: &str) -> Result<Value, ApiError> {
        let stone = json!({"id": id, "object": kind, "deleted": true});
        let sql = "UPDATE objects SET body = ?1, deleted = 1, due = NULL WHERE account = ?2 AND kind = ?3 AND id = ?4";
        self.connection.prepare_cached(sql)?.execute(params![stone.to_string(), self.account, kind, id])?;
        Ok(stone)
    }

    /// An object, or what is left of it.
    pub(in crate::sandbox) fn find(&self, kind: &str, id: &str) -> Result<Option<Value>, ApiError> {
        let sql = "SELECT body FROM objects WHERE account = ?1 AND kind = ?2 AND id = ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let body: Option<String> =
            statement.query_row([self.account, kind, id], |row| row.get(0)).optional()?;
        body.map(|text| serde_json::from_str(&text).map_err(ApiError::from)).transpose()
    }

    /// An object that was not deleted.
    pub(in crate::sandbox) fn find_alive(&self, kind: &str, id: &str) -> Result<Option<Value>, ApiError> {
        Ok(self.find(kind, id)?.filter(|object| object["deleted"] != json!(true)))
    }

    /// Where an object stands in the order of lists. A deleted one keeps its place, for a list that is
    /// being paged through.
    pub(in crate::sandbox) fn place(&self, kind: &str, id: &str) -> Result<Option<i64>, ApiError> {
        let sql = "SELECT seq FROM objects WHERE account = ?1 AND kind = ?2 AND id = ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([self.account, kind, id], |row| row.get(0)).optional()?)
    }

    /// The objects that a query asks for.
    pub(in crate::sandbox) fn list(&self, kind: &'static str, query: Query) -> Result<Vec<Value>, ApiError> {
        // Kinds are named by the tables of resources. An index of one kind is used where it is spelt out.
        let mut sql =
            format!("SELECT body FROM objects WHERE account = ? AND kind = '{kind}' AND deleted = 0");
        let mut values = vec![Sql::Text(self.account.to_owned())];
        for (condition, value) in query.conditions {
            sql.push_str(" AND ");
            sql.push_str(&condition);
            values.push(value);
        }
        if !query.alternatives.is_empty() {
            let (conditions, bound): (Vec<_>, Vec<_>) = query.alternatives.into_iter().unzip();
            sql.extend([" AND ((", &conditions.join(") OR ("), "))"]);
            values.extend(bound);
        }
        sql.push_str(if query.ascending {
            " ORDER BY seq ASC LIMIT ?"
        } else {
            " ORDER BY seq DESC LIMIT ?"
        });
        values.push(Sql::Integer(query.limit));
        let mut statement = self.connection.prepare_cached(&sql)?;
        let bodies = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(0))?;
        bodies.map(|body| Ok(serde_json::from_str(&body?)?)).collect()
    }
}
