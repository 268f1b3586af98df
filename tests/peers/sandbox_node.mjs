// Uses the sandbox through the official node library: every resource, its own paging, its own classes of errors.
//
// PAYCLI_TEST_BASE is the sandbox's base URL, PAYCLI_TEST_KEY its secret key, PAYCLI_TEST_MODULES the directory that
// `npm install` filled. Prints `ok <what>` for each check and at the end how many calls were made; any failure ends in
// exit code 1.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.PAYCLI_TEST_MODULES, 'index.js'));
const loaded = require('stripe');
const Stripe = loaded.default ?? loaded.Stripe ?? loaded;
const base = new URL(process.env.PAYCLI_TEST_BASE);
const key = process.env.PAYCLI_TEST_KEY;
const options = { host: base.hostname, port: base.port, protocol: 'http', maxNetworkRetries: 0, telemetry: false };
const stripe = new Stripe(key, options);
let calls = 0;
stripe.on('response', () => {
  calls += 1;
});

const checks = [];
const check = (what, run) => checks.push([what, run]);
const idsOf = (list) => list.data.map((item) => item.id);

/** The error that a call has to end with. */
async function errorOf(kind, call) {
  try {
    await call();
  } catch (error) {
    assert.ok(error instanceof Stripe.errors[kind], `${kind} was expected: ${error.type}: ${error.message}`);
    return error;
  }
  throw new assert.AssertionError({ message: `${kind} was expected` });
}

/** Everything that the library's own paging finds. */
async function everything(list) {
  const ids = [];
  for await (const item of list) ids.push(item.id);
  return ids;
}

const pay = (payment_method = 'pm_card_visa', more = {}) =>
  stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method, confirm: true, ...more });

const price = (more = { recurring: { interval: 'month' } }) =>
  stripe.prices.create({ currency: 'usd', unit_amount: 1500, product_data: { name: 'Plan' }, ...more });

async function subscriber(card = 'pm_card_visa') {
  const customer = await stripe.customers.create({ name: 'S' });
  const method = await stripe.paymentMethods.attach(card, { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  return customer;
}

const helper = (where, params) => stripe.rawRequest('POST', `/v1/test_helpers/${where}`, params);

check('customers, with pages in both directions', async () => {
  const email = `${randomUUID()}@example.com`;
  const made = [];
  for (let n = 0; n < 7; n += 1) made.unshift((await stripe.customers.create({ email, metadata: { n } })).id);
  assert.deepEqual(await everything(stripe.customers.list({ email, limit: 2 })), made);
  const back = stripe.customers.list({ email, limit: 2, ending_before: made[6] });
  assert.deepEqual(await everything(back), made.slice(0, 6).reverse());
  const few = await stripe.customers.list({ email, limit: 3 }).autoPagingToArray({ limit: 5 });
  assert.equal(few.length, 5);
  const changed = await stripe.customers.update(made[0], { name: 'Zoë', metadata: { n: '', m: 1 } });
  assert.deepEqual([changed.name, changed.metadata], ['Zoë', { m: '1' }]);
  assert.equal((await stripe.customers.del(made[0])).deleted, true);
  assert.equal((await stripe.customers.retrieve(made[0])).deleted, true);
});

check('cards, through tokens and by name', async () => {
  const card = { number: '4242424242424242', exp_month: 12, exp_year: 2040, cvc: '314' };
  const token = await stripe.tokens.create({ card });
  const method = await stripe.paymentMethods.create({ type: 'card', card: { token: token.id } });
  assert.equal(method.card.last4, '4242');
  assert.equal((await stripe.tokens.retrieve(token.id)).used, true);
  const wrong = await errorOf('StripeCardError', () => stripe.tokens.create({ card: { ...card, number: '4242424242424241' } }));
  assert.deepEqual([wrong.code, wrong.param, wrong.statusCode], ['incorrect_number', 'number', 402]);
  const customer = await stripe.customers.create();
  await stripe.paymentMethods.attach(method.id, { customer: customer.id });
  await stripe.paymentMethods.update(method.id, { billing_details: { name: 'A' } });
  assert.deepEqual(idsOf(await stripe.paymentMethods.list({ customer: customer.id, type: 'card' })), [method.id]);
  assert.deepEqual(await everything(stripe.customers.listPaymentMethods(customer.id)), [method.id]);
  assert.equal((await stripe.paymentMethods.detach(method.id)).customer, null);
});

check('payment intents', async () => {
  const customer = await stripe.customers.create();
  const intent = await stripe.paymentIntents.create({ amount: 900, currency: 'eur', customer: customer.id });
  await stripe.paymentIntents.update(intent.id, { description: 'D' });
  const paid = await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa', expand: ['latest_charge.balance_transaction'] });
  assert.deepEqual([paid.status, paid.latest_charge.balance_transaction.amount], ['succeeded', 900]);
  const held = await pay('pm_card_visa', { capture_method: 'manual' });
  assert.equal((await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1500 })).amount_received, 1500);
  const other = await stripe.paymentIntents.create({ amount: 900, currency: 'eur', customer: customer.id });
  assert.equal((await stripe.paymentIntents.cancel(other.id)).status, 'canceled');
  assert.deepEqual(await everything(stripe.paymentIntents.list({ customer: customer.id, limit: 1 })), [other.id, intent.id]);
  assert.equal((await stripe.paymentIntents.retrieve(intent.id, { expand: ['customer'] })).customer.id, customer.id);
  const again = await errorOf('StripeInvalidRequestError', () => stripe.paymentIntents.confirm(intent.id));
  assert.deepEqual([again.code, again.payment_intent.status], ['payment_intent_unexpected_state', 'succeeded']);
});

