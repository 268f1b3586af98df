"""Uses every resource of the sandbox through the official Python library, and holds every answer against its classes.

PAYCLI_TEST_BASE is the sandbox's base URL, PAYCLI_TEST_KEY its secret key. Needs `pip install stripe`.
Prints `ok <what>` for each check and at the end how many calls were made; any failure ends in exit code 1.
"""

import os
import sys
import time
import traceback
import uuid

import stripe

import stripe_shapes

stripe_shapes.watch()
BASE = os.environ["PAYCLI_TEST_BASE"]
KEY = os.environ["PAYCLI_TEST_KEY"]
CLIENT = stripe.StripeClient(KEY, base_addresses={"api": BASE}, max_network_retries=0)
V1 = CLIENT.v1
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def expect(condition, message="not as expected"):
    if not condition:
        raise AssertionError(message)


def same(seen, expected):
    expect(seen == expected, f"{seen!r} is not {expected!r}")


def error_of(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was expected")


def helper(path, **params):
    """What the sandbox has and Stripe does not: a cardholder and a buyer."""
    return CLIENT.raw_request("post", f"/v1/test_helpers/{path}", **params)


def customer(**params):
    return V1.customers.create(params)


def pay(method="pm_card_visa", **more):
    return V1.payment_intents.create(
        {"amount": 2000, "currency": "usd", "payment_method": method, "confirm": True, **more}
    )


def charge(method="pm_card_visa", **more):
    return V1.charges.retrieve(pay(method, **more).latest_charge)


def price(amount=1500, interval="month", **more):
    recurring = {"recurring": {"interval": interval}} if interval else {}
    data = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "Plan"}, **recurring, **more}
    return V1.prices.create(data)


def subscriber(card="pm_card_visa"):
    made = customer(name="S", email="s@example.com")
    method = V1.payment_methods.attach(card, {"customer": made.id})
    V1.customers.update(made.id, {"invoice_settings": {"default_payment_method": method.id}})
    return made


def kinds_of_events(since):
    return [event.type for event in V1.events.list({"limit": 100, "ending_before": since}).auto_paging_iter()]


def last_event():
    return V1.events.list({"limit": 1}).data[0].id


def pages(service, params, ids):
    """The library's own paging, forwards and backwards, over what was made last, newest first."""
    forwards = [item.id for item in service.list({**params, "limit": 2}).auto_paging_iter()]
    same(forwards, ids)
    backwards = service.list({**params, "limit": 2, "ending_before": ids[-1]}).auto_paging_iter()
    same([item.id for item in backwards], ids[-2::-1])


@check
def customers():
    made = customer(email="c@example.com", address={"city": "Bern"}, shipping={"name": "C", "address": {"line1": "1"}})
    changed = V1.customers.update(made.id, {"invoice_settings": {"footer": "F"}, "metadata": {"a": "1"}})
    same((changed.invoice_settings.footer, changed.address.city), ("F", "Bern"))
    V1.customers.retrieve(made.id)
    email = f"{uuid.uuid4()}@example.com"
    ids = [customer(email=email).id for _ in range(5)][::-1]
    pages(V1.customers, {"email": email}, ids)
    expect(V1.customers.delete(made.id).deleted)
    same(error_of(stripe.InvalidRequestError, lambda: V1.customers.update(made.id, {"name": "x"})).http_status, 404)


@check
def cards_through_tokens():
    card = {"number": "4242 4242 4242 4242", "exp_month": 12, "exp_year": 2040, "cvc": "314"}
    token = V1.tokens.create({"card": card})
    same((token.card.last4, token.card.brand, token.used), ("4242", "Visa", False))
    method = V1.payment_methods.create({"type": "card", "card": {"token": token.id}})
    same((method.card.last4, method.card.brand), ("4242", "visa"))
    expect(V1.tokens.retrieve(token.id).used)
    again = lambda: V1.payment_methods.create({"type": "card", "card": {"token": token.id}})
    same(error_of(stripe.InvalidRequestError, again).code, "token_already_used")
    bad = [
        ({"number": "4242424242424241"}, "incorrect_number", "number"),
        ({"exp_month": 13}, "invalid_expiry_month", "exp_month"),
        ({"exp_year": 2001}, "invalid_expiry_year", "exp_year"),
        ({"cvc": "99"}, "invalid_cvc", "cvc"),
        ({"number": "4917484589897107"}, "card_declined", None),
    ]
    for change, code, param in bad:
        error = error_of(stripe.CardError, lambda: V1.tokens.create({"card": {**card, **change}}))
        same((error.http_status, error.code, error.param), (402, code, param))
    for number, brand in [("5555555555554444", "mastercard"), ("371449635398431", "amex"), ("3566002020360505", "jcb")]:
        made = V1.payment_methods.create({"type": "card", "card": {**card, "number": number, "cvc": "3141"}})
        same(made.card.brand, brand)


