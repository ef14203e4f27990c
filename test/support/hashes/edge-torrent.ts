// A torrent of version 2 or a hybrid whose files end at the edges of blocks and pieces.

import { createCipheriv } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ExecutionContext } from "ava";
import { treeParts, treeTorrent, type TreeInput } from "@troupe/protocol/testing";
import { blockLengthBytes } from "@troupe/protocol/units";
import { filesBelow } from "../files/files-below.ts";

/** A torrent and its files. */
export interface EdgeTorrent {
  /** With all layers. */
  readonly bytes: Uint8Array;
  /** Below the folder `folder`. */
  readonly files: readonly TreeInput[];
  /** Without padding. */
  readonly dataBytes: number;
}

/** Files of no byte, one byte, a block, a piece, and a byte more than a piece. */
export function edgeTorrent(version: "v2" | "hybrid", pieceBytes: number): EdgeTorrent {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, version), Buffer.alloc(16));
  const edges = { a: 0, b: 1, c: blockLengthBytes, "d/e": pieceBytes, "d/f": pieceBytes + 1, g: 0 };
  const files = Object.entries(edges).map(([path, length]) => ({
    path,
    bytes: new Uint8Array(cipher.update(new Uint8Array(length))),
  }));
  return {
    bytes: treeTorrent(treeParts(files, pieceBytes), pieceBytes, version),
    files,
    dataBytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
}

/** Writes the files below a download folder. */
export function writeEdgeFiles({ files }: EdgeTorrent, folder: string): void {
  for (const { bytes, path } of files) {
    const at = join(folder, "folder", path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, bytes);
  }
}

/** Every file is there bit for bit, and no other. */
export function assertEdgeFiles(t: ExecutionContext, { files }: EdgeTorrent, folder: string): void {
  const data = join(folder, "folder");
  t.deepEqual(filesBelow(data), files.map(({ path }) => path).toSorted());
  for (const { bytes, path } of files) t.true(readFileSync(join(data, path)).equals(bytes), path);
}