check('declines are card errors', async () => {
  for (const [card, code, reason] of [
    ['chargeDeclined', 'card_declined', 'generic_decline'],
    ['chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['chargeDeclinedExpiredCard', 'expired_card', undefined],
    ['chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ]) {
    const error = await errorOf('StripeCardError', () => pay(`pm_card_${card}`));
    assert.deepEqual([error.statusCode, error.code, error.decline_code || undefined], [402, code, reason]);
    assert.equal((await stripe.charges.retrieve(error.charge)).failure_code, code);
    assert.equal(error.payment_intent.status, 'requires_payment_method');
  }
});

check('the cardholder authenticates', async () => {
  const intent = await pay('pm_card_authenticationRequired', { return_url: 'https://example.com/back' });
  assert.deepEqual([intent.status, intent.next_action.type], ['requires_action', 'redirect_to_url']);
  assert.equal((await helper(`payment_intents/${intent.id}/authenticate`, { outcome: 'succeeded' })).status, 'succeeded');
  const error = await errorOf('StripeCardError', () => pay('pm_card_authenticationRequired', { off_session: true }));
  assert.equal(error.code, 'authentication_required');
});

check('setup intents', async () => {
  const customer = await stripe.customers.create();
  const intent = await stripe.setupIntents.create({ customer: customer.id });
  await stripe.setupIntents.update(intent.id, { metadata: { a: 'b' } });
  const ready = await stripe.setupIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
  assert.equal(ready.status, 'succeeded');
  assert.equal((await stripe.setupIntents.retrieve(intent.id, { expand: ['payment_method'] })).payment_method.customer, customer.id);
  assert.equal((await stripe.setupAttempts.list({ setup_intent: intent.id })).data.length, 1);
  const other = await stripe.setupIntents.create({ customer: customer.id });
  assert.equal((await stripe.setupIntents.cancel(other.id)).status, 'canceled');
  assert.deepEqual(idsOf(await stripe.setupIntents.list({ customer: customer.id })), [other.id, intent.id]);
});

check('charges, refunds and disputes', async () => {
  const charge = await stripe.charges.retrieve((await pay()).latest_charge);
  await stripe.charges.update(charge.id, { metadata: { a: '1' } });
  const part = await stripe.refunds.create({ charge: charge.id, amount: 500 });
  const rest = await stripe.refunds.create({ payment_intent: charge.payment_intent, expand: ['charge'] });
  assert.deepEqual([rest.amount, rest.charge.refunded], [1500, true]);
  await stripe.refunds.update(part.id, { metadata: { a: '1' } });
  assert.deepEqual(await everything(stripe.refunds.list({ charge: charge.id, limit: 1 })), [rest.id, part.id]);
  const again = await errorOf('StripeInvalidRequestError', () => stripe.refunds.create({ charge: charge.id }));
  assert.equal(again.code, 'charge_already_refunded');
  const held = await pay('pm_card_visa', { capture_method: 'manual' });
  assert.equal((await stripe.charges.capture(held.latest_charge)).captured, true);
  assert.deepEqual(idsOf(await stripe.charges.list({ payment_intent: held.id })), [held.latest_charge]);
  const disputed = await pay('pm_card_createDispute');
  const dispute = (await stripe.disputes.list({ payment_intent: disputed.id })).data[0];
  assert.equal((await stripe.disputes.retrieve(dispute.id)).status, 'needs_response');
  const evidence = { uncategorized_text: 'losing_evidence' };
  assert.equal((await stripe.disputes.update(dispute.id, { evidence, submit: true })).status, 'lost');
});

check('products, prices, coupons and tax rates', async () => {
  const product = await stripe.products.create({ name: 'P', id: `a b+${randomUUID()}` });
  assert.equal((await stripe.products.retrieve(product.id)).name, 'P');
  await stripe.products.update(product.id, { description: 'D' });
  const one = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount_decimal: '1.25' });
  const two = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 5 });
  await stripe.prices.update(two.id, { nickname: 'N' });
  assert.deepEqual(await everything(stripe.prices.list({ product: product.id, limit: 1 })), [two.id, one.id]);
  assert.equal((await stripe.prices.retrieve(one.id, { expand: ['product'] })).product.id, product.id);
  assert.equal((await stripe.products.list({ ids: [product.id] })).data.length, 1);
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'once' });
  await stripe.coupons.update(coupon.id, { name: 'Quarter' });
  assert.equal((await stripe.coupons.retrieve(coupon.id)).name, 'Quarter');
  assert.equal((await stripe.coupons.list({ limit: 1 })).data[0].id, coupon.id);
  assert.equal((await stripe.coupons.del(coupon.id)).deleted, true);
  const rate = await stripe.taxRates.create({ display_name: 'VAT', percentage: 7.5, inclusive: true });
  assert.equal((await stripe.taxRates.update(rate.id, { active: false })).active, false);
  assert.equal((await stripe.taxRates.retrieve(rate.id)).percentage, 7.5);
  assert.equal((await stripe.taxRates.list({ inclusive: true, limit: 1 })).data[0].id, rate.id);
});