@check
def payment_methods():
    owner, other = customer(), customer()
    method = V1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}, "billing_details": {"name": "A"}})
    same(V1.payment_methods.attach(method.id, {"customer": owner.id}).customer, owner.id)
    error_of(stripe.InvalidRequestError, lambda: V1.payment_methods.attach(method.id, {"customer": other.id}))
    changed = V1.payment_methods.update(method.id, {"billing_details": {"phone": "1"}, "card": {"exp_year": 2041}})
    same((changed.billing_details.name, changed.billing_details.phone, changed.card.exp_year), ("A", "1", 2041))
    ids = [V1.payment_methods.attach("pm_card_mastercard", {"customer": owner.id}).id for _ in range(3)][::-1] + [method.id]
    pages(V1.payment_methods, {"customer": owner.id}, ids)
    same([m.id for m in V1.customers.payment_methods.list(owner.id, {"limit": 3}).auto_paging_iter()], ids)
    expanded = V1.payment_methods.retrieve(method.id, {"expand": ["customer"]})
    same(expanded.customer.id, owner.id)
    same(V1.payment_methods.detach(method.id).customer, None)
    declined = lambda: V1.payment_methods.attach("pm_card_chargeDeclined", {"customer": owner.id})
    same(error_of(stripe.CardError, declined).code, "card_declined")


