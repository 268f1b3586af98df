//! One transaction under way: statements with the types of their parameters, each in one round trip and without
//! a prepared statement, so that a pooler between paycli and the database does no harm.

use tokio_postgres::{Client, Row};

use super::failure::StepError;
use super::rows::Parameter;

/// A transaction that has begun.
pub(super) struct Transaction<'a> {
    client: &'a Client,
}

impl<'a> Transaction<'a> {
    pub(super) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// The rows of a statement.
    pub(super) async fn rows(&self, sql: &str, values: &[Parameter<'_>]) -> Result<Vec<Row>, StepError> {
        Ok(self.client.query_typed(sql, values).await?)
    }

    /// The only row of a statement, where there is one.
    pub(super) async fn row(&self, sql: &str, values: &[Parameter<'_>]) -> Result<Option<Row>, StepError> {
        Ok(self.client.query_typed_opt(sql, values).await?)
    }

    /// How many rows a statement changed.
    pub(super) async fn execute(&self, sql: &str, values: &[Parameter<'_>]) -> Result<u64, StepError> {
        Ok(self.client.execute_typed(sql, values).await?)
    }

    /// Statements without parameters, in one round trip.
    pub(super) async fn batch(&self, sql: &str) -> Result<(), StepError> {
        Ok(self.client.batch_execute(sql).await?)
    }
}
