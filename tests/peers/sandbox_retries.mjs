// Creates one customer with the official node library, whose automatic retries meet what the sandbox does wrong.
//
// PAYCLI_TEST_BASE is the sandbox's base URL, PAYCLI_TEST_KEY its secret key, PAYCLI_TEST_TIMEOUT the seconds that one
// attempt may take, PAYCLI_TEST_MODULES the directory that `npm install` filled. Prints the id and how often the
// program had to ask: more than once only where the library gave up.

import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.PAYCLI_TEST_MODULES, 'index.js'));
const loaded = require('stripe');
const Stripe = loaded.default ?? loaded.Stripe ?? loaded;
const base = new URL(process.env.PAYCLI_TEST_BASE);
const stripe = new Stripe(process.env.PAYCLI_TEST_KEY, {
  host: base.hostname,
  port: base.port,
  protocol: 'http',
  maxNetworkRetries: 4,
  timeout: Number(process.env.PAYCLI_TEST_TIMEOUT) * 1000,
  telemetry: false,
});
const options = { idempotencyKey: randomUUID() };
for (let asked = 1; asked < 4; asked += 1) {
  try {
    const customer = await stripe.customers.create({ name: 'one' }, options);
    console.log(`${customer.id} ${asked}`);
    break;
  } catch (error) {
    console.log(`gave up: ${error.type}`);
  }
}
