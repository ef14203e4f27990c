// Files of a torrent that are recorded links to data of another owner, and are never written to. A piece that lies in such
// files alone cannot become right by a download.

import type { LinkedPlace, StorageOpened, TorrentFault } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import type { JobWithContent } from "../torrent-job.ts";

type LinkedJob = Pick<JobWithContent, "content" | "request" | "storage">;

/** Takes the linked files that an opening has found. */
export function noteLinked(
  { storage }: Pick<LinkedJob, "storage">,
  { linked }: Pick<StorageOpened, "linked">,
): void {
  storage.linked = byFile(linked);
}

function byFile(places: readonly LinkedPlace[] | undefined): ReadonlyMap<number, LinkedPlace> {
  return new Map(places?.map((place) => [place.file, place]));
}

/** @returns Why a torrent cannot be completed: a wanted piece is wrong, and all its bytes are those of linked files. */
export function wrongLinkedFile({
  content,
  request,
  storage,
}: LinkedJob): TorrentFault | undefined {
  if (request.mode !== "download") return undefined;
  const { checks, files, ledger, metainfo } = content;
  for (const file of storage.linked.keys()) {
    const [first, last] = files.piecesOf(file) ?? [0, -1];
    for (let piece = first as PieceIndex; piece <= last; piece++) {
      if (!ledger.isMissing(piece) || checks.suspects.has(piece)) continue;
      if (!ledger.isWanted(piece)) continue;
      const isLink = (other: number): boolean =>
        storage.linked.has(other) || metainfo.files[other]?.isPadding === true;
      if (!files.filesIn(piece).every(isLink)) continue;
      const name = JSON.stringify(storage.placed.get(file) ?? metainfo.files[file]?.path.join("/"));
      return {
        code: "linked-file-wrong",
        message: `piece ${piece} of ${name} in "${request.directory}" is wrong, and the file is a link to a file of another owner, which is never written to: replace the link by a copy or remove it, then start the torrent again`,
      };
    }
  }
  return undefined;
}
