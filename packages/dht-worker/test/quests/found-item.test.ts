import test from "ava";
import { immutableTarget, mutableTarget, signItem, type MutableItem } from "@troupe/protocol/dht";
import { FoundItem } from "../../src/quests/found-item.ts";

const secretKey = new Uint8Array(32).fill(5);
const salt = Buffer.from("feed");
const none = new Uint8Array(0);

function signed(sequence: bigint, value = `i${sequence}e`): MutableItem {
  return signItem(secretKey, { salt, sequence, value: Buffer.from(value) });
}

/** The item as an answer has it: without its salt. */
function answered(item: MutableItem): MutableItem {
  return { ...item, salt: none };
}

test("the first item is found, then those with a higher sequence number", (t) => {
  const found = new FoundItem(mutableTarget(signed(1n)), salt);
  t.is(found.sequence, undefined);
  t.like(found.found(answered(signed(4n))), { kind: "mutable", sequence: 4n, salt });
  t.is(found.sequence, 4n);
  t.is(found.found(answered(signed(4n, "3:new"))), undefined);
  t.is(found.found(answered(signed(3n))), undefined);
  t.like(found.found(answered(signed(5n))), { sequence: 5n });
});

test("an item is believed only after its signature and target were verified", (t) => {
  const item = signed(1n);
  const found = new FoundItem(mutableTarget(item), salt);
  t.is(found.found({ ...answered(item), value: Buffer.from("i2e") }), undefined);
  t.is(found.found({ ...answered(item), sequence: 2n }), undefined);
  const other = signItem(secretKey.fill(6, 0, 1), {
    salt,
    sequence: 9n,
    value: Buffer.from("i9e"),
  });
  t.is(found.found(answered(other)), undefined);
  t.is(new FoundItem(mutableTarget(item), none).found(answered(item)), undefined, "another salt");
  t.not(found.found(answered(item)), undefined);
});

test("an immutable item is found once, when its hash is the target", (t) => {
  const value = Buffer.from("5:hello");
  const found = new FoundItem(immutableTarget(value), none);
  t.is(found.found({ kind: "immutable", value: Buffer.from("5:other") }), undefined);
  t.deepEqual(found.found({ kind: "immutable", value }), { kind: "immutable", value });
  t.is(found.found({ kind: "immutable", value }), undefined);
  t.is(found.sequence, undefined);
});

test("sequence numbers have 63 bits", (t) => {
  const item = signed(2n ** 63n - 1n);
  const found = new FoundItem(mutableTarget(item), salt);
  found.found(answered(signed(2n ** 63n - 2n)));
  t.like(found.found(answered(item)), { sequence: 2n ** 63n - 1n });
});
