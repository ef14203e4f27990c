import test from "ava";
import fc from "fast-check";
import { createHmac } from "node:crypto";
import { nodeIdFrom, type NodeId } from "@troupe/protocol/dht";

import { hmacSha1, Tokens } from "../../src/serving/tokens.ts";
import { nodePorts } from "../support/node-ports.ts";

const minuteMs = 60_000;
const target = idOf(1);

function idOf(byte: number): NodeId {
  return nodeIdFrom(new Uint8Array(20).fill(byte));
}

for (const host of ["203.0.113.7", "2001:db8::7"]) {
  test(`EX17: a token of ${host} counts for five minutes, and after ten no more`, (t) => {
    const wait = fc.integer({ min: 1, max: 7 * minuteMs });
    fc.assert(
      fc.property(fc.array(wait, { maxLength: 12 }), (waits) => {
        const tokens = new Tokens(nodePorts());
        const issued: { readonly token: Uint8Array; readonly atMs: number }[] = [];
        let nowMs = 0;
        for (const waitMs of waits) {
          nowMs += waitMs;
          issued.push({ token: tokens.issue(host, target, nowMs), atMs: nowMs });
          for (const { token, atMs } of issued) {
            const isValid = tokens.isValid(token, host, target, nowMs);
            if (nowMs - atMs < 5 * minuteMs) t.true(isValid);
            if (nowMs - atMs >= 10 * minuteMs) t.false(isValid);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
}

test("EX17: the secret changes every five minutes without a timer", (t) => {
  const tokens = new Tokens(nodePorts());
  const [first, second, third] = [0, 5, 10].map((minutes) =>
    Buffer.from(tokens.issue("203.0.113.7", target, minutes * minuteMs)).toString("hex"),
  );
  t.is(new Set([first, second, third]).size, 3);
});

test("case 83: a token of another host, another target or another node is refused", (t) => {
  const tokens = new Tokens(nodePorts());
  const token = tokens.issue("203.0.113.7", target, 0);
  t.true(tokens.isValid(token, "203.0.113.7", target, 0));
  t.false(tokens.isValid(token, "203.0.113.8", target, 0));
  t.false(tokens.isValid(token, "203.0.113.7", idOf(2), 0));
  t.false(new Tokens(nodePorts()).isValid(token, "203.0.113.7", target, 0));
});

test("case 83: a token that is changed, cut or longer is refused", (t) => {
  const tokens = new Tokens(nodePorts());
  const token = tokens.issue("203.0.113.7", target, 0);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (shown) => {
      const isToken = Buffer.compare(shown, token) === 0;
      t.is(tokens.isValid(shown, "203.0.113.7", target, 0), isToken);
    }),
    { numRuns: 200 },
  );
  for (let bit = 0; bit < 64; bit++) {
    const changed = Uint8Array.from(token);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    t.false(tokens.isValid(changed, "203.0.113.7", target, 0));
  }
  t.false(tokens.isValid(token.subarray(1), "203.0.113.7", target, 0));
});

test("a host costs one HMAC in five minutes, for any number of targets", (t) => {
  const ports = nodePorts();
  const tokens = new Tokens(ports);
  for (let query = 0; query < 1_000; query++) {
    tokens.issue("203.0.113.7", idOf(query % 256), 299 * query);
  }
  // Two of an HMAC, and one of each token.
  t.is(ports.hashes(), 2 + 1_000);
  tokens.issue("203.0.113.8", target, 299_000);
  t.is(ports.hashes(), 5 + 1_000);
  tokens.issue("203.0.113.7", target, 300_000);
  t.is(ports.hashes(), 8 + 1_000);
});

test("the keyed hash is HMAC-SHA1 (RFC 2104)", (t) => {
  const { sha1 } = nodePorts();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array(), (key, message) => {
      const expected = createHmac("sha1", key).update(message).digest();
      t.is(Buffer.compare(hmacSha1(sha1, key, message), expected), 0);
    }),
    { numRuns: 50 },
  );
});
