import { seededRandom } from "@troupe/actor-runtime/testing";
import test from "ava";
import fc from "fast-check";
import {
  savedPassword,
  savedPasswordRecord,
} from "../../../../test/support/service/saved-password.ts";
import {
  formatPasswordRecord,
  makePasswordRecord,
  parsePasswordRecord,
  refusePassword,
  verifyPassword,
} from "../../src/guard/password-store.ts";
import type { Scrypt, ScryptParameters } from "../../src/guard/secret-ports.ts";
import { deriveKey } from "../../src/server/node-secrets.ts";
import { allowed, refused } from "../support/refused.ts";
import { quickScrypt } from "../support/secrets.ts";

test("a password is derived by scrypt with N = 32,768, r = 8 and p = 3", async (t) => {
  const seen: ScryptParameters[] = [];
  const scrypt: Scrypt = async (_password, _salt, parameters) => {
    seen.push(parameters);
    return new Uint8Array(parameters.keyBytes);
  };
  await verifyPassword("password", await makePasswordRecord("", seededRandom(1), scrypt), scrypt);
  const expected = { cost: 32_768, blockSize: 8, parallelization: 3, keyBytes: 32 };
  t.deepEqual(seen, Array(2).fill({ ...expected, maxMemoryBytes: 64 * 1_024 ** 2 }));
});

test("a record of an earlier release is verified by the scrypt of the system", async (t) => {
  const record = allowed(parsePasswordRecord(savedPasswordRecord));
  t.true(await verifyPassword(savedPassword, record, deriveKey));
});

test("a saved password is verified by the scrypt of the system", async (t) => {
  const made = await makePasswordRecord("påssword", seededRandom(1), deriveKey, 16);
  const record = allowed(parsePasswordRecord(formatPasswordRecord(made), 16));
  t.true(await verifyPassword("påssword", record, deriveKey));
  t.false(await verifyPassword("password", record, deriveKey));
});

test("a record names its parameters, and is the same after it was saved", async (t) => {
  const made = await makePasswordRecord("password", seededRandom(1), quickScrypt().scrypt);
  const text = formatPasswordRecord(made);
  t.regex(text, /^scrypt\$15\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  t.is(formatPasswordRecord(allowed(parsePasswordRecord(text))), text);
});

test("two records of a password differ by their salts", async (t) => {
  const random = seededRandom(1);
  const { scrypt } = quickScrypt();
  const texts = [
    await makePasswordRecord("password", random, scrypt),
    await makePasswordRecord("password", random, scrypt),
  ].map(formatPasswordRecord);
  t.is(new Set(texts).size, 2);
});

test("a record that was cut, changed or made with other parameters is refused", async (t) => {
  const made = await makePasswordRecord("password", seededRandom(1), quickScrypt().scrypt);
  const text = formatPasswordRecord(made);
  for (let length = 0; length < text.length; length++)
    refused(t, parsePasswordRecord(text.slice(0, length)), "password-record-malformed", 500);
  for (const wrong of [
    `${text}A`,
    `${text}$`,
    `${text}\n`,
    `${text}=`,
    text.replace("$15$", "$1$"),
    text.replace("$3$", "$30$"),
    `${text}${"A".repeat(1_000)}`,
  ])
    refused(t, parsePasswordRecord(wrong), "password-record-malformed", 500);
});

test("a record is read with its own cost alone, cheaper or dearer", async (t) => {
  const { scrypt } = quickScrypt();
  const costs = [2, 16, 2 ** 14, 2 ** 15, 2 ** 16, 2 ** 31];
  for (const cost of costs) {
    const text = formatPasswordRecord(
      await makePasswordRecord("password", seededRandom(1), scrypt, cost),
    );
    t.is(allowed(parsePasswordRecord(text, cost)).cost, cost);
    for (const other of costs.filter((each) => each !== cost))
      refused(t, parsePasswordRecord(text, other), "password-record-malformed", 500);
    if (cost !== 2 ** 15) refused(t, parsePasswordRecord(text), "password-record-malformed", 500);
  }
});

test("other text is refused as a record without being repeated", (t) => {
  fc.assert(
    fc.property(fc.string({ minLength: 30 }), (text) => {
      const { message } = refused(t, parsePasswordRecord(text), "password-record-malformed", 500);
      t.false(message.includes(text));
    }),
  );
});

test("a chosen password has 8 characters or more, and at most 1,024 bytes", (t) => {
  t.is(refusePassword("12345678"), undefined);
  t.is(refusePassword("x".repeat(1_024)), undefined);
  refused(t, refusePassword("1234567"), "password-not-allowed", 400);
  refused(t, refusePassword("é".repeat(513)), "password-not-allowed", 400);
});
