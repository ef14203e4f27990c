import { parsePrefix } from "@troupe/protocol/address";
import { readUint32 } from "@troupe/protocol/bytes";
import { FilterRanges, type Address } from "./filter-ranges.ts";

/**
 * Packs a short list of addresses and prefixes at once; other texts are left out.
 *
 * @returns Memory of `AddressRanges`.
 */
export function packPrefixes(prefixes: Iterable<string>): SharedArrayBuffer {
  const ranges = new FilterRanges();
  for (const text of prefixes) {
    const prefix = parsePrefix(text);
    if (prefix !== undefined) ranges.add(endOf(prefix.first), endOf(prefix.last));
  }
  const packing = ranges.pack();
  for (;;) {
    const step = packing.next();
    if (step.done === true) return step.value;
  }
}

function endOf(bytes: Uint8Array): Address {
  return bytes.length === 4 ? readUint32(bytes, 0) : bytes;
}
