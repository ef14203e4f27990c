import type { StorageOpened } from "@troupe/messages";
import type { TorrentJob } from "../torrent-job.ts";

/** Takes the places of files that an opening has found, and reports them if they have changed. */
export function notePlaces(
  { outbox, storage }: Pick<TorrentJob, "outbox" | "storage">,
  { placed = [] }: Pick<StorageOpened, "placed">,
): void {
  const known = storage.placed;
  const isKnown = ({ file, path }: (typeof placed)[number]): boolean => known.get(file) === path;
  if (placed.length === known.size && placed.every(isKnown)) return;
  storage.placed = new Map(placed.map(({ file, path }) => [file, path]));
  outbox.emit({ event: "files-placed", files: placed });
}