check('invoices and their items', async () => {
  const customer = await subscriber();
  const invoice = await stripe.invoices.create({ customer: customer.id });
  const item = await stripe.invoiceItems.create({ customer: customer.id, invoice: invoice.id, amount: 700, currency: 'usd' });
  await stripe.invoiceItems.update(item.id, { amount: 800 });
  await stripe.invoiceItems.create({ customer: customer.id, invoice: invoice.id, amount: 1, currency: 'usd' });
  assert.equal((await everything(stripe.invoices.listLineItems(invoice.id, { limit: 1 }))).length, 2);
  assert.equal((await stripe.invoices.finalizeInvoice(invoice.id)).status, 'open');
  const paid = await stripe.invoices.pay(invoice.id, { expand: ['payments'] });
  assert.deepEqual([paid.status, paid.amount_paid, paid.payments.data.length], ['paid', 801, 1]);
  const draft = await stripe.invoices.create({ customer: customer.id });
  assert.equal((await stripe.invoices.del(draft.id)).deleted, true);
  const spare = await stripe.invoiceItems.create({ customer: customer.id, amount: 7, currency: 'usd' });
  assert.equal((await stripe.invoiceItems.del(spare.id)).deleted, true);
  assert.deepEqual(idsOf(await stripe.invoices.list({ customer: customer.id, status: 'paid' })), [invoice.id]);
  assert.equal((await stripe.invoices.retrieve(invoice.id)).lines.data.length, 2);
});

check('subscriptions', async () => {
  const customer = await subscriber();
  const plan = await price();
  const made = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: plan.id }], expand: ['latest_invoice'] });
  assert.deepEqual([made.status, made.latest_invoice.amount_paid], ['active', 1500]);
  const [item] = made.items.data;
  const changed = await stripe.subscriptions.update(made.id, { items: [{ id: item.id, quantity: 4 }] });
  assert.equal(changed.items.data[0].quantity, 4);
  assert.equal((await stripe.subscriptions.retrieve(made.id)).id, made.id);
  assert.deepEqual(idsOf(await stripe.subscriptions.list({ customer: customer.id })), [made.id]);
  assert.equal((await stripe.subscriptions.cancel(made.id)).status, 'canceled');
  assert.deepEqual(idsOf(await stripe.subscriptions.list({ customer: customer.id })), []);
});

