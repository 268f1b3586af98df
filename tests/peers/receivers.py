"""A webhook endpoint on http.server with one mistake of the many that are made, chosen by name.

usage: receivers.py MODE; the secret is in WEBHOOK_SECRET. Prints its URL. "good" uses Stripe's library as its
documentation says; "good-http" is the same with everything in it turned into an answer.
"""

import hashlib
import hmac
import json
import os
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import stripe

MODE = sys.argv[1]
SECRET = os.environ["WEBHOOK_SECRET"]
seen = set()
newest = 0
effects = 0


class Refused(Exception):
    def __init__(self, status=400):
        self.status = status


def sign(secret, *parts, kind=hashlib.sha256):
    parts = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return hmac.new(secret.encode(), b"".join(parts), kind).hexdigest()


def items(header):
    pairs = [item.split("=", 1) for item in (header or "").split(",")]
    return [(pair[0], pair[1] if len(pair) > 1 else "") for pair in pairs]


def check(wanted):
    if not wanted:
        raise Refused


def age(timestamp, most=300):
    check(time.time() - int(timestamp) <= most)


def verify(body, header, *, secrets=(SECRET,), schemes=("v1",), most=300, equal=hmac.compare_digest):
    """The usual verification, written by hand, with a knob for each mistake."""
    found = items(header)
    timestamps = [value for key, value in found if key == "t"]
    check(timestamps)
    signatures = [value for key, value in found if key in schemes]
    check(signatures)
    timestamp = int(timestamps[0])
    expected = [sign(secret, timestamp, ".", body) for secret in secrets]
    check(any(equal(want, given) for want in expected for given in signatures))
    if most is not None:
        age(timestamp, most)


def good(body, header):
    try:
        stripe.Webhook.construct_event(body, header, SECRET)
    except (ValueError, stripe.SignatureVerificationError):
        raise Refused from None


def comparison_ignored(body, header):
    found = dict(items(header))
    check("t" in found and "v1" in found)
    hmac.compare_digest(sign(SECRET, found["t"], ".", body), found["v1"])


def header_optional(body, header):
    if header:
        verify(body, header)


def body_not_signed(body, header):
    found = dict(items(header))
    check(found.get("t", "").isdigit() and found.get("v1"))
    age(found["t"])
    check(len(found["v1"]) == 64 and found["v1"] != "0" * 64)
    # Compares with what it computed for the event that came before.
    global newest
    known = newest or found["v1"]
    newest = sign(SECRET, found["t"], ".", body)
    check(found["v1"] in (known, newest) or newest == found["v1"])


def part_of_body(body, header):
    end = body.rindex(b"\n}") + 2 if body.startswith(b"{\n") and body.count(b"\n}") > 0 else len(body)
    if body.startswith(b"{\n"):
        end = body.index(b"\n}") + 2
    verify(body, header) if end >= len(body) or b'"object":"event"}' not in body[end:] else verify(body[:end], header)


def body_alone(body, header):
    found = dict(items(header))
    check(hmac.compare_digest(sign(SECRET, body), found.get("v1", "")))
    age(found["t"])


def no_dot(body, header):
    found = dict(items(header))
    check(hmac.compare_digest(sign(SECRET, found.get("t", ""), body), found.get("v1", "")))
    age(found["t"])


def prefix_stripped(body, header):
    verify(body, header, secrets=(SECRET.removeprefix("whsec_"),))


def sha1_only(body, header):
    found = dict(items(header))
    check(hmac.compare_digest(sign(SECRET, found.get("t", ""), ".", body, kind=hashlib.sha1), found.get("v1", "")))
    age(found["t"])


def sha1_too(body, header):
    found = dict(items(header))
    if hmac.compare_digest(sign(SECRET, found.get("t", ""), ".", body, kind=hashlib.sha1), found.get("v1", "")):
        return age(found["t"])
    verify(body, header)


def parsed(body, header):
    verify(json.dumps(json.loads(body)).encode(), header)


def parsed_compact(body, header):
    verify(json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode(), header)


def indented(body, header):
    verify(json.dumps(json.loads(body), indent=2, ensure_ascii=False).encode(), header)


def last_v1(body, header):
    found = dict(items(header))
    check("t" in found and "v1" in found)
    verify(body, f"t={int(found['t'])},v1={found['v1']}")


def first_v1(body, header):
    found = items(header)
    first = [value for key, value in found if key == "v1"][:1]
    check(first)
    verify(body, ",".join(f"{key}={value}" for key, value in found if key != "v1") + f",v1={first[0]}")


def one_v1(body, header):
    check([key for key, _ in items(header)].count("v1") == 1)
    verify(body, header)


def by_position(body, header):
    parts = (header or "").split(",")
    check(len(parts) >= 2 and parts[0].startswith("t=") and parts[1].startswith("v1="))
    verify(body, header)


def known_schemes(body, header):
    check(all(key in ("t", "v1") for key, _ in items(header)))
    verify(body, header)


def falsy_time(body, header):
    timestamp = int(dict(items(header)).get("t", "x"))
    verify(body, header, most=None)
    if timestamp:
        age(timestamp)


def nan_time(body, header):
    found = dict(items(header))
    check("t" in found and "v1" in found)
    check(hmac.compare_digest(sign(SECRET, found["t"], ".", body), found["v1"]))
    timestamp = float(found["t"]) if re.fullmatch(r"\d+", found["t"]) else float("nan")
    if time.time() - timestamp > 300:
        raise Refused


def time_optional(body, header):
    found = dict(items(header))
    check("v1" in found)
    check(hmac.compare_digest(sign(SECRET, found.get("t", ""), ".", body), found["v1"]))
    if "t" in found:
        age(found["t"])


