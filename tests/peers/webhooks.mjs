// Signs and verifies webhooks with the official node libraries: a JSON object a line, in and out, as webhooks.py does.
//
// PAYCLI_TEST_MODULES is the directory that `npm install` filled.

import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(path.join(process.env.PAYCLI_TEST_MODULES, 'index.js'));
const loaded = require('stripe');
const Stripe = loaded.default ?? loaded.Stripe ?? loaded;
const { webhooks } = new Stripe('sk_test_none');
const { Webhook } = require('standardwebhooks');
let now = 0;
Date.now = () => now * 1000;

function sign(line, payload) {
  const { secret, timestamp, id } = line;
  if (line.scheme === 'stripe') {
    return webhooks.generateTestHeaderString({ payload: payload.toString(), secret, timestamp });
  }
  return new Webhook(secret).sign(id, new Date(timestamp * 1000), payload);
}

function verify(line, payload) {
  if (line.scheme === 'stripe') {
    webhooks.signature.verifyHeader(payload, line.header, line.secret, line.tolerance, undefined, now * 1000);
  } else {
    new Webhook(line.secret).verify(payload, line.headers, { jsonParse: false });
  }
}

for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text);
  now = line.now;
  const payload = Buffer.from(line.payload, 'base64');
  let answer;
  if (line.do === 'sign') {
    answer = { signature: sign(line, payload) };
  } else {
    try {
      verify(line, payload);
      answer = { ok: true };
    } catch (error) {
      answer = { ok: false, error: String(error.message).slice(0, 200) };
    }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
