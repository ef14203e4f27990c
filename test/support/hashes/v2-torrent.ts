// A torrent of version 2 of random files, made by the rules of BEP 52 alone.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "@troupe/protocol/bencode";
import { layerAbove, rootOf, treeHeight } from "@troupe/protocol/merkle";
import { parseTorrent, withPieceLayers } from "@troupe/protocol/metainfo";
import { blockLengthBytes } from "@troupe/protocol/units";

/** A file of the torrent. */
interface V2File {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The torrent as bytes. */
export interface V2Torrent {
  /** Without `piece layers`, as a magnet gives it. */
  readonly bare: Uint8Array;
  readonly whole: Uint8Array;
  /** 64 hexadecimal digits. */
  readonly hash: string;
  readonly name: string;
  readonly files: readonly V2File[];
}

/** @param lengths Bytes of the files, at least two: a single file would lie beside the folder. @param seed Number that the bytes are made from. */
export function v2Torrent(
  lengths: readonly number[],
  pieceLengthBytes: number,
  seed = 1,
): V2Torrent {
  const name = "v2";
  const files = lengths.map((length, place) => ({
    name: `${String.fromCodePoint(97 + place)}.bin`,
    bytes: bytesOf(length, seed * 1_000 + place),
  }));
  const tree = Object.fromEntries(files.map((file) => [file.name, { "": leafOf(file.bytes) }]));
  const info = encode({
    "file tree": tree,
    "meta version": 2,
    name,
    "piece length": pieceLengthBytes,
  });
  const bare = Buffer.concat([Buffer.from("d4:info"), info, Buffer.from("e")]);
  const metainfo = parseTorrent(bare);
  const { pieceHashes } = metainfo;
  const pieceLayer = treeHeight(pieceLengthBytes);
  let piece = 0;
  for (const { bytes } of files) {
    if (bytes.length > pieceLengthBytes) {
      let layer = leavesOf(bytes);
      for (let at = 0; at < pieceLayer; at++) layer = layerAbove(layer, at);
      pieceHashes.bytes.set(layer, piece * pieceHashes.digestBytes);
    }
    piece += Math.ceil(bytes.length / pieceLengthBytes);
  }
  const whole = withPieceLayers(bare, metainfo);
  const hash = createHash("sha256").update(info).digest("hex");
  return { bare: new Uint8Array(bare), whole, hash, name, files };
}

/** Writes the files below a folder. */
export function writeV2Files({ files, name }: V2Torrent, folder: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  for (const file of files) writeFileSync(join(folder, name, file.name), file.bytes);
}

function leafOf(bytes: Uint8Array): {
  readonly length: number;
  readonly "pieces root"?: Uint8Array;
} {
  if (bytes.length === 0) return { length: 0 };
  return { length: bytes.length, "pieces root": rootOf(leavesOf(bytes), 0) };
}

/** The hash of each block. */
function leavesOf(bytes: Uint8Array): Uint8Array {
  const leaves: Uint8Array[] = [];
  for (let begin = 0; begin < bytes.length; begin += blockLengthBytes)
    leaves.push(
      createHash("sha256")
        .update(bytes.subarray(begin, begin + blockLengthBytes))
        .digest(),
    );
  return new Uint8Array(Buffer.concat(leaves));
}

function bytesOf(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 2_654_435_761;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}
