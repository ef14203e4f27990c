// Torrents of a pattern, and their content, as files.

import { rm, writeFile } from "node:fs/promises";
import { codeOf, nodePorts } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import {
  patternPieceLength,
  patternTorrent,
  writePattern,
  type PatternTorrent,
} from "@troupe/load-peers";
import { cleanText } from "@troupe/protocol/text";

/** A torrent of a pattern; without a piece length it is chosen by the length. */
export interface PatternWish {
  readonly name: string;
  readonly lengthBytes: number;
  readonly pieceLengthBytes: number | undefined;
  readonly trackers: readonly string[];
}

/**
 * Writes the .torrent of a pattern into a new file.
 *
 * @param path Absolute.
 * @throws TroupeError `torrent-not-saved`, `option-out-of-range`
 */
export async function savePatternTorrent(wish: PatternWish, path: string): Promise<PatternTorrent> {
  const torrent = torrentOf(wish);
  const bytes = encoded(torrent);
  try {
    await writeFile(path, bytes, { flag: "wx" });
  } catch (cause) {
    const reason = codeOf(cause) === "EEXIST" ? "the file exists" : String(codeOf(cause));
    const message = `cannot save the .torrent as ${path}: ${reason}`;
    throw new TroupeError("torrent-not-saved", message, { cause });
  }
  return torrent;
}

/**
 * Writes the content of a pattern into a new file of the folder, which it makes.
 *
 * @param folder Absolute.
 * @throws TroupeError `data-not-written`, `option-out-of-range`; rejects with the signal's reason. Nothing is left then.
 */
export async function savePatternData(
  wish: PatternWish,
  folder: string,
  signal: AbortSignal,
): Promise<PatternTorrent> {
  const torrent = torrentOf(wish);
  const path = `${folder}/${torrent.name}`;
  try {
    await writePattern(nodePorts(), torrent, folder, signal);
  } catch (cause) {
    if (cause instanceof RangeError) throw outOfRange(cause);
    const isOthers = codeOf(cause) === "EEXIST";
    if (!isOthers) await rm(path, { force: true }).catch(() => undefined);
    signal.throwIfAborted();
    const reason = isOthers ? "the file exists" : (codeOf(cause) ?? cleanText(String(cause), 200));
    throw new TroupeError("data-not-written", `cannot write ${path}: ${reason}`, { cause });
  }
  return torrent;
}

function torrentOf({ name, lengthBytes, pieceLengthBytes, trackers }: PatternWish): PatternTorrent {
  if (!/^(?!\.{1,2}$)[^/\\\0]{1,200}$/.test(name))
    throw new TroupeError(
      "option-out-of-range",
      `the name of a torrent is "${cleanText(name, 60)}", allowed is the name of a file`,
    );
  return {
    name,
    lengthBytes,
    pieceLengthBytes: pieceLengthBytes ?? patternPieceLength(lengthBytes),
    ...(trackers.length > 0 && { trackers: trackers.map((tracker) => [tracker]) }),
  };
}

function encoded(torrent: PatternTorrent): Uint8Array {
  try {
    return patternTorrent(torrent);
  } catch (error) {
    throw outOfRange(error);
  }
}

function outOfRange(cause: unknown): TroupeError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new TroupeError("option-out-of-range", message, { cause });
}
