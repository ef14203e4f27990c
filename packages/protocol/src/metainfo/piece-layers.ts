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
  return spliceDictionary(root, new Map([["piece layers", layersOf(source)]]));
}

/** The dictionary: the nodes of the pieces of each file by its root. A file of one piece has no layer. */
function layersOf({ files, geometry, pieceHashes, trees }: LayerSource): Uint8Array {
  const layers = new Map<string, NewEntry>();
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
    layers.set(hexadecimal(root), [root, bencodedString(layer)]);
  }
  return bencodedDictionary([...layers.values()]);
}
