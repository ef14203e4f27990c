// A torrent for simulated worlds: its content in memory, made from a number.

import { createCipheriv, hash } from "node:crypto";
import { encodeTorrent, parseTorrent, wrapInfo, type Metainfo } from "@troupe/protocol/metainfo";

/** The layout of a torrent to make. */
export interface SimulatedTorrentPlan {
  readonly pieceLengthBytes: number;
  /** Lengths of the files, in torrent order. */
  readonly fileLengths: readonly number[];
  /** Indexes of files that are padding (BEP 47). */
  readonly paddingFiles?: readonly number[];
  readonly trackers: readonly string[];
  /** Other bytes for another number, 0 to 2³² − 1. */
  readonly seed: number;
  /** Bytes that make its `info` dictionary longer. */
  readonly paddingBytes?: number;
  readonly isPrivate?: boolean;
  readonly webSeeds?: readonly string[];
}

/** One file as it has to be on every disk in the end. */
export interface SimulatedContent {
  /** Below the download folder. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A torrent whose content is known. */
export interface SimulatedTorrent {
  /** The .torrent. */
  readonly bytes: Uint8Array;
  readonly metainfo: Metainfo;
  /** The `info` dictionary. */
  readonly info: Uint8Array;
  /** All files, one after the other. */
  readonly content: Uint8Array;
  readonly files: readonly SimulatedContent[];
}

/** Files that cut pieces everywhere: a long one, an empty one, a tiny one; 4 MiB − 4,301 bytes, the last piece short. */
export const usualFileLengths: readonly number[] = [1_500_000, 0, 700_001, 3, 1_989_999];

export function makeSimulatedTorrent(plan: SimulatedTorrentPlan): SimulatedTorrent {
  const { pieceLengthBytes, fileLengths, trackers, seed } = plan;
  const isPadding = (file: number): boolean => plan.paddingFiles?.includes(file) === true;
  const content = bytesFrom(
    seed,
    fileLengths.reduce((sum, lengthBytes) => sum + lengthBytes, 0),
  );
  fileLengths.reduce((begin, lengthBytes, file) => {
    if (isPadding(file)) content.fill(0, begin, begin + lengthBytes);
    return begin + lengthBytes;
  }, 0);
  const name = `simulated-${seed}`;
  const files = fileLengths.map((lengthBytes, file) => ({
    path: isPadding(file) ? [".pad", `${file}`] : [file % 2 === 0 ? "even" : "odd", `${file}.bin`],
    lengthBytes,
    isPadding: isPadding(file),
  }));
  const short = encodeTorrent({
    name,
    pieceLengthBytes,
    pieceHashes: pieceHashes(content, pieceLengthBytes),
    files,
    isPrivate: plan.isPrivate === true,
  });
  const info = padded(infoIn(short), plan.paddingBytes ?? 0);
  const bytes = wrapInfo({
    info,
    trackers: trackers.map((url) => [url]),
    webSeeds: plan.webSeeds ?? [],
  });
  let at = 0;
  const contents = files.map(({ path, lengthBytes }) => {
    at += lengthBytes;
    return { path: [name, ...path].join("/"), bytes: content.subarray(at - lengthBytes, at) };
  });
  return { bytes, metainfo: parseTorrent(bytes), info, content, files: contents };
}

function infoIn(torrent: Uint8Array): Uint8Array {
  const { start, end } = parseTorrent(torrent).infoSpan;
  return torrent.slice(start, end);
}

/** A first key that no program reads. */
function padded(info: Uint8Array, paddingBytes: number): Uint8Array {
  if (paddingBytes === 0) return info;
  const key = Buffer.from(`d1:a${paddingBytes}:`);
  return new Uint8Array(
    Buffer.concat([key, Buffer.alloc(paddingBytes, "padding"), info.subarray(1)]),
  );
}

/** AES in counter mode over zeros: no two blocks are alike. */
function bytesFrom(seed: number, lengthBytes: number): Uint8Array {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(seed);
  const cipher = createCipheriv("aes-128-ctr", key, Buffer.alloc(16));
  return new Uint8Array(cipher.update(new Uint8Array(lengthBytes)));
}

function pieceHashes(content: Uint8Array, pieceLengthBytes: number): Uint8Array {
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += pieceLengthBytes) {
    hashes.push(hash("sha1", content.subarray(at, at + pieceLengthBytes), "buffer"));
  }
  return new Uint8Array(Buffer.concat(hashes));
}
