import type { StorageRefusal, WritePiece, WritePieces } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { isRefusal } from "../refusals.ts";
import { isRange } from "../slabs.ts";
import type { FileState } from "../storage-lifecycle.ts";
import { acceptingStorage } from "../storage.ts";

/**
 * Checks verified pieces against torrent and slab, and queues them. The memory of a piece is free after `pieces-written`
 * or `piece-not-written`.
 */
export function queuePieces(state: FileState, { torrent, slab, places }: WritePieces): void {
  for (let at = 0; at + 2 < places.length; at += 3) {
    const piece = places[at] as PieceIndex;
    const offset = places[at + 1] ?? 0;
    const lengthBytes = places[at + 2] ?? 0;
    const refusal = addToQueue(state, { torrent, piece, slab, offset, lengthBytes });
    if (refusal !== undefined) state.refusedPieces.add({ torrent, piece, ...refusal });
  }
}

function addToQueue(
  state: FileState,
  { torrent, piece, slab, offset, lengthBytes }: WritePiece,
): StorageRefusal | undefined {
  const storage = acceptingStorage(state, torrent);
  if (isRefusal(storage)) return storage;
  const { map } = storage;
  const isPiece = isRange(piece, 1, map.pieceCount);
  if (!isPiece || lengthBytes !== map.pieceLength(piece)) {
    const due = isPiece ? `it has ${map.pieceLength(piece)}` : `there are ${map.pieceCount}`;
    return {
      refused: "out-of-range",
      message: `cannot write ${lengthBytes} bytes as piece ${piece}: ${due}`,
    };
  }
  const bytes = state.slabs.view(slab, offset, lengthBytes);
  if (isRefusal(bytes)) return bytes;
  state.writes.add(storage, piece, bytes);
  return undefined;
}
