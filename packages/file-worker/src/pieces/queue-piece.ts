import type { StorageRefusal, WritePiece } from "@troupe/messages";
import { isRefusal } from "../refusals.ts";
import { isRange } from "../slabs.ts";
import type { FileState } from "../storage-lifecycle.ts";
import { acceptingStorage } from "../storage.ts";

/**
 * Checks a verified piece against torrent and slab, and queues it. Its memory is free after `piece-written` or
 * `piece-not-written`.
 */
export function queuePiece(state: FileState, message: WritePiece): void {
  const refusal = addToQueue(state, message);
  if (refusal === undefined) return;
  const { torrent, piece } = message;
  state.context.emit("piece-not-written", { torrent, piece, ...refusal });
}

function addToQueue(
  state: FileState,
  { torrent, piece, slab, offset, lengthBytes }: WritePiece,
): StorageRefusal | undefined {
  const storage = acceptingStorage(state, torrent);
  if (isRefusal(storage)) return storage;
  const { totalBytes } = storage.map;
  const position = piece * storage.pieceLengthBytes;
  const dueBytes = Math.min(storage.pieceLengthBytes, totalBytes - position);
  if (!isRange(position, lengthBytes, totalBytes) || lengthBytes !== dueBytes) {
    return {
      refused: "out-of-range",
      message: `cannot write ${lengthBytes} bytes as piece ${piece}: it starts at ${position} and ends at ${position + dueBytes} of ${totalBytes}`,
    };
  }
  const bytes = state.slabs.view(slab, offset, lengthBytes);
  if (isRefusal(bytes)) return bytes;
  state.writes.add(storage, piece, bytes);
  return undefined;
}
