"""Verifies the lines of a batch with Stripe's python library, as a program around it would: a peer of the bench."""

import base64
import json
import os
import sys

from stripe import SignatureVerificationError, WebhookSignature

SECRET = os.environ["PAYCLI_WEBHOOK_SECRET"]

for text in sys.stdin.buffer:
    line = json.loads(text)
    payload = line.get("payload_utf8") or base64.b64decode(line["payload"])
    try:
        WebhookSignature.verify_header(payload, line["header"], SECRET, 300)
        is_valid = True
    except SignatureVerificationError:
        is_valid = False
    sys.stdout.write(json.dumps({"id": line["id"], "valid": is_valid}) + "\n")
