//! `GET /v1/…/search`: objects that fit a query, newest first.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as PAGE;
use rusqlite::types::Value as Sql;
use serde_json::json;

use super::list;
use super::{Answer, Call};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};
use crate::sandbox::params::search_query::{Clause, Comparison, SearchField, parse};
use crate::sandbox::state::store::Query;

/// What a search takes.
pub(super) const PARAMS: &[Field] = &[
    required("query", Kind::Text(5000)),
    field("limit", Kind::Integer(1, 100)),
    field("page", Kind::Text(500)),
];

/// What a field holds, which decides how it can be compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// A number: equal, greater or less.
    Number,
    /// A word: equal.
    Token,
    /// Words: equal, or a part of them.
    Text,
    /// `true` or `false`: equal.
    Flag,
}

/// A field by which objects are searched: its name in queries, what it holds, and where the object has it.
type Row = (&'static str, Holds, &'static str);

/// By what each kind of object can be searched, as Stripe documents it; all of them by their metadata, too.
#[rustfmt::skip]
const TABLE: &[(&str, &[Row])] = {
    use Holds::{Flag, Number, Text, Token};
    &[
        ("charge", &[
            ("amount", Number, "amount"),
            ("billing_details.address.postal_code", Token, "billing_details.address.postal_code"),
            ("created", Number, "created"),
            ("currency", Token, "currency"),
            ("customer", Token, "customer"),
            ("disputed", Flag, "disputed"),
            ("payment_method_details.card.brand", Token, "payment_method_details.card.brand"),
            ("payment_method_details.card.exp_month", Token, "payment_method_details.card.exp_month"),
            ("payment_method_details.card.exp_year", Token, "payment_method_details.card.exp_year"),
            ("payment_method_details.card.fingerprint", Token, "payment_method_details.card.fingerprint"),
            ("payment_method_details.card.last4", Token, "payment_method_details.card.last4"),
            ("refunded", Flag, "refunded"),
            ("status", Token, "status"),
        ]),
        ("customer", &[
            ("created", Number, "created"),
            ("email", Text, "email"),
            ("name", Text, "name"),
            ("phone", Text, "phone"),
        ]),
        ("invoice", &[
            ("created", Number, "created"),
            ("currency", Token, "currency"),
            ("customer", Token, "customer"),
            ("last_finalization_error_code", Token, "last_finalization_error.code"),
            ("last_finalization_error_type", Token, "last_finalization_error.type"),
            ("number", Text, "number"),
            ("receipt_number", Text, "receipt_number"),
            ("status", Token, "status"),
            ("subscription", Token, "parent.subscription_details.subscription"),
            ("total", Number, "total"),
        ]),
        ("payment_intent", &[
            ("amount", Number, "amount"),
            ("created", Number, "created"),
            ("currency", Token, "currency"),
            ("customer", Token, "customer"),
            ("status", Token, "status"),
        ]),
        ("price", &[
            ("active", Flag, "active"),
            ("currency", Token, "currency"),
            ("lookup_key", Text, "lookup_key"),
            ("product", Token, "product"),
            ("type", Token, "type"),
        ]),
        ("product", &[
            ("active", Flag, "active"),
            ("description", Text, "description"),
            ("name", Text, "name"),
            ("shippable", Flag, "shippable"),
            ("url", Text, "url"),
        ]),
        ("subscription", &[
            ("canceled_at", Number, "canceled_at"),
            ("created", Number, "created"),
            ("status", Token, "status"),
        ]),
    ]
};

/// The shortest part of a text that is looked for.
const SHORTEST: usize = 3;

/// Answers with one page of what fits the query.
pub(super) fn search(call: &Call<'_>) -> Result<Answer, ApiError> {
    let query = parse(call.text("query").unwrap_or_default())?;
    let clauses =
        query.clauses.iter().map(|clause| condition(call, clause)).collect::<Result<Vec<_>, _>>()?;
    let limit = call.number("limit").unwrap_or(10);
    let mut found = Query { limit: limit + 1, ..Query::default() };
    if query.any {
        found.alternatives = clauses;
    } else {
        found.conditions = clauses;
    }
    if let Some(page) = call.text("page") {
        found.conditions.push(("seq < ?".to_owned(), Sql::Integer(place(call, page)?)));
    }
    let mut data = call.store.list(call.resource.object, found)?;
    let has_more = i64::try_from(data.len()).is_ok_and(|found| found > limit);
    if has_more {
        data.pop();
    }
    let last = data.last().and_then(|last| last["id"].as_str()).filter(|_| has_more);
    Ok(Answer::ok(json!({
        "object": "search_result",
        "data": data,
        "has_more": has_more,
        "next_page": last.map(|id| PAGE.encode(id)),
        "url": format!("/v1/{}/search", call.resource.path),
    })))
}

