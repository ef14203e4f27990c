// Leases in a message. Hundreds of fresh pieces are leased at once, and two numbers take less time than an object.

import type { PieceIndex } from "@troupe/protocol/units";
import type { LeaseId } from "./ids.ts";
import type { PieceLease } from "./peer.messages.ts";

/** Leases in order: of a fresh piece its index and then its lease, of any other piece the whole lease. */
export type PackedLeases = readonly (number | PieceLease)[];

/** Appends a lease. */
export function packLease(packed: (number | PieceLease)[], lease: PieceLease): void {
  const { ownMemory, parole, transferred } = lease;
  const isFresh = ownMemory === undefined && parole === undefined && transferred === undefined;
  if (isFresh) packed.push(lease.piece, lease.lease);
  else packed.push(lease);
}

/** @returns Packed leases. */
export function packLeases(leases: readonly PieceLease[]): PackedLeases {
  const packed: (number | PieceLease)[] = [];
  for (const lease of leases) packLease(packed, lease);
  return packed;
}

/** @returns The leases that {@link packLease} has packed. */
export function unpackLeases(packed: PackedLeases): PieceLease[] {
  const leases: PieceLease[] = [];
  for (let at = 0; at < packed.length; at++) {
    const entry = packed[at] ?? 0;
    if (typeof entry !== "number") leases.push(entry);
    else leases.push({ piece: entry as PieceIndex, lease: packed[++at] as LeaseId });
  }
  return leases;
}