@check
def every_decline_is_told_as_documented():
    for card, code, reason in [
        ("chargeDeclined", "card_declined", "generic_decline"),
        ("visa_chargeDeclined", "card_declined", "generic_decline"),
        ("chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"),
        ("chargeDeclinedExpiredCard", "expired_card", None),
        ("chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("chargeDeclinedProcessingError", "processing_error", "processing_error"),
        ("radarBlock", "card_declined", "fraudulent"),
        ("chargeCustomerFail", "card_declined", "generic_decline"),
    ]:
        error = error_of(stripe.CardError, lambda: pay(f"pm_card_{card}"))
        same((error.http_status, error.code, error.error.decline_code), (402, code, reason))
        failed = V1.charges.retrieve(error.error.charge)
        same((failed.status, failed.failure_code, failed.paid), ("failed", code, False))
        same(V1.payment_intents.retrieve(error.error.payment_intent["id"]).status, "requires_payment_method")


@check
def payment_intents():
    owner = customer()
    intent = V1.payment_intents.create({"amount": 900, "currency": "eur", "customer": owner.id, "metadata": {"o": "1"}})
    same(intent.status, "requires_payment_method")
    intent = V1.payment_intents.update(intent.id, {"amount": 950, "payment_method": "pm_card_visa"})
    same((intent.status, intent.amount), ("requires_confirmation", 950))
    intent = V1.payment_intents.confirm(intent.id, {"expand": ["latest_charge.balance_transaction", "customer"]})
    same((intent.status, intent.latest_charge.balance_transaction.amount, intent.customer.id), ("succeeded", 950, owner.id))
    V1.payment_intents.create({"amount": 900, "currency": "eur", "customer": owner.id})
    same(len(V1.payment_intents.list({"customer": owner.id, "expand": ["data.latest_charge"]}).data), 2)
    held = pay(capture_method="manual")
    same((held.status, held.amount_capturable), ("requires_capture", 2000))
    captured = V1.payment_intents.capture(held.id, {"amount_to_capture": 1500})
    same((captured.status, captured.amount_received), ("succeeded", 1500))
    same(V1.charges.retrieve(captured.latest_charge).amount_refunded, 500)
    held = pay(capture_method="manual")
    same(V1.payment_intents.cancel(held.id).status, "canceled")
    expect(V1.charges.retrieve(held.latest_charge).refunded)
    saved = pay(customer=owner.id, setup_future_usage="off_session")
    same(V1.payment_methods.retrieve(saved.payment_method).customer, owner.id)
    card = {"number": "4242424242424242", "exp_month": 1, "exp_year": 2039, "cvc": "123"}
    with_data = {"amount": 500, "currency": "usd", "confirm": True, "payment_method_data": {"type": "card", "card": card}}
    same(V1.payment_intents.create(with_data).status, "succeeded")
    error = error_of(stripe.InvalidRequestError, lambda: V1.payment_intents.confirm(saved.id))
    same((error.code, error.error.payment_intent["status"]), ("payment_intent_unexpected_state", "succeeded"))
    mine = V1.payment_intents.retrieve(intent.id, {"client_secret": intent.client_secret})
    same(mine.id, intent.id)
    error_of(stripe.InvalidRequestError, lambda: V1.payment_intents.retrieve(intent.id, {"client_secret": "x_secret_y"}))


@check
def the_cardholder_authenticates():
    intent = pay("pm_card_authenticationRequired", return_url="https://example.com/back")
    same((intent.status, intent.next_action.type), ("requires_action", "redirect_to_url"))
    done = helper(f"payment_intents/{intent.id}/authenticate", outcome="succeeded")
    same(V1.payment_intents.retrieve(intent.id).status, "succeeded")
    expect(done is not None)
    intent = pay("pm_card_authenticationRequired")
    same(intent.next_action.type, "use_stripe_sdk")
    helper(f"payment_intents/{intent.id}/authenticate", outcome="failed")
    intent = V1.payment_intents.retrieve(intent.id)
    same((intent.status, intent.last_payment_error.code), ("requires_payment_method", "payment_intent_authentication_failure"))
    error = error_of(stripe.CardError, lambda: pay("pm_card_authenticationRequired", off_session=True))
    same((error.code, error.error.decline_code), ("authentication_required", "authentication_required"))
    intent = pay("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds")
    helper(f"payment_intents/{intent.id}/authenticate", outcome="succeeded")
    same(V1.payment_intents.retrieve(intent.id).last_payment_error.decline_code, "insufficient_funds")
    intent = pay("pm_card_threeDSecure2Required", confirmation_method="manual")
    helper(f"payment_intents/{intent.id}/authenticate", outcome="succeeded")
    same(V1.payment_intents.retrieve(intent.id).status, "requires_confirmation")
    same(V1.payment_intents.confirm(intent.id).status, "succeeded")


@check
def setup_intents():
    owner = customer()
    intent = V1.setup_intents.create({"customer": owner.id, "payment_method": "pm_card_visa", "confirm": True})
    same(intent.status, "succeeded")
    same(V1.payment_methods.retrieve(intent.payment_method).customer, owner.id)
    expanded = V1.setup_intents.retrieve(intent.id, {"expand": ["latest_attempt", "payment_method"]})
    same((expanded.latest_attempt.status, expanded.payment_method.id), ("succeeded", intent.payment_method))
    same(len(V1.setup_attempts.list({"setup_intent": intent.id}).data), 1)
    waiting = V1.setup_intents.create({"customer": owner.id})
    V1.setup_intents.update(waiting.id, {"metadata": {"a": "b"}})
    same(V1.setup_intents.cancel(waiting.id, {"cancellation_reason": "abandoned"}).status, "canceled")
    same([s.id for s in V1.setup_intents.list({"customer": owner.id}).data], [waiting.id, intent.id])
    waiting = V1.setup_intents.create({"customer": owner.id})
    confirm = lambda method: V1.setup_intents.confirm(waiting.id, {"payment_method": method})
    error = error_of(stripe.CardError, lambda: confirm("pm_card_chargeDeclined"))
    same(error.error.setup_intent["status"], "requires_payment_method")
    asked = confirm("pm_card_authenticationRequiredOnSetup")
    same(asked.status, "requires_action")
    helper(f"setup_intents/{asked.id}/authenticate", outcome="succeeded")
    ready = V1.setup_intents.retrieve(asked.id)
    same(ready.status, "succeeded")
    paid = pay(ready.payment_method, customer=owner.id, off_session=True)
    same(paid.status, "succeeded")


@check
def charges_and_refunds():
    held = pay(capture_method="manual")
    taken = V1.charges.capture(held.latest_charge, {"amount": 800})
    same((taken.captured, taken.amount_captured), (True, 800))
    same(V1.payment_intents.retrieve(held.id).status, "succeeded")
    paid = charge(description="D")
    V1.charges.update(paid.id, {"metadata": {"a": "1"}, "description": "E"})
    part = V1.refunds.create({"charge": paid.id, "amount": 500, "reason": "requested_by_customer"})
    same((part.status, part.amount, part.charge), ("succeeded", 500, paid.id))
    V1.refunds.update(part.id, {"metadata": {"x": "y"}})
    rest = V1.refunds.create({"payment_intent": paid.payment_intent, "expand": ["charge", "balance_transaction"]})
    same((rest.amount, rest.charge.refunded, rest.balance_transaction.amount), (1500, True, -1500))
    error = error_of(stripe.InvalidRequestError, lambda: V1.refunds.create({"charge": paid.id}))
    same(error.code, "charge_already_refunded")
    error = error_of(stripe.InvalidRequestError, lambda: V1.refunds.create({"charge": taken.id, "amount": 801}))
    same(error.param, "amount")
    same([r.id for r in V1.refunds.list({"charge": paid.id}).data], [rest.id, part.id])
    same(len(V1.charges.retrieve(paid.id, {"expand": ["refunds"]}).refunds.data), 2)
    same([c.id for c in V1.charges.list({"payment_intent": paid.payment_intent}).data], [paid.id])
    failing = V1.refunds.create({"charge": charge("pm_card_refundFail").id})
    same((failing.status, V1.refunds.retrieve(failing.id).status), ("succeeded", "failed"))
    waiting = V1.refunds.create({"charge": charge("pm_card_pendingRefund").id})
    same((waiting.status, V1.refunds.retrieve(waiting.id).status), ("pending", "succeeded"))


@check
def disputes():
    paid = charge("pm_card_createDispute")
    expect(paid.disputed)
    dispute = V1.disputes.list({"charge": paid.id}).data[0]
    same((dispute.status, dispute.reason, dispute.amount), ("needs_response", "fraudulent", 2000))
    V1.disputes.update(dispute.id, {"evidence": {"product_description": "A thing"}})
    won = V1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True})
    same((won.status, len(won.balance_transactions), won.evidence.product_description), ("won", 2, "A thing"))
    lost = V1.disputes.list({"charge": charge("pm_card_createDisputeProductNotReceived").id}).data[0]
    same(V1.disputes.close(lost.id).status, "lost")
    error_of(stripe.InvalidRequestError, lambda: V1.disputes.close(lost.id))
    asked = V1.disputes.list({"charge": charge("pm_card_createDisputeInquiry").id, "expand": ["data.charge"]}).data[0]
    same((asked.status, asked.balance_transactions), ("warning_needs_response", []))
    same(V1.disputes.retrieve(asked.id).charge, asked.charge.id)


