"""Signs and verifies webhooks with the official python libraries: a JSON object a line, in and out.

In: do (sign or verify), scheme (stripe or standard), payload (base64), secret, now, and for verify header or headers and
tolerance, for sign timestamp and id. Out: {"ok", "error"} or {"signature"}. The clock is the line's own.
"""

import base64
import datetime as real
import json
import sys
import time

import standardwebhooks.webhooks as standard
from stripe import WebhookSignature

now = 0


class Clock(real.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(now, tz=tz)


time.time = lambda: now
standard.datetime = Clock


def sign(line, payload):
    if line["scheme"] == "stripe":
        return WebhookSignature.generate_signature_header(payload.decode(), line["secret"], line["timestamp"])
    at = real.datetime.fromtimestamp(line["timestamp"], tz=real.timezone.utc)
    return standard.Webhook(line["secret"]).sign(line["id"], at, payload.decode())


def verify(line, payload):
    if line["scheme"] == "stripe":
        WebhookSignature.verify_header(payload, line["header"], line["secret"], line["tolerance"])
    else:
        standard.Webhook(line["secret"]).verify(payload, line["headers"], json_parse=False)


for text in sys.stdin:
    line = json.loads(text)
    now = line["now"]
    payload = base64.b64decode(line["payload"])
    if line["do"] == "sign":
        print(json.dumps({"signature": sign(line, payload)}))
        continue
    try:
        verify(line, payload)
        print(json.dumps({"ok": True}))
    except Exception as error:
        print(json.dumps({"ok": False, "error": f"{type(error).__name__}: {error}"[:200]}))
