// A torrent of version 2 for simulated worlds, without its hash layers, and the trees from which peers answer.

import { hash } from "node:crypto";
import { encode } from "@troupe/protocol/bencode";
import { hashesOf, layersAbove, nodeBytes, zeroNode } from "@troupe/protocol/merkle";
import { parseTorrent, wrapInfo } from "@troupe/protocol/metainfo";
import type { HashRequest } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";
import type { SimulatedTorrent, SimulatedTorrentPlan } from "./torrent.ts";

/** The answer of an honest peer; undefined for a root that no file has. */
export type HashAnswers = (request: HashRequest) => Uint8Array | undefined;

/** @param bytesFrom Gives so many bytes for a number. */
export function makeV2Torrent(
  { fileLengths, paddingBytes = 0, pieceLengthBytes, seed, trackers }: SimulatedTorrentPlan,
  bytesFrom: (seed: number, lengthBytes: number) => Uint8Array,
): SimulatedTorrent {
  const name = `simulated-${seed}`;
  const files = fileLengths.map((length, file) => bytesFrom(seed + 7_919 * file, length));
  const trees = files.map((bytes) => (bytes.length === 0 ? [] : layersAbove(leavesOf(bytes), 0)));
  const entries = files.map(({ length }, file) => {
    const root = trees[file]?.at(-1);
    const leaf = { length, ...(root !== undefined && { "pieces root": root }) };
    return [`${String(file).padStart(4, "0")}.bin`, { "": leaf }] as const;
  });
  const info = encode({
    // No program reads this key.
    ...(paddingBytes > 0 && { a: Buffer.alloc(paddingBytes, "padding") }),
    "file tree": Object.fromEntries(entries),
    "meta version": 2,
    name,
    "piece length": pieceLengthBytes,
  });
  const bytes = wrapInfo({ info, trackers: trackers.map((url) => [url]) });
  const metainfo = parseTorrent(bytes);
  const content = new Uint8Array(metainfo.geometry.totalBytes);
  const rest = files.values();
  const contents = metainfo.files.map(({ isPadding, offset, path, lengthBytes }) => {
    const file = isPadding ? undefined : rest.next().value;
    if (file !== undefined) content.set(file, offset);
    return { path: path.join("/"), bytes: content.subarray(offset, offset + lengthBytes) };
  });
  return { bytes, metainfo, info, content, files: contents, hashAnswers: answersOf(trees) };
}

function leavesOf(bytes: Uint8Array): Uint8Array {
  const leaves: Uint8Array[] = [];
  for (let begin = 0; begin < bytes.length; begin += blockLengthBytes)
    leaves.push(hash("sha256", bytes.subarray(begin, begin + blockLengthBytes), "buffer"));
  return new Uint8Array(Buffer.concat(leaves));
}

function answersOf(trees: readonly (readonly Uint8Array[])[]): HashAnswers {
  const byRoot = new Map(
    trees.map((layers) => [Buffer.from(layers.at(-1) ?? "").toString("hex"), layers]),
  );
  return (request) => {
    const layers = byRoot.get(Buffer.from(request.root).toString("hex"));
    if (layers === undefined) return undefined;
    return hashesOf(request, (layer, index) => {
      const node = layers[layer]?.subarray(index * nodeBytes, (index + 1) * nodeBytes);
      return node?.length === nodeBytes ? node : zeroNode(layer);
    });
  };
}
