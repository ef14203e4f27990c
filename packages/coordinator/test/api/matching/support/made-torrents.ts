// Torrents of given contents, and folders of files, for searches.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ExecutionContext } from "ava";
import { encode, type Encodable } from "@troupe/protocol/bencode";
import { encodeTorrent } from "@troupe/protocol/metainfo";

export const pieceLengthBytes = 16_384;
const blockBytes = 16_384;

/** Contents by their paths, with `/` between the names. */
export type Contents = Readonly<Record<string, Uint8Array>>;

/** Bytes that no other seed gives. */
export function content(seed: number | string, lengthBytes: number): Uint8Array {
  const stream = createHash("shake256", { outputLength: lengthBytes });
  return lengthBytes === 0 ? new Uint8Array() : stream.update(String(seed)).digest();
}

/** A torrent of version 1 whose files lie end to end. */
export function torrentV1(files: Contents, padded: readonly string[] = []): Uint8Array {
  const listed = Object.entries(files).map(([path, bytes]) => ({
    path: path.split("/"),
    lengthBytes: bytes.length,
    isPadding: padded.includes(path),
  }));
  const all = Buffer.concat(Object.values(files));
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += pieceLengthBytes)
    hashes.push(
      createHash("sha1")
        .update(all.subarray(at, at + pieceLengthBytes))
        .digest(),
    );
  return encodeTorrent({
    name: "payload",
    pieceLengthBytes,
    pieceHashes: Buffer.concat(hashes),
    files: listed,
  });
}

/** A torrent of version 2 without piece layers, of files in its top folder. */
export function torrentV2(files: Contents, pieceLength = pieceLengthBytes): Uint8Array {
  const tree = Object.entries(files).map(([name, bytes]): readonly [string, Encodable] => {
    const root = bytes.length === 0 ? {} : { "pieces root": fileRoot(bytes) };
    return [name, { "": { length: bytes.length, ...root } }];
  });
  return encode({
    info: {
      "file tree": Object.fromEntries(tree.toSorted(([one], [other]) => (one < other ? -1 : 1))),
      "meta version": 2,
      name: "payload",
      "piece length": pieceLength,
    },
    "piece layers": {},
  });
}

/** The root of a file (BEP 52), from a tree of its own. */
export function fileRoot(bytes: Uint8Array): Uint8Array {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += blockBytes)
    leaves.push(
      createHash("sha256")
        .update(bytes.subarray(at, at + blockBytes))
        .digest(),
    );
  let layer = leaves;
  let zero: Uint8Array = new Uint8Array(32);
  while (layer.length > 1) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < layer.length; at += 2)
      above.push(
        createHash("sha256")
          .update(layer[at] ?? zero)
          .update(layer[at + 1] ?? zero)
          .digest(),
      );
    zero = createHash("sha256").update(zero).update(zero).digest();
    layer = above;
  }
  return layer[0] ?? zero;
}

/** Two folders: `data` for the torrent, `files` for what lies there. */
export function searchFolders(t: ExecutionContext, below: string = tmpdir()) {
  const top = realpathSync(mkdtempSync(join(below, "troupe-match-")));
  t.teardown(() => rmSync(top, { recursive: true, force: true }));
  const put = (path: string, bytes: Uint8Array): string => {
    const whole = join(top, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, bytes);
    return whole;
  };
  mkdirSync(join(top, "files"));
  return { top, data: join(top, "data"), files: join(top, "files"), put };
}
