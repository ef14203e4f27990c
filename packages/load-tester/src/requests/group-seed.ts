import { readUint32, sha1 } from "@troupe/protocol/bytes";

/** @returns 32 bits that every generator draws for a group. */
export function groupSeed(seed: number, group: string): number {
  return readUint32(sha1(new TextEncoder().encode(`${seed} ${group}`)), 0);
}