@check
def balance_and_payouts():
    charge("pm_card_bypassPending", amount=99000)
    available = [line.amount for line in V1.balance.retrieve().available if line.currency == "usd"][0]
    expect(available > 90000, available)
    made = V1.payouts.create({"amount": 1000, "currency": "usd", "metadata": {"a": "b"}})
    same(made.status, "pending")
    V1.payouts.update(made.id, {"metadata": {"a": "c"}})
    same(V1.payouts.retrieve(made.id, {"expand": ["balance_transaction"]}).balance_transaction.amount, -1000)
    same(V1.payouts.cancel(made.id).status, "canceled")
    expect(made.id in [p.id for p in V1.payouts.list({"status": "canceled"}).data])
    error = error_of(stripe.InvalidRequestError, lambda: V1.payouts.create({"amount": 90000000, "currency": "usd"}))
    same((error.code, error.param), ("balance_insufficient", "amount"))
    after = [line.amount for line in V1.balance.retrieve().available if line.currency == "usd"][0]
    same(after, available)
    last = V1.balance_transactions.list({"limit": 3, "expand": ["data.source"]})
    same([t.type for t in last.data], ["payout_cancel", "payout", "charge"])
    V1.balance_transactions.retrieve(last.data[0].id)


@check
def products_and_prices():
    product = V1.products.create({"name": "A", "id": f"é%{uuid.uuid4()}", "metadata": {"a": "1"}})
    same(V1.products.retrieve(product.id).name, "A")
    taken = error_of(stripe.InvalidRequestError, lambda: V1.products.create({"name": "B", "id": product.id}))
    same(taken.code, "resource_already_exists")
    V1.products.update(product.id, {"description": "D", "images": ["https://example.com/a.png"], "active": False})
    with_price = V1.products.create(
        {"name": "B", "default_price_data": {"currency": "usd", "unit_amount": 5}, "expand": ["default_price"]}
    )
    same(with_price.default_price.unit_amount, 5)
    error_of(stripe.InvalidRequestError, lambda: V1.products.delete(with_price.id))
    expect(V1.products.delete(product.id).deleted)
    ids = [V1.products.create({"name": f"P{n}", "url": f"https://example.com/{uuid.uuid4()}"}).id for n in range(3)]
    same([p.id for p in V1.products.list({"ids": ids}).data], ids[::-1])
    key = str(uuid.uuid4())
    made = [
        V1.prices.create({"currency": "usd", "unit_amount_decimal": "12.5", "product": ids[0], "lookup_key": key}),
        V1.prices.create({"currency": "usd", "unit_amount": 7, "product": ids[0], "recurring": {"interval": "year"}}),
        V1.prices.create({"currency": "eur", "unit_amount": 8, "product": ids[0]}),
    ]
    same((made[0].unit_amount, str(made[0].unit_amount_decimal)), (None, "12.5"))
    pages(V1.prices, {"product": ids[0]}, [p.id for p in made][::-1])
    same([p.id for p in V1.prices.list({"lookup_keys": [key, "none"]}).data], [made[0].id])
    same([p.id for p in V1.prices.list({"product": ids[0], "recurring": {"interval": "year"}}).data], [made[1].id])
    same([p.id for p in V1.prices.list({"product": ids[0], "currency": "eur"}).data], [made[2].id])
    same(V1.prices.update(made[1].id, {"active": False, "nickname": "N"}).nickname, "N")
    same([p.id for p in V1.prices.list({"product": ids[0], "active": False}).data], [made[1].id])
    same(V1.prices.retrieve(made[0].id, {"expand": ["product"]}).product.name, "P0")
    error_of(stripe.InvalidRequestError, lambda: V1.prices.create({"currency": "usd", "product": ids[0]}))


