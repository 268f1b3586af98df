"""Uses the official Python library as a client of the sandbox, and fails where the two do not understand each other.

PAYCLI_TEST_BASE is the sandbox's base URL, PAYCLI_TEST_KEY its secret key. Needs `pip install stripe`.
Prints `ok <what>` for each check; the first that fails ends the run with exit code 1.
"""

import os
import sys
import threading
import uuid

import stripe

BASE = os.environ["PAYCLI_TEST_BASE"]
KEY = os.environ["PAYCLI_TEST_KEY"]
CLIENT = stripe.StripeClient(KEY, base_addresses={"api": BASE}, max_network_retries=5)
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def expect_error(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was expected")


def new_key():
    return {"idempotency_key": str(uuid.uuid4())}


def pay(method="pm_card_visa", options=None, **more):
    params = {"amount": 2000, "currency": "usd", "payment_method": method, "confirm": True, **more}
    return CLIENT.v1.payment_intents.create(params, options or {})


@check
def the_account_is_the_one_in_the_key():
    account = CLIENT.v1.accounts.retrieve_current()
    expect(account.id == "acct_1" + KEY.split("_")[2][2:17], account.id)


@check
def a_customer_is_created_retrieved_updated_and_deleted():
    made = CLIENT.v1.customers.create(
        {
            "email": "a@example.com",
            "name": "Ä & B",
            "metadata": {"order": "7"},
            "address": {"city": "Bern", "country": "CH"},
            "preferred_locales": ["de", "fr"],
        }
    )
    expect(made.id.startswith("cus_") and made.name == "Ä & B", made)
    expect(made.address.city == "Bern" and made.preferred_locales == ["de", "fr"], made)
    changed = CLIENT.v1.customers.update(made.id, {"description": "x", "metadata": {"order": "", "more": "1"}})
    expect(changed.metadata.to_dict() == {"more": "1"}, changed)
    got = CLIENT.v1.customers.retrieve(made.id)
    expect(got.description == "x" and got.email == "a@example.com", got)
    expect(CLIENT.v1.customers.delete(made.id).deleted is True, "not deleted")
    expect(CLIENT.v1.customers.retrieve(made.id).deleted is True, "not told as deleted")


@check
def lists_page_by_themselves_in_both_directions():
    email = f"{uuid.uuid4()}@example.com"
    made = [CLIENT.v1.customers.create({"email": email}).id for _ in range(25)]
    page = CLIENT.v1.customers.list({"email": email, "limit": 7})
    expect([customer.id for customer in page.auto_paging_iter()] == made[::-1], "newest first, all of them")
    page = CLIENT.v1.customers.list({"email": email, "limit": 7, "ending_before": made[0]})
    expect([customer.id for customer in page.auto_paging_iter()] == made[1:], "backwards")


@check
def an_intent_is_confirmed_and_expands_its_customer():
    customer = CLIENT.v1.customers.create({"name": "A"})
    made = CLIENT.v1.payment_intents.create({"amount": 500, "currency": "eur", "customer": customer.id})
    expect(made.status == "requires_payment_method" and made.customer == customer.id, made)
    paid = CLIENT.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa", "expand": ["customer"]})
    expect(paid.status == "succeeded" and paid.amount_received == 500 and paid.customer.name == "A", paid)
    listed = CLIENT.v1.payment_intents.list({"customer": customer.id, "expand": ["data.customer"]})
    expect([(intent.id, intent.customer.name) for intent in listed.data] == [(made.id, "A")], listed)
    confirm = lambda: CLIENT.v1.payment_intents.confirm(made.id)
    error = expect_error(stripe.InvalidRequestError, confirm)
    expect(error.code == "payment_intent_unexpected_state" and error.http_status == 400, error)


@check
def an_intent_is_captured_and_another_is_canceled():
    held = pay(capture_method="manual")
    expect(held.status == "requires_capture", held)
    expect(CLIENT.v1.payment_intents.capture(held.id, {"amount_to_capture": 900}).amount_received == 900, "capture")
    held = CLIENT.v1.payment_intents.create({"amount": 500, "currency": "eur"})
    expect(CLIENT.v1.payment_intents.cancel(held.id, {"cancellation_reason": "abandoned"}).status == "canceled", "cancel")


@check
def declines_are_card_errors():
    for method, reason in [
        ("pm_card_chargeDeclined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ]:
        options = new_key()
        error = expect_error(stripe.CardError, lambda: pay(method, options))
        expect(error.code == "card_declined" and error.http_status == 402, error)
        expect(error.error.decline_code == reason, error.error)
        intent = error.error.payment_intent
        expect(CLIENT.v1.payment_intents.retrieve(intent["id"]).last_payment_error.decline_code == reason, "stored")
        again = expect_error(stripe.CardError, lambda: pay(method, options))
        expect(again.headers.get("idempotent-replayed") == "true", again.headers)
        expect(again.http_body == error.http_body, "the same bytes")


@check
def a_key_replays_its_answer():
    options = new_key()
    first, again = pay(options=options), pay(options=options)
    expect(first.id == again.id, (first.id, again.id))
    expect(again.last_response.headers.get("idempotent-replayed") == "true", again.last_response.headers)
    expect(again.last_response.headers.get("original-request") == first.last_response.request_id, "original")
    expect(again.last_response.body == first.last_response.body, "the same bytes")


@check
def a_key_belongs_to_one_request():
    options = new_key()
    pay(options=options)
    error = expect_error(stripe.IdempotencyError, lambda: pay(options=options, amount=2001))
    expect(error.http_status == 400 and error.code is None, error)
    expect_error(stripe.IdempotencyError, lambda: CLIENT.v1.customers.create({}, options))


@check
def twenty_at_once_under_one_key_make_one_object():
    options, email = new_key(), f"{uuid.uuid4()}@example.com"
    ids, errors, start = [], [], threading.Barrier(20)

    def run():
        start.wait()
        try:
            ids.append(CLIENT.v1.customers.create({"email": email}, options).id)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect(not errors and len(ids) == 20, errors)
    expect(len(set(ids)) == 1, ids)
    expect(len(CLIENT.v1.customers.list({"email": email}).data) == 1, "more than one object")


@check
def wrong_requests_are_told_as_the_library_knows_them():
    def create(**params):
        return expect_error(stripe.InvalidRequestError, lambda: CLIENT.v1.payment_intents.create(params))

    error = create(amount=5)
    expect((error.code, error.param) == ("parameter_missing", "currency"), error)
    error = create(amount=5, currency="usd", colour="red")
    expect((error.code, error.param) == ("parameter_unknown", "colour"), error)
    error = create(amount="x", currency="usd")
    expect((error.code, error.param) == ("parameter_invalid_integer", "amount"), error)
    error = expect_error(stripe.InvalidRequestError, lambda: CLIENT.v1.customers.retrieve("cus_none"))
    expect((error.http_status, error.code, error.param) == (404, "resource_missing", "id"), error)
    stranger = stripe.StripeClient(KEY[:-4] + "0000", base_addresses={"api": BASE})
    error = expect_error(stripe.AuthenticationError, stranger.v1.customers.list)
    expect(error.http_status == 401 and KEY[20:60] not in str(error), error)


@check
def every_field_is_one_that_the_library_declares_and_none_that_it_counts_on_is_missing():
    intent = CLIENT.v1.payment_intents.create({"amount": 5, "currency": "usd", "shipping": {"name": "A"}})
    for made in [CLIENT.v1.customers.create({}), intent, pay(), CLIENT.v1.accounts.retrieve_current()]:
        given, declared = set(made.to_dict()), type(made).__annotations__
        expect(given <= set(declared), f"{type(made).__name__} has no {sorted(given - set(declared))}")
        spared = ("Optional", "NoneType", "ClassVar")
        needed = {name for name, kind in declared.items() if not any(word in str(kind) for word in spared)}
        missing = needed - given
        expect(not missing, f"{type(made).__name__} never lacks {sorted(missing)}")
    failed = expect_error(stripe.CardError, lambda: pay("pm_card_chargeDeclined")).error.payment_intent
    unknown = set(failed["last_payment_error"].to_dict()) - set(stripe.PaymentIntent.LastPaymentError.__annotations__)
    expect(not unknown, f"LastPaymentError has no {sorted(unknown)}")


def main():
    for function in CHECKS:
        what = function.__name__.replace("_", " ")
        try:
            function()
        except Exception as error:
            print(f"FAILED {what}: {type(error).__name__}: {error}", file=sys.stderr)
            return 1
        print(f"ok {what}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
