"""Creates one customer with the official Python library, whose automatic retries meet what the sandbox does wrong.

PAYCLI_TEST_BASE is the sandbox's base URL, PAYCLI_TEST_KEY its secret key, PAYCLI_TEST_TIMEOUT the seconds that one
attempt may take. Prints the id and how often the program had to ask: more than once only where the library gave up.
"""

import os
import uuid

import stripe

client = stripe.StripeClient(
    os.environ["PAYCLI_TEST_KEY"],
    base_addresses={"api": os.environ["PAYCLI_TEST_BASE"]},
    max_network_retries=4,
    http_client=stripe.RequestsClient(timeout=float(os.environ["PAYCLI_TEST_TIMEOUT"])),
)
options = {"idempotency_key": str(uuid.uuid4())}
for asked in range(1, 4):
    try:
        customer = client.v1.customers.create({"name": "one"}, options)
    except stripe.APIConnectionError as error:
        print(f"gave up: {type(error).__name__}", flush=True)
    except stripe.APIError as error:
        print(f"gave up: {type(error).__name__}", flush=True)
    else:
        print(f"{customer.id} {asked}")
        break
