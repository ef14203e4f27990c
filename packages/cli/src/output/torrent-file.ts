import { writeFile } from "node:fs/promises";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import { CommandError } from "../failure.ts";

/**
 * Writes a .torrent into a new file.
 *
 * @param path Absolute.
 * @throws {CommandError} `torrent-not-saved`, also for a file that exists.
 */
export async function saveTorrent(bytes: Uint8Array, path: string): Promise<void> {
  try {
    await writeFile(path, bytes, { flag: "wx" });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === "EEXIST" ? "the file exists" : systemSentence(cause);
    throw new CommandError("torrent-not-saved", `cannot save the .torrent as ${path}: ${reason}`, {
      cause,
    });
  }
}