/// Where a page begins: after the object that its name stands for.
fn place(call: &Call<'_>, page: &str) -> Result<i64, ApiError> {
    let id = PAGE.decode(page).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let place = call.store.place(call.resource.object, &id)?;
    place.ok_or_else(|| {
        ApiError::invalid(format!("Invalid page: {page:?} is no next_page of a search.")).param("page")
    })
}

/// A clause in SQL, true or false whatever the object holds.
fn condition(call: &Call<'_>, clause: &Clause) -> Result<(String, Sql), ApiError> {
    let (column, holds) = column(call, &clause.field)?;
    let wanted = i64::from(!clause.negated);
    let Some(value) = &clause.value else {
        if clause.comparison != Comparison::Equals {
            return Err(refuse("null is compared with `:` alone."));
        }
        return Ok((format!("({column} IS NULL) = ?"), Sql::Integer(wanted)));
    };
    let number = || value.parse::<i64>().map_err(|_| refuse(&format!("{value:?} is not a number.")));
    let (text, number) = match holds {
        Holds::Number => (String::new(), Some(number()?)),
        Holds::Flag => match value.to_ascii_lowercase().as_str() {
            "true" => (String::new(), Some(1)),
            "false" => (String::new(), Some(0)),
            _ => return Err(refuse(&format!("{value:?} is neither true nor false."))),
        },
        Holds::Token | Holds::Text => (value.to_ascii_lowercase(), None),
    };
    let comparison = match (clause.comparison, holds) {
        (Comparison::Equals, _) => "=",
        (Comparison::Contains, Holds::Text) if value.chars().count() < SHORTEST => {
            return Err(refuse(&format!("`~` looks for at least {SHORTEST} characters.")));
        }
        (Comparison::Contains, Holds::Text) => "~",
        (Comparison::Greater, Holds::Number) => ">",
        (Comparison::GreaterOrEqual, Holds::Number) => ">=",
        (Comparison::Less, Holds::Number) => "<",
        (Comparison::LessOrEqual, Holds::Number) => "<=",
        (_, _) => return Err(refuse(&format!("{:?} does not support this operator.", name(&clause.field)))),
    };
    let column = if number.is_none() { format!("lower(CAST({column} AS TEXT))") } else { column };
    let holds = if comparison == "~" {
        format!("instr({column}, ?) > 0")
    } else {
        format!("{column} {comparison} ?")
    };
    let sql = format!("coalesce({holds}, 0) = {wanted}");
    Ok((sql, number.map_or(Sql::Text(text), Sql::Integer)))
}

/// Where the objects have a field, in SQL. A key of the metadata comes from the request, and is quoted.
fn column(call: &Call<'_>, field: &SearchField) -> Result<(String, Holds), ApiError> {
    let object = call.resource.object;
    match field {
        SearchField::Metadata(key) => {
            let key = key.replace('\'', "''");
            Ok((
                format!("(SELECT value FROM json_each(body, '$.metadata') WHERE key = '{key}')"),
                Holds::Text,
            ))
        }
        SearchField::Name(name) => {
            let rows =
                TABLE.iter().find(|(kind, _)| *kind == object).map(|(_, rows)| *rows).unwrap_or_default();
            let row = rows.iter().find(|(known, ..)| known == name);
            let (_, holds, at) = row.ok_or_else(|| {
                let path = call.resource.path;
                let known: Vec<_> = rows.iter().map(|(name, ..)| *name).collect();
                let message = format!(
                    "Field `{name}` is an unsupported search field for resource `{path}`. Supported are metadata and: {}.",
                    known.join(", ")
                );
                ApiError::invalid(message).param("query")
            })?;
            Ok((list::column(call.resource, at), *holds))
        }
    }
}

fn name(field: &SearchField) -> &str {
    match field {
        SearchField::Name(name) | SearchField::Metadata(name) => name,
    }
}

fn refuse(why: &str) -> ApiError {
    ApiError::invalid(format!("We were unable to parse your search query: {why}")).param("query")
}

#[cfg(test)]
mod tests {
    use super::super::RESOURCES;
    use super::*;

    #[test]
    fn what_is_searched_by_is_there() {
        for (kind, rows) in TABLE {
            let resource = RESOURCES.iter().find(|resource| resource.object == *kind).expect(kind);
            for (_, _, at) in *rows {
                assert!(resource.has_field(at), "{kind}.{at}");
            }
        }
    }
}