check('prorations, previews and balances', async () => {
  const customer = await subscriber();
  const plan = await price();
  const made = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: plan.id }] });
  const [item] = made.items.data;
  const change = { items: [{ id: item.id, quantity: 3 }], proration_behavior: 'always_invoice', proration_date: item.current_period_start };
  const shown = await stripe.invoices.createPreview({ subscription: made.id, subscription_details: change });
  const changed = await stripe.subscriptions.update(made.id, { ...change, expand: ['latest_invoice'] });
  const amounts = (invoice) => invoice.lines.data.map((line) => line.amount);
  assert.deepEqual([amounts(shown), amounts(changed.latest_invoice)], [[-1500, 4500], [-1500, 4500]]);
  const booked = await stripe.customers.createBalanceTransaction(customer.id, { amount: -250, currency: 'usd' });
  assert.deepEqual([booked.type, booked.ending_balance], ['adjustment', -250]);
  assert.deepEqual(idsOf(await stripe.customers.listBalanceTransactions(customer.id)), [booked.id]);
  assert.equal((await stripe.customers.retrieveBalanceTransaction(customer.id, booked.id)).amount, -250);
});

check('checkout sessions', async () => {
  const once = await price({});
  const data = { mode: 'payment', success_url: 'https://example.com/s', line_items: [{ price: once.id, quantity: 2 }] };
  const session = await stripe.checkout.sessions.create(data);
  assert.deepEqual([session.amount_total, session.status], [3000, 'open']);
  assert.equal((await everything(stripe.checkout.sessions.listLineItems(session.id))).length, 1);
  await helper(`checkout/sessions/${session.id}/complete`, { payment_method: 'pm_card_visa' });
  assert.equal((await stripe.checkout.sessions.retrieve(session.id)).payment_status, 'paid');
  const other = await stripe.checkout.sessions.create(data);
  assert.equal((await stripe.checkout.sessions.expire(other.id)).status, 'expired');
  assert.equal((await stripe.checkout.sessions.list({ status: 'expired', limit: 1 })).data[0].id, other.id);
});

check('balance, payouts, account, endpoints and events', async () => {
  await pay('pm_card_bypassPending');
  const { available } = await stripe.balance.retrieve();
  assert.ok(available.find((line) => line.currency === 'usd').amount > 0);
  const payout = await stripe.payouts.create({ amount: 100, currency: 'usd' });
  await stripe.payouts.update(payout.id, { metadata: { a: 'b' } });
  assert.equal((await stripe.payouts.retrieve(payout.id)).status, 'pending');
  assert.equal((await stripe.payouts.cancel(payout.id)).status, 'canceled');
  assert.equal((await stripe.payouts.list({ limit: 1 })).data[0].id, payout.id);
  const [latest] = (await stripe.balanceTransactions.list({ limit: 1 })).data;
  assert.equal((await stripe.balanceTransactions.retrieve(latest.id)).type, 'payout_cancel');
  const endpoint = await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/hook', enabled_events: ['charge.failed'] });
  assert.match(endpoint.secret, /^whsec_/);
  await stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
  assert.equal((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret, undefined);
  assert.ok(idsOf(await stripe.webhookEndpoints.list()).includes(endpoint.id));
  assert.equal((await stripe.webhookEndpoints.del(endpoint.id)).deleted, true);
  const customer = await stripe.customers.create({ name: 'E' });
  const [event] = (await stripe.events.list({ type: 'customer.created', limit: 1 })).data;
  assert.equal(event.data.object.id, customer.id);
  assert.equal((await stripe.events.retrieve(event.id)).type, 'customer.created');
});

check('errors are of the classes that the library has for them', async () => {
  const missing = await errorOf('StripeInvalidRequestError', () => stripe.customers.retrieve('cus_none'));
  assert.deepEqual([missing.statusCode, missing.code, missing.param], [404, 'resource_missing', 'id']);
  const unknown = await errorOf('StripeInvalidRequestError', () => stripe.customers.create({ colour: 'red' }));
  assert.deepEqual([unknown.statusCode, unknown.code, unknown.param], [400, 'parameter_unknown', 'colour']);
  const stranger = new Stripe(`${key.slice(0, -4)}0000`, options);
  await errorOf('StripeAuthenticationError', () => stranger.customers.list());
  const idempotencyKey = randomUUID();
  const first = await stripe.customers.create({ name: 'A' }, { idempotencyKey });
  assert.equal((await stripe.customers.create({ name: 'A' }, { idempotencyKey })).id, first.id);
  const other = () => stripe.customers.create({ name: 'B' }, { idempotencyKey });
  assert.equal((await errorOf('StripeIdempotencyError', other)).statusCode, 400);
});

let failed = 0;
for (const [what, run] of checks) {
  try {
    await run();
    console.log(`ok ${what}`);
  } catch (error) {
    failed += 1;
    console.error(`FAILED ${what}: ${error.stack}`);
  }
}
console.log(`${calls} calls`);
if (calls < 80) {
  console.error('fewer than 80 calls');
  failed += 1;
}
process.exitCode = failed ? 1 : 0;
