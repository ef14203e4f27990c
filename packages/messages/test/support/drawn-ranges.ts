import { formatIp, parseIp } from "@troupe/protocol/address";
import { readUint32, writeUint32 } from "@troupe/protocol/bytes";
import { AddressRanges } from "../../src/index.ts";

/**
 * An IP filter in shared memory.
 *
 * @param ranges `1.2.3.4` or `1.2.3.4-1.2.3.9`, IPv4 or IPv6, ascending and disjoint in a family.
 */
export function rangesOf(...ranges: readonly string[]): SharedArrayBuffer {
  const ends = ranges.map((range) => {
    const [first = "", last = first] = range.split("-");
    return { first: wordsOf(first), last: wordsOf(last) };
  });
  const [ip4, ip6] = [1, 4].map((words) => ends.filter(({ first }) => first.length === words));
  const made = AddressRanges.allocate(ip4?.length ?? 0, ip6?.length ?? 0);
  made.ip4Firsts.set(ip4?.flatMap(({ first }) => first) ?? []);
  made.ip4Lasts.set(ip4?.flatMap(({ last }) => last) ?? []);
  made.ip6Firsts.set(ip6?.flatMap(({ first }) => first) ?? []);
  made.ip6Lasts.set(ip6?.flatMap(({ last }) => last) ?? []);
  return made.memory;
}

/** The ranges of a filter, as {@link rangesOf} takes them. */
export function drawnRanges(memory: SharedArrayBuffer): string[] {
  const { ip4Firsts, ip4Lasts, ip6Firsts, ip6Lasts } = new AddressRanges(memory);
  const draw = (firsts: Uint32Array, lasts: Uint32Array, words: number): string[] =>
    Array.from({ length: firsts.length / words }, (_, i) => {
      const at = i * words;
      const [first, last] = [firsts, lasts].map((ends) => hostOf(ends.subarray(at, at + words)));
      return first === last ? String(first) : `${first}-${last}`;
    });
  return [...draw(ip4Firsts, ip4Lasts, 1), ...draw(ip6Firsts, ip6Lasts, 4)];
}

function hostOf(words: Uint32Array): string {
  const bytes = new Uint8Array(4 * words.length);
  for (const [word, value] of words.entries()) writeUint32(bytes, 4 * word, value);
  return formatIp(bytes);
}

function wordsOf(host: string): number[] {
  const bytes = parseIp(host);
  if (bytes === undefined) throw new Error(`${host} is no address`);
  return Array.from({ length: bytes.length / 4 }, (_, word) => readUint32(bytes, 4 * word));
}
