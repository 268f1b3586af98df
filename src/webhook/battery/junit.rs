//! A battery's report as XML in the form of `JUnit`, which CI systems read.

use std::io;
use std::time::Duration;

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::check::Group;
use super::judge::{CheckResult, Status};
use super::run::Report;

/// The report as a document of one suite for each group of checks. `url` is the endpoint as it is shown.
#[must_use]
pub fn junit(report: &Report, url: &str) -> String {
    let mut bytes = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec();
    let mut writer = Writer::new_with_indent(&mut bytes, b' ', 2);
    let all: Vec<_> = report.results.iter().collect();
    let suites = writer.create_element("testsuites").with_attribute(("name", "paycli webhook test"));
    let written = suites
        .with_attributes(counts(&all).iter().map(|(name, value)| (*name, value.as_str())))
        .write_inner_content(|writer| {
            for group in [Group::Accept, Group::Refuse] {
                suite(writer, report, group, url)?;
            }
            Ok(())
        });
    written.expect("memory takes what is written to it");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("text made of text")
}

fn suite(writer: &mut Writer<&mut Vec<u8>>, report: &Report, group: Group, url: &str) -> io::Result<()> {
    let results: Vec<_> = report.results.iter().filter(|result| result.check.group == group).collect();
    if results.is_empty() {
        return Ok(());
    }
    let name = format!("webhook.{}", group.as_str());
    let suite = writer.create_element("testsuite").with_attribute(("name", name.as_str()));
    let suite = suite.with_attributes(counts(&results).iter().map(|(name, value)| (*name, value.as_str())));
    suite.write_inner_content(|writer| {
        writer.create_element("properties").write_inner_content(|writer| {
            property(writer, "url", url)?;
            report.mistakes.iter().try_for_each(|mistake| property(writer, "likely", mistake.id))
        })?;
        results.iter().try_for_each(|result| case(writer, result, &name))
    })?;
    Ok(())
}

fn property(writer: &mut Writer<&mut Vec<u8>>, name: &str, value: &str) -> io::Result<()> {
    let value = allowed(value);
    writer
        .create_element("property")
        .with_attributes([("name", name), ("value", value.as_str())])
        .write_empty()?;
    Ok(())
}

fn case(writer: &mut Writer<&mut Vec<u8>>, result: &CheckResult, suite: &str) -> io::Result<()> {
    let time = seconds(result.answers.iter().map(|answer| answer.took).sum());
    let attributes = [("name", result.check.id), ("classname", suite), ("time", time.as_str())];
    let case = writer.create_element("testcase").with_attributes(attributes);
    if result.status == Status::Passed {
        case.write_empty()?;
        return Ok(());
    }
    case.write_inner_content(|writer| {
        let (means, text) = (allowed(result.means.as_deref().unwrap_or_default()), allowed(&details(result)));
        match result.status {
            Status::Skipped => {
                writer.create_element("skipped").with_attribute(("message", means.as_str())).write_empty()?;
            }
            Status::Failed => {
                let attributes = [("message", means.as_str()), ("type", result.check.severity.as_str())];
                let failure = writer.create_element("failure").with_attributes(attributes);
                failure.write_text_content(BytesText::new(&text))?;
            }
            // The form has no word for a warning: what it says stands in the case's output.
            _ => {
                writer
                    .create_element("system-out")
                    .write_text_content(BytesText::new(&format!("warning: {means}\n{text}")))?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

fn details(result: &CheckResult) -> String {
    let (sent, back, fix) = (result.check.sent, result.came_back(), result.check.fix);
    format!("sent: {sent}\ncame back: {back}\nfix: {fix}")
}

fn counts(results: &[&CheckResult]) -> [(&'static str, String); 5] {
    let count = |status: Status| results.iter().filter(|result| result.status == status).count();
    let time = results.iter().flat_map(|result| &result.answers).map(|answer| answer.took).sum();
    [
        ("tests", results.len().to_string()),
        ("failures", count(Status::Failed).to_string()),
        ("errors", "0".into()),
        ("skipped", count(Status::Skipped).to_string()),
        ("time", seconds(time)),
    ]
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// Text without the characters that no XML document may hold, escaped or not.
fn allowed(text: &str) -> String {
    let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|c| if is_allowed(c) { c } else { '?' }).collect()
}
