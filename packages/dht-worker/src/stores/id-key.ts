import type { NodeId } from "@troupe/protocol";

/** @returns The id as the key of a map: a character for each byte. */
export function idKey(id: NodeId): string {
  return Buffer.from(id.buffer, id.byteOffset, id.length).toString("latin1");
}
