//! How to reach the raw body, framework by framework, and which framework a changed body smells of.

use super::bodies::text;
use super::budget::MAX_BODY;
use super::finding::RAW_BODY;
use super::json;

/// A family of frameworks, and how each of them gives the raw body.
struct Family {
    signs: fn(&str) -> bool,
    hint: &'static str,
}

const NODE: &str = "Express: express.raw({type: 'application/json'}) on this route, before express.json() (its limit is 100 kB); \
    Next.js: await req.text(), or bodyParser: false; Nest: rawBody: true; Lambda: event.body, decoded where isBase64Encoded";
const PYTHON: &str = "Flask: request.get_data(); Django: request.body; FastAPI: await request.body(); never json.dumps(request.json)";
const RUBY: &str = "Rails: request.raw_post; Rack: request.body.read; never params.to_json or the Hash";
const PHP: &str =
    "Laravel: $request->getContent(); plain PHP: file_get_contents('php://input'); never json_encode";
const JAVA: &str = "Spring: @RequestBody String; servlets: the bytes of request.getInputStream(); never an object that is written again";
const GO: &str = "Go: io.ReadAll(r.Body) before anything decodes it; never json.Marshal of the event";

/// The first family whose signs are seen counts.
const FAMILIES: &[Family] = &[
    Family { signs: |body| body.contains("=>"), hint: RUBY },
    Family { signs: |body| body.starts_with("{'"), hint: PYTHON },
    Family { signs: |body| body.contains("\\/"), hint: PHP },
    Family { signs: |body| body.contains("\\u003d") || body.contains("\\u0027"), hint: JAVA },
    Family {
        signs: |body| body.contains("\\u003c") || body.contains("\\u0026") || has_sorted_keys(body),
        hint: GO,
    },
    Family { signs: |body| body.contains("\", \"") && body.contains("\": "), hint: PYTHON },
    Family { signs: |body| body.starts_with("{\"") && !body.contains('\n'), hint: NODE },
    Family { signs: |body| body.starts_with("{\n    \""), hint: PHP },
];

/// What to do, for the framework that the body smells of.
pub(super) fn hint(body: &[u8]) -> String {
    let body = text(body).filter(|body| body.len() <= MAX_BODY);
    let family = body.and_then(|body| FAMILIES.iter().find(|family| (family.signs)(body.trim())));
    let hints = family.map_or(vec![NODE, PYTHON, RUBY, PHP, JAVA, GO], |family| vec![family.hint]);
    format!("{RAW_BODY}\n{}", hints.join("\n"))
}

/// Go's maps and python's `sort_keys` put every key in order; Stripe puts `id` and `object` first.
fn has_sorted_keys(body: &str) -> bool {
    let is_spaced = body.contains("\": ") && !body.contains('\n');
    !is_spaced && json::names(body).is_some_and(|names| names.len() > 2 && names.is_sorted())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_tells_where_it_was_written() {
        for (body, framework) in [
            ("{\"id\":\"evt_1\",\"object\":\"event\"}\n", "Express"),
            (r#"{"id": "evt_1", "object": "event"}"#, "Flask"),
            (r#"{"id":"evt_1","url":"\/v1"}"#, "Laravel"),
            (r#"{"id"=>"evt_1"}"#, "Rails"),
            ("{'id': 'evt_1'}", "Django"),
            (r#"{"a":1,"b":2,"id":"evt_1"}"#, "io.ReadAll"),
            (r#"{"id":"evt_1","a":"\u003d"}"#, "Spring"),
        ] {
            let hint = hint(body.as_bytes());
            assert!(hint.contains(framework) && hint.starts_with(RAW_BODY), "{body}: {hint}");
        }
        assert!(hint(b"\xff").contains("Laravel"));
    }
}
