import { parseTorrent } from "@troupe/protocol/metainfo";
import { treeParts, treeTorrent } from "@troupe/protocol/testing";
import { blockLengthBytes } from "@troupe/protocol/units";

import { bencodeMutator } from "../engine/mutate-bencode.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const nodeBytes = 32;
/** Two files have the same bytes, and so the same root. */
const files = [
  { path: "a", bytes: new Uint8Array(5 * blockLengthBytes).fill(1) },
  { path: "b", bytes: new Uint8Array(2 * blockLengthBytes + 1).fill(2) },
  { path: "c", bytes: new Uint8Array(5 * blockLengthBytes).fill(1) },
  { path: "d", bytes: new Uint8Array(3).fill(3) },
];
const parts = treeParts(files, blockLengthBytes);
const whole = treeTorrent(parts, blockLengthBytes, "v2");
const bare = treeTorrent(parts, blockLengthBytes, "v2", { layers: undefined });
const key = Buffer.from("12:piece layers");
/** The torrent up to the value of the key. */
const head = Buffer.concat([bare.subarray(0, -1), key]);
const right = parseTorrent(whole).pieceHashes.bytes;
const layers = Object.entries(parts.layers).flatMap(([root, layer]) => [
  Buffer.from(root, "latin1"),
  layer as Uint8Array,
]);

/** `piece layers` of a torrent whose roots are known. */
export const pieceLayers: FuzzTarget = {
  name: "piece-layers",
  oracle: "refused with a code, or each piece has no hash or the right one",
  sources: ["protocol/src/metainfo/file-trees", "protocol/src/merkle/merkle-tree"],
  seeds: () => [whole.subarray(head.length, -1), Buffer.from("de"), Buffer.from("d1:a1:be")],
  mutate: bencodeMutator({
    keys: [],
    strings: [...layers, new Uint8Array(nodeBytes), new Uint8Array(3 * nodeBytes)],
  }),
  run(input) {
    const torrent = Buffer.concat([head, input, Buffer.from("e")]);
    const { pieceHashes } = acceptedBy(() => parseTorrent(torrent)) ?? {};
    if (pieceHashes === undefined) return;
    hold(pieceHashes.bytes.length === right.length, "other pieces");
    for (let at = 0; at < right.length; at += nodeBytes) {
      if (!pieceHashes.isKnown(at / nodeBytes)) continue;
      const [node, other] = [pieceHashes.bytes, right].map((all) => all.slice(at, at + nodeBytes));
      hold(sameBytes(node ?? right, other ?? right), "a piece has a hash that its root has not");
    }
  },
};