@check
def coupons_and_tax_rates():
    half = V1.coupons.create({"percent_off": 50, "duration": "once", "name": "Half"})
    V1.coupons.create({"amount_off": 300, "currency": "usd", "duration": "repeating", "duration_in_months": 3})
    named = V1.coupons.create({"percent_off": 12.5, "id": f"SAVE{uuid.uuid4()}", "duration": "forever"})
    same((V1.coupons.retrieve(named.id).percent_off, V1.coupons.update(half.id, {"name": "50"}).name), (12.5, "50"))
    expect(V1.coupons.delete(named.id).deleted)
    same(V1.coupons.list({"limit": 2}).data[1].id, half.id)
    error_of(stripe.InvalidRequestError, lambda: V1.coupons.create({"duration": "once"}))
    rate = V1.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": False, "country": "DE"})
    same(V1.tax_rates.update(rate.id, {"active": False}).active, False)
    expect(rate.id in [r.id for r in V1.tax_rates.list({"active": False, "limit": 100}).data])
    same(V1.tax_rates.retrieve(rate.id).percentage, 19)


@check
def invoices_and_items():
    payer = subscriber()
    half = V1.coupons.create({"percent_off": 50, "duration": "once"})
    rate = V1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False})
    V1.invoice_items.create({"customer": payer.id, "amount": 700, "currency": "usd", "description": "Seven"})
    one_time = price(650, None)
    invoice = V1.invoices.create(
        {
            "customer": payer.id,
            "pending_invoice_items_behavior": "include",
            "discounts": [{"coupon": half.id}],
            "default_tax_rates": [rate.id],
        }
    )
    same((invoice.status, invoice.subtotal), ("draft", 700))
    item = V1.invoice_items.create(
        {"customer": payer.id, "invoice": invoice.id, "pricing": {"price": one_time.id}, "quantity": 2}
    )
    same(item.amount, 1300)
    V1.invoice_items.update(item.id, {"description": "Two"})
    invoice = V1.invoices.retrieve(invoice.id, {"expand": ["customer", "discounts"]})
    same((invoice.subtotal, invoice.total, invoice.total_taxes[0].amount), (2000, 1200, 200))
    same([line.amount for line in V1.invoices.line_items.list(invoice.id, {"limit": 1}).auto_paging_iter()], [700, 1300])
    V1.invoices.update(invoice.id, {"description": "D", "metadata": {"a": "1"}})
    final = V1.invoices.finalize_invoice(invoice.id)
    expect(final.status == "open" and final.number, final)
    fixed = error_of(stripe.InvalidRequestError, lambda: V1.invoices.update(invoice.id, {"description": "E"}))
    same(fixed.param, "description")
    paid = V1.invoices.pay(invoice.id, {"expand": ["payments.data.payment.payment_intent"]})
    same((paid.status, paid.amount_paid), ("paid", 1200))
    same(paid.payments.data[0].payment.payment_intent.status, "succeeded")
    same(V1.invoice_payments.list({"invoice": invoice.id}).data[0].status, "paid")
    V1.invoice_payments.retrieve(paid.payments.data[0].id)
    draft = V1.invoices.create({"customer": payer.id})
    expect(V1.invoices.delete(draft.id).deleted)
    spare = V1.invoice_items.create({"customer": payer.id, "amount": 5, "currency": "usd"})
    same(V1.invoice_items.retrieve(spare.id).invoice, None)
    expect(V1.invoice_items.delete(spare.id).deleted)
    expect(len(V1.invoice_items.list({"customer": payer.id}).data) == 2)


@check
def invoices_end_in_other_ways():
    payer = customer(email="p@example.com")

    def invoice(**more):
        made = V1.invoices.create({"customer": payer.id, **more})
        V1.invoice_items.create({"customer": payer.id, "invoice": made.id, "amount": 900, "currency": "usd"})
        return made.id

    nothing = error_of(stripe.InvalidRequestError, lambda: V1.invoices.pay(invoice()))
    same(nothing.code, "resource_missing")
    failing = invoice()
    declined = error_of(stripe.CardError, lambda: V1.invoices.pay(failing, {"payment_method": "pm_card_chargeDeclined"}))
    same(declined.code, "card_declined")
    after = V1.invoices.retrieve(failing)
    same((after.status, after.attempt_count), ("open", 1))
    same(V1.invoices.pay(failing, {"payment_method": "pm_card_visa"}).status, "paid")
    same(V1.invoices.void_invoice(V1.invoices.finalize_invoice(invoice()).id).status, "void")
    lost = V1.invoices.finalize_invoice(invoice()).id
    same(V1.invoices.mark_uncollectible(lost).status, "uncollectible")
    same(V1.invoices.pay(lost, {"paid_out_of_band": True}).status, "paid")
    sent = V1.invoices.send_invoice(invoice(collection_method="send_invoice", days_until_due=7))
    expect(sent.status == "open" and sent.due_date > time.time())
    same(len(V1.invoices.list({"customer": payer.id, "status": "void"}).data), 1)
    asked = invoice()
    error = error_of(stripe.CardError, lambda: V1.invoices.pay(asked, {"payment_method": "pm_card_authenticationRequired"}))
    same(error.code, "invoice_payment_intent_requires_action")
    helper(f"payment_intents/{error.error.payment_intent['id']}/authenticate", outcome="succeeded")
    same(V1.invoices.retrieve(asked).status, "paid")


