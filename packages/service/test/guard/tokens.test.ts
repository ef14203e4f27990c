import { ManualTime, seededRandom } from "@troupe/actor-runtime/testing";
import test from "ava";
import fc from "fast-check";
import { Tokens, type TokenRecord } from "../../src/guard/tokens.ts";
import { allowed, refused } from "../support/refused.ts";
import { sha256 } from "../support/secrets.ts";

function makeTokens(records: readonly TokenRecord[] = [], seed = 1) {
  return new Tokens({ clock: new ManualTime(), random: seededRandom(seed), sha256 }, records);
}

test("a token is 256 random bits, and is verified by its text alone", (t) => {
  const tokens = makeTokens();
  const one = allowed(tokens.create("sonarr", "control"));
  const other = allowed(tokens.create("page", "read"));
  t.regex(one.text, /^troupe_[\w-]{43}$/);
  t.deepEqual(tokens.verify(one.text), one.record);
  t.deepEqual(tokens.verify(other.text), other.record);
  t.like(other.record, { name: "page", right: "read", createdMs: 1_700_001_000_000 });
  t.is(tokens.verify(one.record.digest), undefined);
});

test("the list has no text of a token, and a saved list verifies the same tokens", (t) => {
  const tokens = makeTokens();
  const { text, record } = allowed(tokens.create("sonarr", "control"));
  const saved = JSON.stringify(tokens.list());
  t.false(saved.includes(text) || saved.includes(text.slice(7)));
  const restored = makeTokens(JSON.parse(saved) as TokenRecord[], 2);
  t.deepEqual(restored.verify(text), record);
});

test("a changed, cut or foreign text proves nothing", (t) => {
  const tokens = makeTokens();
  const { text } = allowed(tokens.create("sonarr", "control"));
  for (let at = 0; at < text.length; at++) {
    t.is(tokens.verify(text.slice(0, at)), undefined);
    const changed = `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
    t.is(tokens.verify(changed), undefined);
  }
  fc.assert(fc.property(fc.string(), (other) => t.is(tokens.verify(other), undefined)));
});

test("a revoked token proves nothing, and the others stay", (t) => {
  const tokens = makeTokens();
  const one = allowed(tokens.create("one", "control"));
  const other = allowed(tokens.create("other", "control"));
  t.true(tokens.revoke(one.record.id));
  t.false(tokens.revoke(one.record.id));
  t.is(tokens.verify(one.text), undefined);
  t.deepEqual(tokens.verify(other.text), other.record);
  t.deepEqual(tokens.list(), [other.record]);
});

test("a name is new, printable and at most 64 characters", (t) => {
  const tokens = makeTokens();
  allowed(tokens.create("x".repeat(64), "read"));
  refused(t, tokens.create("x".repeat(64), "read"), "token-not-allowed", 409);
  for (const name of ["", "x".repeat(65), "a\nb", " a", "a\u202eb"])
    refused(t, tokens.create(name, "read"), "token-not-allowed", 400);
  t.is(tokens.list().length, 1);
});

test("the 101st token is refused until one is revoked", (t) => {
  const tokens = makeTokens();
  for (let at = 0; at < 100; at++) allowed(tokens.create(`t${at}`, "read"));
  refused(t, tokens.create("one more", "read"), "too-many-tokens", 409);
  tokens.revoke(tokens.list()[0]?.id ?? "");
  allowed(tokens.create("one more", "read"));
});
