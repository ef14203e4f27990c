// Torrents of a scenario, from the words of the file.

import { resolve } from "node:path";
import { maxPatternPieceBytes, patternPieceLength } from "@troupe/load-peers";
import { ContentFault, keyFault, spellPath, wrongValue, type Path } from "@troupe/yaml-file";
import type { TorrentSpec } from "../scenario.ts";
import type { FileShape, FileTorrent } from "../schema/file-shape.ts";
import { onlyKey } from "./names.ts";
import { sizeAt, spellBytes } from "./quantities.ts";

const leastPiece = 16 * 1024;
const largestTorrent = 16 * 1024 ** 4;
/** Their hashes fit into the metadata that peers exchange, and into a .torrent of 32 MiB. */
const mostPieces = { v1: 800_000, v2: 800_000, hybrid: 600_000 } as const;

/** @throws ContentFault */
export function buildTorrents(
  written: FileShape["torrents"],
  folder: string,
): Record<string, TorrentSpec> {
  const entries = Object.entries(written ?? {});
  return Object.fromEntries(
    entries.map(([name, torrent]) => [name, buildTorrent(torrent, name, folder)]),
  );
}

function buildTorrent(written: FileTorrent, name: string, folder: string): TorrentSpec {
  const path = ["torrents", name];
  const key = onlyKey(path, written, ["size", "file"]);
  if (key === undefined) {
    throw keyFault(path, `lacks the key "size" or "file"`);
  }
  const foreign = key === "file" ? (["piece", "name", "version"] as const) : (["data"] as const);
  for (const other of foreign) {
    if (written[other] === undefined) continue;
    const place = [...path, other];
    throw keyFault(place, `has no meaning beside ${key}`);
  }
  if (written.file !== undefined) {
    const data = written.data === undefined ? undefined : resolve(folder, written.data);
    return { from: "file", path: resolve(folder, written.file), data };
  }
  return pattern(written, written.name ?? name, path);
}

function pattern(written: FileTorrent, name: string, path: Path): TorrentSpec {
  if (/[/\\\0]|^\.{1,2}$/.test(name)) {
    throw wrongValue([...path, "name"], name, "a file name without a folder");
  }
  const lengthBytes = sizeAt([...path, "size"], written.size ?? "", 1, largestTorrent);
  const pieceLengthBytes = pieceLengthOf(written.piece, lengthBytes, path);
  const pieces = Math.ceil(lengthBytes / pieceLengthBytes);
  const { version } = written;
  const most = mostPieces[version ?? "v1"];
  if (pieces > most) {
    const sentence = `${spellPath(path)} has ${pieces} pieces of ${spellBytes(pieceLengthBytes)}; allowed are ${most}, with longer pieces`;
    throw new ContentFault([...path, "piece"], sentence);
  }
  const sizes = { lengthBytes, pieceLengthBytes };
  return { from: "pattern", ...sizes, name, ...(version !== undefined && { version }) };
}

function pieceLengthOf(written: string | undefined, lengthBytes: number, path: Path): number {
  if (written === undefined) return patternPieceLength(lengthBytes);
  const place = [...path, "piece"];
  const bytes = sizeAt(place, written, leastPiece, maxPatternPieceBytes);
  if (Number.isInteger(Math.log2(bytes))) return bytes;
  throw wrongValue(
    place,
    written,
    `a power of two from ${spellBytes(leastPiece)} to ${spellBytes(maxPatternPieceBytes)}`,
  );
}
