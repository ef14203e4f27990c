import type { TorrentShape } from "@troupe/messages";
import type { TorrentJob } from "../torrent-job.ts";

/** The facts of a torrent for its modules. */
export function shapeOf({ content, infoHash, name }: TorrentJob): TorrentShape {
  const { pieceCount = 0, pieceLengthBytes = 0, totalBytes = 0 } = content?.ledger.geometry ?? {};
  const isPrivate = content?.metainfo.isPrivate === true;
  return { infoHash, name, pieceCount, pieceLengthBytes, totalBytes, isPrivate };
}
