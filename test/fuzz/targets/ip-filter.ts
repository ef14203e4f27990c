import { AddressRanges } from "@troupe/messages";
import { drawnRanges } from "@troupe/messages/testing";

import { FilterP2b } from "../../../packages/api-base/src/ip-filter/filter-p2b.ts";
import { FilterRanges } from "../../../packages/api-base/src/ip-filter/filter-ranges.ts";
import { FilterText } from "../../../packages/api-base/src/ip-filter/filter-text.ts";
import { TroupeError } from "@troupe/control";
import { bytesMutator, bytesOf, joined } from "../engine/mutate-bytes.ts";
import { textMutator } from "../engine/mutate-text.ts";
import { hold, holdTyped } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { addressWords } from "./ip-address.ts";

const sources = ["api-base/src/ip-filter/filter-", "api-base/src/ip-filter/range-"];
const p2bHead = [0xff, 0xff, 0xff, 0xff, 0x50, 0x32, 0x42];

/** A list in one of the forms for people. */
export const ipFilterText: FuzzTarget = {
  name: "ip-filter-text",
  oracle:
    "the same ranges in chunks of any length: ascending, apart from each other, and read again from their own lines the same",
  sources: [...sources, "messages/src/layouts/address-ranges"],
  seeds: () =>
    [
      "1.2.3.4\n1.2.3.5-1.2.3.9 # comment\n10.0.0.0/8\r\n",
      "001.002.003.004 - 001.002.003.009 , 000 , name\n1.2.3.4 - 1.2.3.9 , 200 , allowed\n",
      "\uFEFFName: of, it:1.2.3.4-1.2.3.9\n// comment\nx:9.9.9.9-9.9.9.9",
      "2001:db8::/32\n::ffff:1.2.3.4\n2001:db9::1 - 2001:db9::2 , 1 , x\n",
    ].map(bytesOf),
  mutate: textMutator([
    ...addressWords,
    ...["\n", "\r\n", "-", " - ", " , ", "/", "/8", "/32", "/128", ", 127 ,", ", 128 ,", "000"],
    ...["#", "//", ";", "name:", "\uFEFF", "255.255.255.255", "0.0.0.0", "1.2.3.4-1.2.3.9"],
  ]),
  run(input) {
    const { ranges, skipped, firstSkipped } = readList(FilterText, input, Infinity);
    const again = readList(FilterText, input, 1 + (input.length % 7));
    hold(again.ranges.join() === ranges.join(), "other ranges in chunks");
    hold(again.skipped === skipped && again.firstSkipped === firstSkipped, "other lines in chunks");
    const lines = Buffer.from(input).toString("latin1").split("\n").length;
    hold(skipped === 0 ? firstSkipped === undefined : (firstSkipped ?? 0) > 0, "no first line");
    hold(skipped <= lines && (firstSkipped ?? 0) <= lines, "a line that is not there");
    const own = readList(FilterText, bytesOf(ranges.join("\n")), Infinity);
    hold(own.skipped === 0 && own.ranges.join() === ranges.join(), "read otherwise");
  },
};

/** A list in PeerGuardian's binary form. */
export const ipFilterP2b: FuzzTarget = {
  name: "ip-filter-p2b",
  oracle: "refused with a code, or the same ranges in chunks of any length",
  sources,
  seeds: () => [
    joined(p2bHead, [2], bytesOf("name\0"), [1, 2, 3, 4, 1, 2, 3, 9], [0], Array(8).fill(255)),
    joined(p2bHead, [3], [0, 0, 0, 2], bytesOf("a\0b\0"), [0, 0, 0, 1], Array(12).fill(9)),
    joined(p2bHead, [3], [0, 0, 0, 0], [0, 0, 0, 0]),
  ],
  mutate: bytesMutator([
    Uint8Array.from([...p2bHead, 1]),
    Uint8Array.of(0, 0, 0, 1),
    bytesOf("\0"),
  ]),
  run(input) {
    const [whole, parts] = [Infinity, 1 + (input.length % 7)].map((chunkBytes) =>
      acceptedList(() => readList(FilterP2b, input, chunkBytes)),
    );
    hold(parts?.ranges.join() === whole?.ranges.join(), "other ranges in chunks");
    hold(parts?.skipped === whole?.skipped, "other entries in chunks");
  },
};

function readList(
  Reader: typeof FilterText | typeof FilterP2b,
  input: Uint8Array,
  chunkBytes: number,
) {
  const ranges = new FilterRanges();
  const reader = new Reader(ranges);
  const bytes = Buffer.from(input);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    reader.push(bytes.subarray(at, at + chunkBytes));
  }
  reader.end();
  const packed = pack(ranges);
  holdOrder(packed.ip4Firsts, packed.ip4Lasts, 1);
  holdOrder(packed.ip6Firsts, packed.ip6Lasts, 4);
  const drawn = drawnRanges(packed.memory);
  for (const end of drawn.flatMap((range) => range.split("-"))) {
    hold(packed.has(end), () => `${end} is not found`);
  }
  return { ranges: drawn, skipped: reader.skipped, firstSkipped: reader.firstSkipped };
}

function pack(ranges: FilterRanges): AddressRanges {
  const work = ranges.pack();
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return new AddressRanges(value);
  }
}

/** Every range ends before the next one begins, with an address between them. */
function holdOrder(firsts: Uint32Array, lasts: Uint32Array, words: number): void {
  let before = -2n;
  for (let at = 0; at < firsts.length; at += words) {
    const [first, last] = [firsts, lasts].map((list) => numberOf(list.subarray(at, at + words)));
    hold(first !== undefined && last !== undefined && first <= last, "a range that is none");
    hold(first > before + 1n, "ranges that touch");
    before = last;
  }
}

function numberOf(words: Uint32Array): bigint {
  return words.reduce((value, word) => (value << 32n) | BigInt(word), 0n);
}

function acceptedList<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    holdTyped(error);
    hold(error.code.startsWith("ip-filter-"), "a code of something else");
    return undefined;
  }
}
