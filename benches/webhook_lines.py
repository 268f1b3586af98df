"""Makes signed deliveries for `paycli webhook verify --batch`: NUMBER lines whose events have 1.5 kB, on stdout.

FORM is the member that holds the event: `payload` or `payload_utf8`. The secret is the environment's
PAYCLI_WEBHOOK_SECRET, the time is NOW.
Usage: webhook_lines.py FORM NUMBER NOW
"""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import sys

FORM, NUMBER, NOW = sys.argv[1], int(sys.argv[2]), sys.argv[3]
SECRET = os.environ["PAYCLI_WEBHOOK_SECRET"].encode()
SIZE = 1500

start, end = (pathlib.Path(__file__).parent / "event.json").read_text().strip().split('        "last"')
for number in range(NUMBER):
    event = start.replace("evt_1bench", f"evt_{number:012}")
    item = 0
    while len(event) + len(end) < SIZE:
        item += 1
        event += f'        "order_item_{item:04}": "sku_{number % 10000:04}",\n'
    event += '        "last"' + end
    body = event.encode()
    signature = hmac.new(SECRET, f"{NOW}.".encode() + body, hashlib.sha256).hexdigest()
    payload = base64.b64encode(body).decode() if FORM == "payload" else event
    line = {"id": f"evt_{number:012}", FORM: payload, "header": f"t={NOW},v1={signature}"}
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
