import test from "ava";
import fc from "fast-check";
import {
  type ImmutableItem,
  itemTarget,
  type KrpcError,
  type MutableItem,
  type StoredItem,
} from "@troupe/protocol/dht";

import { ItemStore, type PutTerms } from "../../src/stores/item-store.ts";

const hourMs = 3_600_000;

function immutable(text: string): ImmutableItem {
  return { kind: "immutable", value: Buffer.from(`${text.length}:${text}`) };
}

/** The signature tells whether it is valid. */
function mutable(sequence: number, text: string, key = 1, isValid = true): MutableItem {
  return {
    kind: "mutable",
    value: Buffer.from(`${text.length}:${text}`),
    publicKey: new Uint8Array(32).fill(key),
    salt: new Uint8Array(0),
    sequence: BigInt(sequence),
    signature: new Uint8Array(64).fill(isValid ? 1 : 0),
  };
}

function makeStore(): { store: ItemStore; verified(): number; put: typeof put } {
  let verified = 0;
  const store = new ItemStore(({ signature }) => {
    verified++;
    return signature[0] === 1;
  });
  function put(
    item: StoredItem,
    nowMs = 0,
    terms: PutTerms = { senderKey: "a" },
  ): number | undefined {
    const error: KrpcError | undefined = store.put(itemTarget(item), item, terms, nowMs);
    return error?.code;
  }
  return { store, verified: () => verified, put };
}

test("an item is kept for two hours after its last put", (t) => {
  const { store, put } = makeStore();
  const item = immutable("kept");
  put(item);
  t.is(store.get(itemTarget(item), 2 * hourMs - 1), item);
  t.is(store.get(itemTarget(item), 2 * hourMs), undefined);
  put(item, hourMs);
  t.is(store.get(itemTarget(item), 3 * hourMs - 1)?.value, item.value);
  store.expire(3 * hourMs);
  t.is(store.size, 0);
});

test("case 87: a mutable item is replaced by a higher sequence number alone", (t) => {
  const { store, put } = makeStore();
  const target = itemTarget(mutable(0, ""));
  t.is(put(mutable(5, "five")), undefined);
  t.is(put(mutable(4, "four")), 302);
  t.is(put(mutable(5, "another five")), 302);
  t.is(put(mutable(5, "five")), undefined);
  t.is(put(mutable(7, "seven")), undefined);
  t.deepEqual(store.get(target, 0), mutable(7, "seven"));
});

test("case 87: cas is compared with the stored sequence number, and ignored without an item", (t) => {
  const { put } = makeStore();
  const terms = (cas: number): PutTerms => ({ senderKey: "a", cas: BigInt(cas) });
  t.is(put(mutable(1, "one"), 0, terms(9)), undefined);
  t.is(put(mutable(2, "two"), 0, terms(9)), 301);
  t.is(put(mutable(1, "one"), 0, terms(9)), 301);
  t.is(put(mutable(2, "two"), 0, terms(1)), undefined);
});

test("case 87: an item with a wrong signature is never stored", (t) => {
  const { store, put } = makeStore();
  t.is(put(mutable(1, "forged", 1, false)), 206);
  t.is(store.size, 0);
  put(mutable(1, "one"));
  t.is(put(mutable(2, "forged", 1, false)), 206);
  t.deepEqual(store.get(itemTarget(mutable(1, "one")), 0), mutable(1, "one"));
});

test("case 87: at most a hundred signatures are verified in any second", (t) => {
  const { verified, put } = makeStore();
  const moments: number[] = [];
  for (let nowMs = 0; nowMs < 5_000; nowMs += 2) {
    const before = verified();
    const code = put(mutable(1, "forged", 2, false), nowMs);
    t.is(code, verified() > before ? 206 : 202);
    if (verified() > before) moments.push(nowMs);
  }
  for (const startMs of moments) {
    t.true(moments.filter((ms) => ms >= startMs && ms < startMs + 1_000).length <= 100);
  }
  t.true(moments.length >= 440, `${moments.length}`);
});

test("case 87: a put that is refused for its number, or repeats an item, verifies nothing", (t) => {
  const { verified, put } = makeStore();
  put(mutable(5, "five"));
  for (let round = 0; round < 1_000; round++) {
    put(mutable(4, "old", 1, false));
    put(mutable(5, "five"));
  }
  t.is(verified(), 1);
});

test("case 84: a full store takes the oldest item of the sender with the most", (t) => {
  const { store, put } = makeStore();
  for (let item = 0; item < 20; item++)
    put(immutable(`honest ${item}`), item, { senderKey: "honest" });
  for (let item = 0; item < 5_000; item++)
    put(immutable(`flood ${item}`), 100, { senderKey: "flood" });
  t.is(store.size, 700);
  for (let item = 0; item < 20; item++) {
    t.not(store.get(itemTarget(immutable(`honest ${item}`)), 100), undefined);
  }
  t.not(store.get(itemTarget(immutable("flood 4999")), 100), undefined);
  t.is(store.get(itemTarget(immutable("flood 0")), 100), undefined);
});

test("case 87: after any puts a stored number has never gone down, and the bound holds", (t) => {
  const step = fc.record({
    key: fc.nat(3),
    sequence: fc.nat(6),
    text: fc.constantFrom("a", "b"),
    isValid: fc.boolean(),
    senderKey: fc.constantFrom("x", "y"),
    cas: fc.option(fc.nat(6), { nil: undefined }),
    waitMs: fc.nat(hourMs),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { store, put } = makeStore();
      let nowMs = 0;
      for (const { key, sequence, text, isValid, senderKey, cas, waitMs } of steps) {
        nowMs += waitMs;
        const item = mutable(sequence, text, key, isValid);
        const before = store.get(itemTarget(item), nowMs);
        const terms = { senderKey, cas: cas === undefined ? undefined : BigInt(cas) };
        const code = put(item, nowMs, terms);
        const after = store.get(itemTarget(item), nowMs);
        if (code !== undefined) t.is(after, before);
        else t.deepEqual(after?.value, item.value);
        if (before?.kind === "mutable" && after?.kind === "mutable") {
          t.true(after.sequence >= before.sequence);
          if (code === undefined && cas !== undefined) t.is(before.sequence, BigInt(cas));
        }
      }
      t.true(store.size <= 4);
    }),
    { numRuns: 80 },
  );
});
