// A webhook endpoint on express with one of the mistakes that are made there, chosen by name.
//
// usage: receivers.mjs MODE; the secret is in WEBHOOK_SECRET, PAYCLI_TEST_MODULES is the directory that `npm install`
// filled. Prints its URL. "good" is what Stripe's documentation says.

import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.PAYCLI_TEST_MODULES, 'index.js'));
const loaded = require('stripe');
const Stripe = loaded.default ?? loaded.Stripe ?? loaded;
const { webhooks } = new Stripe(['sk', 'test', 'none'].join('_'));
const express = require('express');
const secret = process.env.WEBHOOK_SECRET;
const mode = process.argv[2];
const app = express();
const raw = express.raw({ type: 'application/json', limit: '1mb' });

function verify(body, request, response, key = secret) {
  try {
    webhooks.constructEvent(body, request.headers['stripe-signature'], key);
    response.json({ received: true });
  } catch (error) {
    response.status(400).send(`Webhook Error: ${error.message}`);
  }
}

const modes = {
  good: [raw, (request, response) => verify(request.body, request, response)],
  // The body parser of the whole application comes first.
  'parsed-body': [express.json({ limit: '1mb' }), (request, response) => verify(JSON.stringify(request.body), request, response)],
  'reserialised-body': [
    express.json({ limit: '1mb' }),
    (request, response) => verify(JSON.stringify(request.body, null, 2), request, response),
  ],
  'nothing-accepted': [express.json({ limit: '1mb' }), (request, response) => verify(request.body, request, response)],
  'body-limit': [express.raw({ type: 'application/json' }), (request, response) => verify(request.body, request, response)],
  'no-verification': [express.json({ limit: '1mb' }), (request, response) => response.json({ received: true })],
  'content-type-strict': [
    express.raw({ type: (request) => request.headers['content-type'] === 'application/json; charset=utf-8', limit: '1mb' }),
    (request, response) => verify(request.body, request, response),
  ],
  // The error is caught and logged, and the answer is sent all the same.
  'comparison-ignored': [
    raw,
    (request, response) => {
      if (!request.headers['stripe-signature']) return response.status(400).end();
      try {
        webhooks.constructEvent(request.body, request.headers['stripe-signature'], secret);
      } catch {
        // "We log it and look into it later."
      }
      return response.json({ received: true });
    },
  ],
  'charset-decoded': [
    raw,
    (request, response) => verify(Buffer.from(request.body.toString('latin1')), request, response),
  ],
  'case-ignored': [
    raw,
    (request, response) => {
      request.headers['stripe-signature'] = request.headers['stripe-signature']?.toLowerCase();
      verify(request.body, request, response);
    },
  ],
  'unset-secret-accepted': [
    raw,
    (request, response) => {
      const items = Object.fromEntries((request.headers['stripe-signature'] ?? '').split(',').map((item) => item.split('=')));
      const made = crypto.createHmac('sha256', `${undefined}`).update(`${items.t}.`).update(request.body ?? '').digest('hex');
      if (made === items.v1) return response.json({ received: true });
      return verify(request.body, request, response);
    },
  ],
};

app.post('/webhook', ...modes[mode]);
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}/webhook\n`);
});
