// A torrent's files in a temporary folder.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ExecutionContext } from "ava";
import { sha1 } from "@troupe/actor-runtime/testing";
import { PieceHashes } from "@troupe/protocol/metainfo";
import type { CheckedTorrent } from "../../src/check/check-plan.ts";

export interface Folder {
  readonly root: string;
  readonly torrent: CheckedTorrent;
  readonly content: Uint8Array;
  pathOf(name: string): string;
}

/** Makes files with these lengths, and the torrent that they belong to. */
export function folderWith(
  t: ExecutionContext,
  lengths: Readonly<Record<string, number>>,
  pieceLengthBytes: number,
): Folder {
  const root = mkdtempSync(join(tmpdir(), "troupe-check-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const totalBytes = Object.values(lengths).reduce((sum, length) => sum + length, 0);
  const content = contentOf(totalBytes);
  let at = 0;
  const files = Object.entries(lengths).map(([name, lengthBytes]) => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content.subarray(at, at + lengthBytes));
    at += lengthBytes;
    return { path, lengthBytes };
  });
  const hashes = hashesOf(content, pieceLengthBytes);
  const torrent = { files, pieceLengthBytes, totalBytes, hashes };
  return { root, torrent, content, pathOf: (name) => join(root, name) };
}

const patternBytes = 65_536;

/** Bytes that differ everywhere. A pattern is repeated, and each time it begins with another number. */
function contentOf(totalBytes: number): Uint8Array {
  const content = new Uint8Array(totalBytes);
  for (let at = 0; at < Math.min(totalBytes, patternBytes); at++) {
    content[at] = (at * 31 + (at >> 8)) % 253;
  }
  const view = new DataView(content.buffer);
  for (let at = patternBytes; at < totalBytes; at += patternBytes) {
    content.copyWithin(at, 0, Math.min(patternBytes, totalBytes - at));
    if (at + 4 <= totalBytes) view.setUint32(at, at);
  }
  return content;
}

export function hashesOf(content: Uint8Array, pieceLengthBytes: number): PieceHashes {
  const hashes: number[] = [];
  for (let at = 0; at < content.byteLength; at += pieceLengthBytes) {
    hashes.push(...sha1(content.subarray(at, at + pieceLengthBytes)));
  }
  return new PieceHashes("sha1", Uint8Array.from(hashes));
}
