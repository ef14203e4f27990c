// `piece layers` of a .torrent (BEP 52), for hashes that have come from peers.

import { bencodeLimits, decodePrefix } from "../bencode/bencode-decode.ts";
import { nodeBytes } from "../merkle/merkle-tree.ts";
import type { Metainfo } from "./metainfo.ts";

const key = "piece layers";

/** The parts of a metainfo that layers are written from. */
type LayerSource = Pick<Metainfo, "files" | "geometry" | "pieceHashes" | "trees">;

/**
 * @param torrent A .torrent without `piece layers`, or with some.
 * @param source Its contents, with the hashes of all pieces.
 * @returns The .torrent with all layers, in memory of its own; `info` and the other values stay byte for byte.
 */
export function withPieceLayers(torrent: Uint8Array, source: LayerSource): Uint8Array {
  const others: Uint8Array[] = [];
  const behind: Uint8Array[] = [];
  for (const [name, value] of decodePrefix(torrent, bencodeLimits.file).root.entries()) {
    const text = Buffer.from(name).toString("latin1");
    if (text === key) continue;
    const place = text < key ? others : behind;
    place.push(stringOf(name), value.encoded);
  }
  const parts = [bytesOf("d"), ...others, bytesOf(`${key.length}:${key}`), layersOf(source)];
  return new Uint8Array(Buffer.concat([...parts, ...behind, bytesOf("e")]));
}

/** The dictionary: the nodes of the pieces of each file by its root. A file of one piece has no layer. */
function layersOf({ files, geometry, pieceHashes, trees }: LayerSource): Uint8Array {
  const layers = new Map<string, readonly Uint8Array[]>();
  const { bytes, digestBytes } = pieceHashes;
  for (const [file, { lengthBytes, offset, isPadding }] of files.entries()) {
    if (trees === undefined || isPadding || lengthBytes <= geometry.pieceLengthBytes) continue;
    const root = trees.roots.subarray(file * nodeBytes, (file + 1) * nodeBytes);
    const first = offset / geometry.pieceLengthBytes;
    const end = first + Math.ceil(lengthBytes / geometry.pieceLengthBytes);
    const layer = new Uint8Array((end - first) * nodeBytes);
    for (let piece = first; piece < end; piece++) {
      const at = piece * digestBytes;
      layer.set(bytes.subarray(at, at + nodeBytes), (piece - first) * nodeBytes);
    }
    layers.set(Buffer.from(root).toString("latin1"), [stringOf(root), stringOf(layer)]);
  }
  const sorted = [...layers].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.concat([bytesOf("d"), ...sorted.flatMap(([, parts]) => parts), bytesOf("e")]);
}

function stringOf(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytesOf(`${bytes.length}:`), bytes]);
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
