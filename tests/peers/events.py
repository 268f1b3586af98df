"""Reads webhook events with the official python library, as a receiver does: a JSON object a line, in and out.

In: payload, header, secret. Out: {"ok", "type", "class"}, the class being the one of the object that the event is about,
or of the notification where it is a thin one; or {"ok", "error"}.
"""

import json
import sys

import stripe
from stripe import StripeClient, StripeObject

client = StripeClient("sk_test_none")


def read(line):
    payload, header, secret = line["payload"].encode(), line["header"], line["secret"]
    if json.loads(payload)["object"] == "v2.core.event":
        notification = client.parse_event_notification(payload, header, secret)
        return notification.type, type(notification).__name__
    event = client.construct_event(payload, header, secret)
    thing = event.data.object
    # A class of its own, and not only what is made of any JSON object.
    assert isinstance(thing, StripeObject) and type(thing) is not StripeObject, type(thing)
    assert event.livemode is False and event.created > 0
    return event.type, type(thing).__name__


for text in sys.stdin:
    try:
        kind, name = read(json.loads(text))
        answer = {"ok": True, "type": kind, "class": name}
    except Exception as error:
        answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