@check
def subscriptions():
    payer, monthly = subscriber(), price()
    made = V1.subscriptions.create(
        {"customer": payer.id, "items": [{"price": monthly.id, "quantity": 3}], "expand": ["latest_invoice", "customer"]}
    )
    same((made.status, made.latest_invoice.status, made.latest_invoice.amount_paid), ("active", "paid", 4500))
    item = made["items"].data[0]
    expect(27 * 86400 <= item.current_period_end - item.current_period_start <= 31 * 86400)
    changed = V1.subscriptions.update(
        made.id, {"items": [{"id": item.id, "quantity": 1}], "cancel_at_period_end": True, "metadata": {"a": "b"}}
    )
    same((changed["items"].data[0].quantity, changed.cancel_at_period_end), (1, True))
    found = V1.subscriptions.retrieve(made.id, {"expand": ["items.data.price.product"]})
    same(found["items"].data[0].price.product.name, "Plan")
    trial = V1.subscriptions.create({"customer": payer.id, "items": [{"price": monthly.id}], "trial_period_days": 14})
    same((trial.status, trial.trial_end - trial.trial_start), ("trialing", 14 * 86400))
    same([s.id for s in V1.subscriptions.list({"customer": payer.id}).data], [trial.id, made.id])
    same(V1.subscriptions.cancel(made.id, {"cancellation_details": {"feedback": "unused"}}).status, "canceled")
    same([s.id for s in V1.subscriptions.list({"customer": payer.id}).data], [trial.id])
    same(len(V1.subscriptions.list({"customer": payer.id, "status": "all", "price": monthly.id}).data), 2)
    same([s.id for s in V1.subscriptions.list({"customer": payer.id, "status": "canceled"}).data], [made.id])
    owner = V1.customers.retrieve(payer.id, {"expand": ["subscriptions"]})
    same([s.id for s in owner.subscriptions.data], [trial.id])
    same(len(V1.invoices.list({"subscription": made.id}).data), 1)


@check
def changes_are_prorated_and_previewed():
    monthly, larger, payer = price(1000), price(2000), subscriber()
    made = V1.subscriptions.create({"customer": payer.id, "items": [{"price": monthly.id, "quantity": 2}]})
    change = {"items": [{"id": made["items"].data[0].id, "price": larger.id}], "proration_behavior": "always_invoice",
              "proration_date": made["items"].data[0].current_period_start}
    shown = V1.invoices.create_preview({"subscription": made.id, "subscription_details": change})
    expect(shown.id.startswith("upcoming_in_"))
    changed = V1.subscriptions.update(made.id, {**change, "expand": ["latest_invoice"]})
    real = changed.latest_invoice
    same((real.total, real.billing_reason, real.status), (2000, "subscription_update", "paid"))
    same([line.amount for line in real.lines.data], [-2000, 4000])
    same([line.amount for line in shown.lines.data], [-2000, 4000])
    same([line.parent.subscription_item_details.proration for line in real.lines.data], [True, True])
    credit = V1.invoice_items.retrieve(real.lines.data[0].parent.subscription_item_details.invoice_item)
    same((credit.proration, credit.invoice), (True, real.id))
    V1.subscriptions.update(made.id, {"items": [{"id": made["items"].data[0].id, "quantity": 1}]})
    waiting = V1.invoices.create_preview({"customer": payer.id})
    expect(any(line.amount < 0 for line in waiting.lines.data))
    same(V1.subscriptions.cancel(made.id, {"prorate": True, "invoice_now": True}).status, "canceled")
    expect(V1.customers.retrieve(payer.id).balance < 0)
    error_of(stripe.InvalidRequestError, lambda: V1.invoices.create_preview({"customer": payer.id}))


