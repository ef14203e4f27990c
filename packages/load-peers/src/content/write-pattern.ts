import type { Ports } from "@troupe/actor-runtime";
import { patternContent } from "./pattern-content.ts";
import type { PatternTorrent } from "./pattern-torrent.ts";

/** Between two looks at the signal. */
const stepBytes = 4_194_304;

/**
 * Writes the file of a pattern torrent into a folder, which it makes. Between writes other tasks of the thread run.
 * @param folder Absolute; the file is `folder/name`.
 * @throws rejects with the system's code (`EEXIST`, `ENOSPC` …), or with the signal's reason; the file is left then.
 */
export async function writePattern(
  { disk, timers }: Pick<Ports, "disk" | "timers">,
  torrent: PatternTorrent,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const { lengthBytes, pieceLengthBytes, name } = torrent;
  const content = patternContent(torrent);
  disk.makeFolder(folder);
  const file = disk.open(`${folder}/${name}`, "create-new");
  try {
    let unpausedBytes = 0;
    for (let position = 0; position < lengthBytes; position += pieceLengthBytes) {
      const length = Math.min(pieceLengthBytes, lengthBytes - position);
      disk.write(file, [content.read(position, length)], position);
      unpausedBytes += length;
      if (unpausedBytes < stepBytes) continue;
      unpausedBytes = 0;
      // A step after the other.
      // oxlint-disable-next-line no-await-in-loop
      await new Promise<void>((resolve) => void timers.after(0, resolve));
      signal?.throwIfAborted();
    }
  } finally {
    disk.close(file);
  }
}
