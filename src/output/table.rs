//! Tables and lists of facts for people.

use comfy_table::presets;
use comfy_table::{ContentArrangement, Table};

/// A table without lines, its columns as wide as they need to be.
#[must_use]
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.iter().map(|name| name.to_uppercase()));
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// Names and values below each other, the values in one column.
#[must_use]
pub fn facts(facts: &[(&str, &str)]) -> String {
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0) + 2;
    let lines: Vec<_> = facts.iter().map(|(name, value)| format!("{name:<width$}{value}")).collect();
    lines.join("\n")
}