@check
def balances_of_customers():
    owner = V1.customers.create({"balance": -500})
    service = V1.customers.balance_transactions
    first = service.list(owner.id).data[0]
    same((first.type, first.amount, first.ending_balance), ("initial", -500, -500))
    made = service.create(owner.id, {"amount": 200, "currency": "usd", "description": "Fee", "metadata": {"a": "b"}})
    same((made.type, made.ending_balance, made.description), ("adjustment", -300, "Fee"))
    same(service.update(owner.id, made.id, {"metadata": {"c": "d"}}).metadata.to_dict(), {"a": "b", "c": "d"})
    same(service.retrieve(owner.id, made.id, {"expand": ["customer"]}).customer.id, owner.id)
    draft = V1.invoices.create({"customer": owner.id})
    V1.invoice_items.create({"customer": owner.id, "invoice": draft.id, "amount": 700, "currency": "usd"})
    final = V1.invoices.finalize_invoice(draft.id)
    same((final.starting_balance, final.ending_balance, final.amount_due), (-300, 0, 400))
    V1.invoices.void_invoice(final.id)
    same([one.type for one in service.list(owner.id, {"limit": 2}).data], ["unapplied_from_invoice", "applied_to_invoice"])
    same(V1.customers.update(owner.id, {"balance": 0}).balance, 0)


@check
def subscriptions_begin_incomplete():
    payer, monthly = customer(), price()
    data = {"customer": payer.id, "items": [{"price": monthly.id}]}
    error_of(stripe.InvalidRequestError, lambda: V1.subscriptions.create(data))
    waiting = V1.subscriptions.create(
        {**data, "payment_behavior": "default_incomplete", "expand": ["latest_invoice.payments"]}
    )
    same(waiting.status, "incomplete")
    intent = waiting.latest_invoice.payments.data[0].payment.payment_intent
    V1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    same(V1.subscriptions.retrieve(waiting.id, {"expand": ["latest_invoice"]}).status, "active")
    refused = subscriber("pm_card_chargeCustomerFail")
    made = V1.subscriptions.create({"customer": refused.id, "items": [{"price": monthly.id}]})
    same(made.status, "incomplete")
    strict = {"customer": refused.id, "items": [{"price": monthly.id}], "payment_behavior": "error_if_incomplete"}
    error_of(stripe.CardError, lambda: V1.subscriptions.create(strict))
    same(len(V1.subscriptions.list({"customer": refused.id, "status": "all"}).data), 1)
    sent = V1.subscriptions.create({**data, "collection_method": "send_invoice", "days_until_due": 30})
    same(sent.status, "active")


@check
def checkout_sessions():
    once, monthly = price(500, None), price()
    data = {"mode": "payment", "success_url": "https://example.com/s", "line_items": [{"price": once.id, "quantity": 2}]}
    session = V1.checkout.sessions.create({**data, "metadata": {"order": "1"}, "expand": ["line_items"]})
    same((session.amount_total, session.status, session.line_items.data[0].amount_total), (1000, "open", 1000))
    same(V1.checkout.sessions.retrieve(session.id).payment_status, "unpaid")
    same([i.quantity for i in V1.checkout.sessions.line_items.list(session.id).data], [2])
    V1.checkout.sessions.update(session.id, {"metadata": {"order": "2"}})
    helper(f"checkout/sessions/{session.id}/complete", payment_method="pm_card_visa", email="b@example.com")
    done = V1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    same((done.status, done.payment_status, done.payment_intent.amount_received), ("complete", "paid", 1000))
    other = V1.checkout.sessions.create(
        {
            **data,
            "line_items": [
                {"price_data": {"currency": "eur", "unit_amount": 50, "product_data": {"name": "Q"}}, "quantity": 1}
            ],
        }
    )
    same(V1.checkout.sessions.expire(other.id).status, "expired")
    error_of(stripe.InvalidRequestError, lambda: V1.checkout.sessions.expire(other.id))
    V1.checkout.sessions.create({**data, "mode": "subscription", "line_items": [{"price": monthly.id, "quantity": 1}]})
    error_of(stripe.InvalidRequestError, lambda: V1.checkout.sessions.create({**data, "line_items": [{"price": monthly.id}]}))
    V1.checkout.sessions.create({"mode": "setup", "currency": "usd", "success_url": "https://example.com"})
    expect(other.id in [s.id for s in V1.checkout.sessions.list({"status": "expired"}).data])


@check
def webhook_endpoints():
    made = V1.webhook_endpoints.create({"url": "http://127.0.0.1:9/hook", "enabled_events": ["charge.failed", "charge.succeeded"]})
    expect(made.secret.startswith("whsec_"))
    expect("secret" not in V1.webhook_endpoints.retrieve(made.id).to_dict(), "the secret is shown once")
    same(V1.webhook_endpoints.update(made.id, {"enabled_events": ["*"], "disabled": True}).status, "disabled")
    expect(made.id in [e.id for e in V1.webhook_endpoints.list({"limit": 100}).data])
    expect(V1.webhook_endpoints.delete(made.id).deleted)
    for params in [{"url": "ftp://x", "enabled_events": ["*"]}, {"url": "http://a.b", "enabled_events": ["Charge"]}]:
        error_of(stripe.InvalidRequestError, lambda: V1.webhook_endpoints.create(params))


