import { ManualTime, seededRandom } from "@troupe/actor-runtime/testing";
import test from "ava";
import fc from "fast-check";
import { isRefusal } from "../../src/guard/refusal.ts";
import { formatTokenRecords, parseTokenRecords } from "../../src/guard/token-records.ts";
import { Tokens } from "../../src/guard/tokens.ts";
import { allowed, refused } from "../support/refused.ts";
import { sha256 } from "../support/secrets.ts";

const ports = { clock: new ManualTime(), random: seededRandom(1), sha256 };

function savedText(count: number): string {
  const tokens = new Tokens(ports);
  for (let at = 0; at < count; at++) allowed(tokens.create(`${at}`.padStart(64, "é"), "read"));
  return formatTokenRecords(tokens.list());
}

test("saved tokens verify the same texts after they were read", (t) => {
  const tokens = new Tokens(ports);
  const { text, record } = allowed(tokens.create("sonarr", "control"));
  const saved = formatTokenRecords(tokens.list());
  t.false(saved.includes(text.slice(7)));
  t.deepEqual(new Tokens(ports, allowed(parseTokenRecords(saved))).verify(text), record);
});

test("a hundred tokens are read, and one more is refused", (t) => {
  const text = savedText(100);
  t.is(allowed(parseTokenRecords(text)).length, 100);
  const file = JSON.parse(text) as { tokens: object[] };
  file.tokens.push({ ...file.tokens[0], id: "0".repeat(16) });
  refused(t, parseTokenRecords(JSON.stringify(file)), "tokens-malformed", 500);
});

test("a file that is cut at any byte is refused", (t) => {
  const text = savedText(2);
  for (let length = 0; length < text.length - 1; length++)
    refused(t, parseTokenRecords(text.slice(0, length)), "tokens-malformed", 500);
});

test("a record with a wrong value, or one that comes twice, is refused", (t) => {
  const file = JSON.parse(savedText(2)) as { version: number; tokens: readonly object[] };
  const [one, other] = file.tokens;
  for (const change of [
    { id: "x" },
    { name: "" },
    { name: "a\nb" },
    { name: 1 },
    { right: "admin" },
    { digest: "AAAA" },
    { digest: undefined },
    { createdMs: "now" },
  ]) {
    const tokens = [{ ...one, ...change }, other];
    refused(t, parseTokenRecords(JSON.stringify({ ...file, tokens })), "tokens-malformed", 500);
  }
  for (const tokens of [[one, one], [null], {}, "x"])
    refused(t, parseTokenRecords(JSON.stringify({ ...file, tokens })), "tokens-malformed", 500);
  refused(t, parseTokenRecords(JSON.stringify({ ...file, version: 2 })), "tokens-malformed", 500);
  refused(
    t,
    parseTokenRecords(`${JSON.stringify(file)}${" ".repeat(99_999)}`),
    "tokens-malformed",
    500,
  );
});

test("any text of a token file is read or refused", (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      t.true(isRefusal(parseTokenRecords(text)));
    }),
  );
});