def other_time(body, header):
    found = items(header)
    times = [value for key, value in found if key == "t"]
    verify(body, header, most=None)
    age(times[-1])


def fallback_secret(secret):
    return lambda body, header: verify(body, header, secrets=(SECRET, secret))


def charset(body, header):
    verify(body.decode("latin-1").encode("utf-8"), header)


def ascii_only(body, header):
    verify(body.decode("ascii", "replace").encode("utf-8"), header)


def trimmed(body, header):
    verify(body.strip(), header)


def line_ends(body, header):
    verify(body.replace(b"\r\n", b"\n"), header)


def limit(body, header):
    if len(body) > 100 * 1024:
        raise Refused(413)
    good(body, header)


def prefix(body, header):
    verify(body, header, equal=lambda want, given: given != "" and want.startswith(given))


def suffix(body, header):
    verify(body, header, equal=lambda want, given: want[8:] == given[8:] and len(given) == 64)


def empty_signature(body, header):
    if dict(items(header)).get("v1") == "":
        return
    verify(body, header)


def case_ignored(body, header):
    verify(body, header, equal=lambda want, given: want == given.lower())


def unkeyed(body, header):
    found = dict(items(header))
    if hashlib.sha256(f"{found.get('t')}.".encode() + body).hexdigest() == found.get("v1"):
        return age(found["t"])
    verify(body, header)


def body_hmac_too(body, header):
    found = dict(items(header))
    if hmac.compare_digest(sign(SECRET, body), found.get("v1", "")):
        return age(found["t"])
    verify(body, header)


def duplicates(body, header):
    good(body, header)
    name = json.loads(body)["id"]
    if name in seen:
        raise Refused(409)
    seen.add(name)


def twice(body, header):
    global effects
    good(body, header)
    effects += 1


def ordered(body, header):
    global newest
    good(body, header)
    created = json.loads(body)["created"]
    if created < newest:
        raise Refused(409)
    newest = created


def known_types(body, header):
    good(body, header)
    check(json.loads(body)["type"] == "balance.available")


def strict_fields(body, header):
    good(body, header)
    known = {"id", "object", "api_version", "created", "data", "livemode", "pending_webhooks", "request", "type"}
    check(set(json.loads(body)) <= known)


def no_future(body, header):
    good(body, header)
    check(int(dict(items(header))["t"]) <= time.time() + 5)


def status(code):
    def answer(body, header):
        raise Refused(code)

    return answer


def crashing(body, header):
    stripe.Webhook.construct_event(body, header, SECRET)


def unparsed(body, header):
    stripe.WebhookSignature.verify_header(body.decode(), header, SECRET, 300) if header else check(False)


def quiet(body, header):
    try:
        unparsed(body, header)
    except stripe.SignatureVerificationError:
        raise Refused from None


def hanging(body, header):
    time.sleep(30)


MODES = {
    "good": good,
    "good-by-hand": lambda body, header: (verify(body, header), json.loads(body)),
    "no-verification": lambda body, header: None,
    "comparison-ignored": comparison_ignored,
    "header-optional": header_optional,
    "part-of-body-signed": part_of_body,
    "hmac-without-timestamp": body_alone,
    "hmac-without-dot": no_dot,
    "secret-without-prefix": prefix_stripped,
    "sha1-signature": sha1_only,
    "sha1-accepted": sha1_too,
    "parsed-body": parsed,
    "parsed-body-compact": parsed_compact,
    "reserialised-body": indented,
    "last-v1-wins": last_v1,
    "first-v1-only": first_v1,
    "one-v1-only": one_v1,
    "header-by-position": by_position,
    "unknown-scheme-refused": known_schemes,
    "v0-accepted": lambda body, header: verify(body, header, schemes=("v0", "v1")),
    "no-tolerance": lambda body, header: verify(body, header, most=None),
    "tolerance-too-large": lambda body, header: verify(body, header, most=172800),
    "tolerance-too-small": lambda body, header: verify(body, header, most=30),
    "future-refused": no_future,
    "time-zero-accepted": falsy_time,
    "time-not-a-number": nan_time,
    "time-optional": time_optional,
    "timestamp-not-signed": other_time,
    "empty-secret-accepted": fallback_secret(""),
    "unset-secret-accepted": fallback_secret("None"),
    "placeholder-secret-accepted": fallback_secret("whsec_" + "..."),
    "charset-decoded": charset,
    "charset-decoded-ascii": ascii_only,
    "body-trimmed": trimmed,
    "line-ends-changed": line_ends,
    "body-limit": limit,
    "prefix-compared": prefix,
    "suffix-compared": suffix,
    "empty-signature-accepted": empty_signature,
    "unkeyed-hash-accepted": unkeyed,
    "body-hmac-accepted": body_hmac_too,
    "case-ignored": case_ignored,
    "duplicate-refused": duplicates,
    "duplicate-processed": twice,
    "order-required": ordered,
    "unknown-type-refused": known_types,
    "strict-schema": strict_fields,
    "redirects": status(302),
    "wrong-path": status(404),
    "behind-authentication": status(401),
    "nothing-accepted": status(400),
    "unhandled-errors": crashing,
    "body-not-parsed": quiet,
    "hangs": hanging,
}


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            MODES[MODE](body, self.headers.get("Stripe-Signature"))
            code = 200
        except Refused as refused:
            code = refused.status
        except Exception:
            # Hand-written verifications fail in many ways, and their callers answer 400 to all of them.
            code = 500 if MODE == "unhandled-errors" else 400
        self.send_response(code)
        self.send_header("Content-Length", "0")
        if code == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def do_GET(self):
        text = str(effects).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    print(f"http://127.0.0.1:{server.server_port}/webhook", flush=True)
    server.serve_forever()