@check
def account():
    own = V1.accounts.retrieve_current()
    same(V1.accounts.retrieve(own.id).id, own.id)
    error_of(stripe.PermissionError, lambda: V1.accounts.retrieve("acct_1none"))


@check
def events_tell_what_happened():
    customer()
    since = last_event()
    owner = customer(name="E")
    V1.customers.update(owner.id, {"name": "F"})
    pay(customer=owner.id)
    error_of(stripe.CardError, lambda: pay("pm_card_chargeDeclined"))
    expected = [
        "customer.created",
        "customer.updated",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]
    same(kinds_of_events(since), expected)
    event = V1.events.list({"type": "customer.updated", "limit": 1}).data[0]
    same(V1.events.retrieve(event.id).data.previous_attributes.to_dict(), {"name": "E"})
    both = V1.events.list({"types": ["customer.created", "customer.updated"], "limit": 2})
    same([e.type for e in both.data], ["customer.updated", "customer.created"])


@check
def wrong_requests_name_the_parameter():
    invalid = lambda call: error_of(stripe.InvalidRequestError, call)
    for call, code, param in [
        (lambda: V1.refunds.create({"colour": "red"}), "parameter_unknown", "colour"),
        (lambda: V1.products.create({}), "parameter_missing", "name"),
        (lambda: V1.tax_rates.create({"display_name": "x", "inclusive": "maybe", "percentage": 1}), None, "inclusive"),
        (lambda: V1.tax_rates.create({"display_name": "x", "inclusive": True, "percentage": "x"}), None, "percentage"),
        (lambda: V1.subscriptions.create({"customer": "cus_none", "items": [{"price": "p"}]}), "resource_missing", "customer"),
        (lambda: V1.prices.list({"limit": 1000}), "parameter_invalid_integer", "limit"),
        (lambda: V1.prices.list({"starting_after": "price_none"}), "resource_missing", "starting_after"),
        (lambda: V1.charges.retrieve("ch_none"), "resource_missing", "id"),
        (lambda: V1.charges.retrieve("ch_none", {"expand": ["nonsense"]}), None, "expand"),
        (lambda: V1.coupons.create({"percent_off": 5, "metadata": {"k" * 41: "v"}}), None, f"metadata[{'k' * 41}]"),
    ]:
        error = invalid(call)
        same((error.code, error.param), (code, param))
    error = invalid(lambda: CLIENT.raw_request("get", "/v1/unicorns"))
    same(error.http_status, 404)
    error = error_of(stripe.APIError, lambda: CLIENT.raw_request("delete", "/v1/charges/ch_1"))
    same((error.http_status, error.error.type), (405, "invalid_request_error"))
    stranger = stripe.StripeClient(KEY[:-4] + "0000", base_addresses={"api": BASE})
    error_of(stripe.AuthenticationError, stranger.v1.charges.list)


@check
def the_check_of_shapes_sees_what_is_wrong():
    good = V1.payment_intents.retrieve(pay().id, {"expand": ["latest_charge"]}).last_response.data
    refused = 0
    for change in [
        {"colour": "red"},
        {"amount": "5"},
        {"amount": True},
        {"status": "happy"},
        {"latest_charge": {**good["latest_charge"], "paid": None}},
        {"latest_charge": {**good["latest_charge"], "outcome": {"type": "authorized", "mood": "good"}}},
        {"payment_method_types": [1]},
        {"customer": 7},
    ]:
        try:
            stripe_shapes.check_object({**good, **change}, stripe.PaymentIntent, "changed")
        except stripe_shapes.Wrong:
            refused += 1
    try:
        stripe_shapes.check_object({k: v for k, v in good.items() if k != "amount"}, stripe.PaymentIntent, "less")
    except stripe_shapes.Wrong:
        refused += 1
    same(refused, 9)


def main():
    failed = 0
    for function in CHECKS:
        what = function.__name__.replace("_", " ")
        try:
            function()
        except Exception as error:
            failed += 1
            line = traceback.extract_tb(error.__traceback__)
            own = [frame.lineno for frame in line if frame.filename == __file__]
            print(f"FAILED {what} (line {own[-1]}): {type(error).__name__}: {error}", file=sys.stderr)
        else:
            print(f"ok {what}", flush=True)
    kinds = sorted(kind for kind in stripe_shapes.SEEN if not kind.startswith("list of"))
    print(f"{len(stripe_shapes.CALLS)} calls; objects checked: {', '.join(kinds)}")
    if len(stripe_shapes.CALLS) < 80:
        print("fewer than 80 calls", file=sys.stderr)
        failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
