import type { BencodeValue, Encodable } from "@troupe/protocol/bencode";
import { bencodeLimits, decode, encode } from "@troupe/protocol/bencode";

import { bencoded } from "../engine/bencode-tree.ts";
import { bencodeMutator } from "../engine/mutate-bencode.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** Our encoder, fed with what the decoder has read. */
export const bencodeEncode: FuzzTarget = {
  name: "bencode-encode",
  oracle: "what can be encoded decodes to the same; of sorted input it is the input byte for byte",
  sources: ["protocol/src/bencode"],
  seeds: () => [
    bencoded({ announce: "http://t.example/", list: [1, "two", { three: "\u00e9" }], n: -7 }),
    bencoded(["", 0, [], {}]),
  ],
  mutate: bencodeMutator({
    keys: ["", "a", "b", "aa", "__proto__", "constructor", "toString", "10", "9"],
    strings: ["", "x", "\u0000", "\ufeff", "\ufffd", "\u{1f600}", Uint8Array.of(0xff, 0xfe)],
  }),
  run(input) {
    const value = acceptedBy(() => decode(input, bencodeLimits.wire));
    if (value === undefined) return;
    const plain = plainOf(value);
    const written = acceptedBy(() => encode(plain));
    if (written === undefined) return;
    const again = acceptedBy(() => decode(written, bencodeLimits.wire));
    hold(again !== undefined, "our own encoding is refused");
    hold(sameBytes(encode(plainOf(again)), written), "not the same when encoded again");
    const isSorted = acceptedBy(() => decode(input))?.encoded.length === written.length;
    if (isSorted && !isUnsorted(value)) hold(sameBytes(written, input), "written otherwise");
  },
};

function plainOf(value: BencodeValue): Encodable {
  if (value.string !== undefined) return value.string;
  if (value.kind === "integer") return Number(acceptedBy(() => value.integer) ?? Number.NaN);
  if (value.kind === "list") return Array.from(value.items(), plainOf);
  const plain: { [key: string]: Encodable } = Object.create(null) as { [key: string]: Encodable };
  for (const [key, item] of value.entries())
    plain[Buffer.from(key).toString("latin1")] = plainOf(item);
  return plain;
}

function isUnsorted(value: BencodeValue): boolean {
  let last: Uint8Array | undefined;
  for (const [key, item] of value.entries()) {
    if (last !== undefined && Buffer.compare(last, key) > 0) return true;
    last = key;
    if (isUnsorted(item)) return true;
  }
  for (const item of value.items()) if (isUnsorted(item)) return true;
  return false;
}
