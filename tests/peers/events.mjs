// Reads webhook events with the official node library, as a receiver does: a JSON object a line, in and out, as
// events.py does.
//
// PAYCLI_TEST_MODULES is the directory that `npm install` filled.

import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(path.join(process.env.PAYCLI_TEST_MODULES, 'index.js'));
const loaded = require('stripe');
const Stripe = loaded.default ?? loaded.Stripe ?? loaded;
const stripe = new Stripe('sk_test_none');

function read({ payload, header, secret }) {
  if (JSON.parse(payload).object === 'v2.core.event') {
    const notification = stripe.parseEventNotification(payload, header, secret);
    return { type: notification.type, class: notification.constructor.name };
  }
  const event = stripe.webhooks.constructEvent(payload, header, secret);
  return { type: event.type, class: event.data.object.object };
}

for await (const text of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { ok: true, ...read(JSON.parse(text)) };
  } catch (error) {
    answer = { ok: false, error: `${error.name}: ${error.message}` };
  }
  console.log(JSON.stringify(answer));
}
