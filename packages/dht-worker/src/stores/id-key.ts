import type { NodeId } from "@troupe/protocol/dht";

/**
 * @returns The id as the key of a map: a character for each byte. Made for each query for an item, in less than half the
 *   time of `Buffer.from(…).toString("latin1")`.
 */
export function idKey(id: NodeId): string {
  const at = (index: number): number => id[index] ?? 0;
  // oxfmt-ignore
  return String.fromCharCode(
    at(0), at(1), at(2), at(3),
    at(4), at(5), at(6), at(7),
    at(8), at(9), at(10), at(11),
    at(12), at(13), at(14), at(15),
    at(16), at(17), at(18), at(19),
  );
}
