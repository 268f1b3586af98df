// Verifies the lines of a batch with Stripe's node library, as a program around it would: a peer of the bench.
//
// PAYCLI_BENCH_MODULES is the directory that `npm install` filled.

import { readSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.PAYCLI_BENCH_MODULES, 'index.js'));
const loaded = require('stripe');
const Stripe = loaded.default ?? loaded.Stripe ?? loaded;
const { signature } = new Stripe('sk_test_none').webhooks;
const secret = process.env.PAYCLI_WEBHOOK_SECRET;

function verify(text) {
  const line = JSON.parse(text);
  const payload = line.payload_utf8 ?? Buffer.from(line.payload, 'base64');
  let valid = true;
  try {
    signature.verifyHeader(payload, line.header, secret, 300);
  } catch {
    valid = false;
  }
  return JSON.stringify({ id: line.id, valid });
}

const block = Buffer.alloc(1 << 18);
let rest = '';
for (let size; (size = readSync(0, block)) > 0; ) {
  const lines = (rest + block.toString('utf8', 0, size)).split('\n');
  rest = lines.pop();
  if (lines.length > 0) {
    writeSync(1, lines.map(verify).join('\n') + '\n');
  }
}
