import { parseIp, readUint32 } from "@troupe/protocol";
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

function wordsOf(host: string): number[] {
  const bytes = parseIp(host);
  if (bytes === undefined) throw new Error(`${host} is no address`);
  return Array.from({ length: bytes.length / 4 }, (_, word) => readUint32(bytes, 4 * word));
}
