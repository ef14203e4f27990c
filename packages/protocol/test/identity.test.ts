import test from "ava";
import fc from "fast-check";
import {
  haveNames,
  identityOf,
  isKeyOf,
  keyOf,
  keysOf,
  namesOf,
  torrentKey,
  versionOf,
  wireHashes,
  type InfoHashes,
  type InfoHashV2,
} from "../src/identity.ts";
import { infoHashFromBytes, infoHashToBytes } from "../src/units.ts";

function bytesOf(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

const v1Hash = bytesOf(20).map(infoHashFromBytes);
const v2Hash = bytesOf(32).map((bytes) => Buffer.from(bytes).toString("hex") as InfoHashV2);
const anyHashes: fc.Arbitrary<InfoHashes> = fc.oneof(
  fc.record({ v1: v1Hash }),
  fc.record({ v2: v2Hash }),
  fc.record({ v1: v1Hash, v2: v2Hash }),
);

test("the key is the hash of v1, or without it the first 20 bytes of the hash of v2", (t) => {
  fc.assert(
    fc.property(v1Hash, v2Hash, (v1, v2) => {
      t.is(String(keyOf({ v1 })), v1);
      t.is(String(keyOf({ v1, v2 })), v1);
      t.is(String(keyOf({ v2 })), v2.slice(0, 40));
    }),
  );
});

test("every key passes the gate, and names its torrent", (t) => {
  fc.assert(
    fc.property(anyHashes, (hashes) => {
      const key = keyOf(hashes);
      t.is(torrentKey(key), key);
      t.true(isKeyOf(key, hashes));
      t.deepEqual(identityOf(hashes), { ...hashes, key });
    }),
  );
});

test("a torrent has 20 bytes on the wire for each of its hashes", (t) => {
  fc.assert(
    fc.property(v1Hash, v2Hash, (v1, v2) => {
      const truncated = infoHashFromBytes(Buffer.from(v2, "hex").subarray(0, 20));
      t.deepEqual(wireHashes({ v1 }), [v1]);
      t.deepEqual(wireHashes({ v2 }), [truncated]);
      t.deepEqual(wireHashes({ v1, v2 }), [v1, truncated]);
    }),
  );
  fc.assert(
    fc.property(anyHashes, (hashes) =>
      wireHashes(hashes).every((hash) => infoHashToBytes(hash).length === 20),
    ),
  );
});

test("a torrent that was added by the hash of v2 keeps its key when the hash of v1 is known", (t) => {
  fc.assert(
    fc.property(v1Hash, v2Hash, v1Hash, (v1, v2, other) => {
      fc.pre(v1 !== other);
      const key = keyOf({ v2 });
      t.true(isKeyOf(key, { v1, v2 }));
      t.is(identityOf({ v1, v2 }, key).key, key);
      t.false(isKeyOf(key, { v1 }));
      t.false(isKeyOf(keyOf({ v1: other }), { v1, v2 }));
    }),
  );
});

test("text that is not 40 lower-case hexadecimal digits is no key", (t) => {
  const key = "0123456789abcdef0123456789abcdef01234567";
  t.is(String(torrentKey(key)), key);
  const others = ["", key.slice(1), `${key}0`, key.toUpperCase(), ` ${key}`, `${key}\n`];
  for (const text of [...others, `${key.slice(1)}g`, "../".padEnd(40, "0")])
    t.is(torrentKey(text), undefined, text);
});

test("a torrent has the names of each version, and each name on the wire has a version", (t) => {
  fc.assert(
    fc.property(v1Hash, v2Hash, (v1, v2) => {
      const begin = v2.slice(0, 40);
      t.deepEqual(namesOf({ v1, v2 }), [v1, begin, v2]);
      t.deepEqual(keysOf({ v1, v2 }).map(String), [v1, begin]);
      t.deepEqual(
        wireHashes({ v1, v2 }).map((hash) => versionOf({ v1, v2 }, hash)),
        ["v1", "v2"],
      );
      t.true(haveNames({ v1, v2 }, { v2 }) && haveNames({ v1, v2 }, { v1 }));
      t.false(haveNames({ v1 }, { v1, v2 }) || haveNames({ v2 }, { v1 }));
    }),
  );
});
