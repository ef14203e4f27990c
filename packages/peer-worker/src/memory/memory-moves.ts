// Moves open pieces within the slab, so that a large extent forms although slow pieces lie everywhere. Other threads
// read sealed and transferred pieces: those stay in place.

import type { PeerWorker } from "../peer-worker.ts";
import type { PieceInProgress } from "../download/piece-in-progress.ts";
import type { TorrentContent } from "../torrent.ts";

/** Moves open pieces out of the reserved area, where there is room. */
export function moveOutOfReserved(worker: PeerWorker): void {
  const { downloads } = worker;
  if ((downloads.reservedInUseBytes ?? 0) === 0) return;
  for (const content of worker.contents()) {
    for (const piece of content.leases.open.values()) {
      const { extentBytes, offset } = piece.place;
      if (extentBytes > 0 && downloads.isReserved(offset)) move(worker, content, piece);
    }
  }
}

function move(worker: PeerWorker, content: TorrentContent, piece: PieceInProgress): void {
  const { place } = piece;
  const offset = worker.downloads.allocate(place.extentBytes);
  if (offset < 0) return;
  place.memory.copyWithin(offset, place.offset, place.offset + piece.lengthBytes);
  piece.place = { ...place, offset };
  for (const session of content.sessions) {
    if (session.downloadIfAny?.receivingIn === piece)
      session.wire.reader.moveBlock(offset - place.offset);
  }
  worker.downloads.free(place.offset);
  worker.turnEnd.wakeLater();
}
