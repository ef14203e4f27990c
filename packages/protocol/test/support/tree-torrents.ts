// Torrents of version 2 and hybrids, made slowly by the words of BEP 52.

import { createHash } from "node:crypto";
import { bencoded, bytesOf, join } from "./bytes.ts";
import type { Fields } from "./torrents.ts";

const blockBytes = 16_384;

/** A file below the torrent's folder. */
export interface TreeInput {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Both forms of a torrent, and what its dictionaries are made of. */
export interface TreeParts {
  readonly tree: Fields;
  /** By their roots, as Latin-1 text. */
  readonly layers: Fields;
  /** `files` of version 1, with padding after each file but the last. */
  readonly files: readonly Fields[];
  readonly pieces: Uint8Array;
}

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** All layers of the tree of a file, from its leaves to its root. */
export function slowLayers(bytes: Uint8Array): readonly (readonly Uint8Array[])[] {
  const leaves: Uint8Array[] = [];
  for (let begin = 0; begin < bytes.length; begin += blockBytes)
    leaves.push(sha256(bytes.subarray(begin, begin + blockBytes)));
  while (!Number.isInteger(Math.log2(leaves.length))) leaves.push(new Uint8Array(32));
  const layers: Uint8Array[][] = [leaves];
  for (let below: readonly Uint8Array[] = leaves; below.length > 1;) {
    const above = below.flatMap((left, at) =>
      at % 2 === 0 ? [sha256(left, below[at + 1] ?? new Uint8Array(32))] : [],
    );
    layers.push(above);
    below = above;
  }
  return layers;
}

export function slowRoot(bytes: Uint8Array): Uint8Array {
  return slowLayers(bytes).at(-1)?.[0] ?? new Uint8Array(32);
}

export function treeParts(files: readonly TreeInput[], pieceLengthBytes: number): TreeParts {
  const tree: Fields = {};
  const layers: Fields = {};
  const list: Fields[] = [];
  const content: Uint8Array[] = [];
  for (const [at, { bytes, path }] of files.entries()) {
    const names = path.split("/");
    let folder = tree;
    for (const name of names.slice(0, -1)) folder = (folder[name] ??= {}) as Fields;
    const root = slowRoot(bytes);
    const length = bytes.length;
    folder[names.at(-1) ?? ""] = {
      "": length === 0 ? { length } : { length, "pieces root": root },
    };
    if (length > pieceLengthBytes) {
      const layer = slowLayers(bytes)[Math.log2(pieceLengthBytes / blockBytes)] ?? [];
      const pieces = layer.slice(0, Math.ceil(length / pieceLengthBytes));
      layers[Buffer.from(root).toString("latin1")] = Buffer.concat(pieces);
    }
    list.push({ length, path: names });
    content.push(bytes);
    const gap = (pieceLengthBytes - (length % pieceLengthBytes)) % pieceLengthBytes;
    if (gap > 0 && files.slice(at + 1).some((later) => later.bytes.length > 0)) {
      list.push({ attr: "p", length: gap, path: [".pad", String(gap)] });
      content.push(new Uint8Array(gap));
    }
  }
  const all = Buffer.concat(content);
  const pieces: Uint8Array[] = [];
  for (let begin = 0; begin < all.length; begin += pieceLengthBytes)
    pieces.push(
      createHash("sha1")
        .update(all.subarray(begin, begin + pieceLengthBytes))
        .digest(),
    );
  return { tree, layers, files: list, pieces: new Uint8Array(Buffer.concat(pieces)) };
}

/** Changes of a .torrent. */
interface TreeChanges {
  /** Fields of `info`; undefined takes a field out. */
  readonly info?: Fields;
  /** In place of the right `piece layers`. Undefined: there are none. */
  readonly layers?: Fields | undefined;
}

/** A .torrent. */
export function treeTorrent(
  parts: TreeParts,
  pieceLengthBytes: number,
  version: "hybrid" | "v2",
  changes: TreeChanges = {},
): Uint8Array {
  const { files, pieces, tree } = parts;
  const { info: changed = {} } = changes;
  const info = {
    "file tree": tree,
    ...(version === "hybrid" && { files, pieces }),
    "meta version": 2,
    name: "folder",
    "piece length": pieceLengthBytes,
    ...changed,
  };
  const layers = "layers" in changes ? changes.layers : parts.layers;
  return join(
    bencoded({ info }).slice(0, -1),
    layers === undefined ? new Uint8Array() : join(bytesOf("12:piece layers"), encoded(layers)),
    bytesOf("e"),
  );
}

/** The encoder of the tests would write the keys, which are no text, as UTF-8. */
function encoded(layers: Fields): Uint8Array {
  const entries = Object.keys(layers)
    .toSorted()
    .flatMap((key) => [bytesOf(`${key.length}:${key}`), bencoded(layers[key])]);
  return join(bytesOf("d"), ...entries, bytesOf("e"));
}
