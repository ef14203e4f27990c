import type { PieceIndex } from "@troupe/protocol/units";
import type { PieceLedger } from "../pieces/piece-ledger.ts";
import { peersWith } from "./traffic.ts";

/**
 * The copies of a torrent among us and the connected peers: those of its rarest pieces, and as a fraction the share of
 * the pieces of which there are more.
 *
 * @param tables Per worker: connected peers that have each piece.
 */
export function availabilityOf(
  { map, states: { length } }: Pick<PieceLedger, "map" | "states">,
  tables: readonly Uint16Array[],
): number {
  let [rarest, beyond] = [Infinity, 0];
  for (let at = 0; at < length; at++) {
    const piece = at as PieceIndex;
    const copies = peersWith(tables, piece) + (map.has(piece) ? 1 : 0);
    if (copies > rarest) beyond++;
    else if (copies < rarest) [rarest, beyond] = [copies, at];
  }
  return length === 0 ? 0 : rarest + beyond / length;
}
