"""Makes events of 1.5 kB: `events.py COUNT` a line each, `events.py COUNT SECRET` as bodies with their signatures for wrk.

A line for wrk is the header's value, a tab, and the body on one line.
"""

import hashlib
import hmac
import json
import sys
import time

count, secret = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None
now = int(time.time())
padding = "x" * 1000
for number in range(count):
    event = {
        "id": f"evt_bench{number:09}", "object": "event", "api_version": "2026-10-28.endive", "created": now - count + number,
        "data": {"object": {"id": f"ch_bench{number % 5000:06}", "object": "charge", "amount": 2000, "currency": "usd",
                            "description": padding, "livemode": False, "metadata": {}, "paid": True,
                            "status": "succeeded", "statement_descriptor": None, "transfer_data": None}},
        "livemode": False, "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None},
        "type": "charge.succeeded",
    }
    body = json.dumps(event, separators=(",", ":"))
    if secret is None:
        print(body)
    else:
        made = hmac.new(secret.encode(), f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
        print(f"t={now},v1={made}\t{body}")
