import type { BencodeLimits, BencodeValue } from "@troupe/protocol/bencode";
import { bencodeLimits, decodePrefix } from "@troupe/protocol/bencode";

import { bencoded } from "../engine/bencode-tree.ts";
import { bytesOf } from "../engine/mutate-bytes.ts";
import { bencodeMutator } from "../engine/mutate-bencode.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** The scanner for everything that strangers bencode. */
export const bencodeScan: FuzzTarget = {
  name: "bencode-scan",
  oracle:
    "refused with a code, or every value that can be reached, written again, is the input byte for byte, unless oddities are reported",
  sources: ["protocol/src/bencode"],
  seeds: () => [
    bencoded({ a: 1, b: ["x", [], { c: -5 }], "": "" }),
    bencoded([{ z: 1, a: 2 }, "trailing"]),
    ...["i0e", "0:", "le", "de", "l-3:e", "d-3:e", "-5:", "i-0e", "003:abc", "d1:ai1e1:ai2ee"].map(
      bytesOf,
    ),
  ],
  mutate: bencodeMutator({
    keys: ["", "a", "b", "aa", "__proto__", "constructor", "\uffff"],
    strings: ["", "x", "\u0000", "e", "i1e", "1:", "\ufeff"],
  }),
  run(input) {
    for (const limits of Object.values<BencodeLimits>(bencodeLimits)) {
      const document = acceptedBy(() => decodePrefix(input, limits));
      if (document === undefined) continue;
      hold(document.end <= input.length, "the value ends behind the input");
      const strict = acceptedBy(() => decodePrefix(input, { ...limits, maxOddities: 0 }));
      hold((strict === undefined) === document.oddities.length > 0, "an oddity that is none");
      if (strict === undefined) continue;
      const parts: Uint8Array[] = [];
      rewrite(document.root, parts, 0, limits.maxDepth);
      hold(sameBytes(Buffer.concat(parts), input.subarray(0, document.end)), "written otherwise");
    }
  },
};

function rewrite(value: BencodeValue, parts: Uint8Array[], depth: number, most: number): void {
  hold(depth <= most, "deeper than allowed");
  const { kind, string } = value;
  hold((kind === "string") === (string !== undefined), "a string without bytes");
  if (string !== undefined) return void parts.push(bytesOf(`${string.length}:`), string);
  if (kind === "integer") {
    const number = acceptedBy(() => value.integer);
    hold(number !== null, "an integer without a number");
    if (number === undefined) return void parts.push(value.encoded);
    return void parts.push(bytesOf(`i${number}e`));
  }
  const start = parts.length;
  parts.push(bytesOf(kind === "list" ? "l" : "d"));
  for (const item of value.items()) rewrite(item, parts, depth + 1, most);
  for (const [key, item] of value.entries()) {
    parts.push(bytesOf(`${key.length}:`), key);
    rewrite(item, parts, depth + 1, most);
    if (key.every((byte) => byte < 0x80)) {
      const found = value.get(Buffer.from(key).toString("latin1"));
      hold(found?.span.start === item.span.start, "get finds another value");
    }
  }
  parts.push(bytesOf("e"));
  // Costs the square of the depth: only where the tree is small.
  if (depth < 4) hold(sameBytes(Buffer.concat(parts.slice(start)), value.encoded), "another span");
}
