// The .torrent of a payload.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";
import type { Payload } from "./payload.ts";

/** A .torrent on disk. */
export interface TorrentFile {
  readonly path: string;
  /** 40 hex digits. */
  readonly infoHash: string;
}

/** The info-hash of a payload's torrent, in hex; trackers do not change it. */
export function infoHashOf(payload: Payload, isPrivate = false): string {
  return parseTorrent(torrentBytes(payload, [], isPrivate)).infoHash;
}

/** Writes `NAME.torrent` beside the payload. */
export function writeTorrentFile(
  payload: Payload,
  trackers: readonly string[] = [],
  isPrivate = false,
): TorrentFile {
  const path = join(payload.folder, `${payload.name}.torrent`);
  const bytes = torrentBytes(payload, trackers, isPrivate);
  writeFileSync(path, bytes);
  return { path, infoHash: parseTorrent(bytes).infoHash };
}

/** The bytes of that file. */
export function torrentBytes(
  payload: Payload,
  trackers: readonly string[] = [],
  isPrivate = false,
): Uint8Array {
  const { name, pieceLengthBytes, pieceHashes, files } = payload;
  const common = {
    name,
    pieceLengthBytes,
    pieceHashes,
    trackers: trackers.map((url) => [url]),
    isPrivate,
  };
  return typeof files === "number"
    ? encodeTorrent({ ...common, lengthBytes: files })
    : encodeTorrent({ ...common, files });
}
