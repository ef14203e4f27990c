// `piece layers` of a .torrent (BEP 52), for hashes that have come from peers.

import { bencodeLimits, decodePrefix } from "../bencode/bencode-decode.ts";
import { hexadecimal } from "../bytes/hexadecimal.ts";
import { nodeBytes } from "../merkle/merkle-tree.ts";
import type { Metainfo } from "./metainfo.ts";
import {
  bencodedDictionary,
  bencodedString,
  spliceDictionary,
  type NewEntry,
} from "./splice-dictionary.ts";

/** The parts of a metainfo that layers are written from. */
type LayerSource = Pick<Metainfo, "files" | "geometry" | "pieceHashes" | "trees">;

/**
 * @param torrent A .torrent without `piece layers`, or with some.
 * @param source Its contents, with the hashes of all pieces.
 * @returns The .torrent with all layers, in memory of its own; `info` and the other values stay byte for byte.
 */
export function withPieceLayers(torrent: Uint8Array, source: LayerSource): Uint8Array {
  const { root } = decodePrefix(torrent, bencodeLimits.file);
  return spliceDictionary(root, new Map([["piece layers", encodeLayers(layersOf(source))]]));
}

/** The nodes of the pieces of a file, by its root. A file of one piece has none. */
export type PieceLayer = readonly [root: Uint8Array, layer: Uint8Array];

/** @returns The dictionary, bencoded. Files of equal bytes have one layer. */
export function encodeLayers(layers: Iterable<PieceLayer>): Uint8Array {
  const entries = new Map<string, NewEntry>();
  for (const [root, layer] of layers) entries.set(hexadecimal(root), [root, bencodedString(layer)]);
  return bencodedDictionary([...entries.values()]);
}

function* layersOf({ files, geometry, pieceHashes, trees }: LayerSource): Generator<PieceLayer> {
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
    yield [root, layer];
  }
}
