// A torrent for simulated worlds: its content in memory, made from a number.

import { createCipheriv, hash } from "node:crypto";
import {
  encodeTorrent,
  parseTorrent,
  withPieceLayers,
  wrapInfo,
  type Metainfo,
} from "@troupe/protocol/metainfo";
import { treeTorrentOf } from "./tree-torrent.ts";
import { makeV2Torrent, type HashAnswers } from "./v2-torrent.ts";

/** Versions of the protocol that a torrent is for. Peers give the layers of a `v2-without-layers`. */
export type TorrentVersion = "v1" | "v2" | "v2-without-layers" | "hybrid";

/** The layout of a torrent to make. */
export interface SimulatedTorrentPlan {
  readonly pieceLengthBytes: number;
  /** Lengths of the files, in torrent order. */
  readonly fileLengths: readonly number[];
  /** Default v1. Files of the others are in the order of their names, and padding makes each begin a piece. */
  readonly version?: TorrentVersion;
  /** Indexes of files that are padding (BEP 47). Of version 1 alone. */
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
  /** Answers of honest peers to hash requests; undefined in version 1. */
  readonly hashAnswers?: HashAnswers;
}

/** Files that cut pieces everywhere: a long one, an empty one, a tiny one; 4 MiB − 4,301 bytes, the last piece short. */
export const usualFileLengths: readonly number[] = [1_500_000, 0, 700_001, 3, 1_989_999];

/** Torrents that were made last, by their plans: tests run one torrent many times. */
const madeTorrents = new Map<string, SimulatedTorrent>();
/** Content of all of them together. */
const mostKeptBytes = 100 << 20;

/** Makes a torrent. Nothing may change its bytes: the same plan gives the same torrent. */
export function makeSimulatedTorrent(plan: SimulatedTorrentPlan): SimulatedTorrent {
  const key = JSON.stringify(plan);
  const made = madeTorrents.get(key) ?? makeTorrent(plan);
  // Moves it behind those that were used before.
  madeTorrents.delete(key);
  madeTorrents.set(key, made);
  let keptBytes = [...madeTorrents.values()].reduce((sum, { content }) => sum + content.length, 0);
  for (const [oldest, { content }] of madeTorrents) {
    if (keptBytes <= mostKeptBytes) break;
    madeTorrents.delete(oldest);
    keptBytes -= content.length;
  }
  return made;
}

function makeTorrent(plan: SimulatedTorrentPlan): SimulatedTorrent {
  const { version = "v1" } = plan;
  if (version === "v1") return makePlainTorrent(plan);
  if (version === "v2-without-layers") return makeV2Torrent(plan, bytesFrom);
  return makeTreeTorrent(plan, version);
}

function makeTreeTorrent(plan: SimulatedTorrentPlan, version: "v2" | "hybrid"): SimulatedTorrent {
  const { fileLengths, isPrivate = false, pieceLengthBytes, seed, trackers } = plan;
  const given = fileLengths.map((lengthBytes, file) => ({
    path: pathOf(file),
    bytes: bytesFrom(seed + file * 2 ** 20, lengthBytes),
  }));
  const rules = { version, name: `simulated-${seed}`, pieceLengthBytes, isPrivate };
  const made = treeTorrentOf(given, rules);
  const info = padded(infoIn(made.bytes), plan.paddingBytes ?? 0);
  const bare = wrapInfo({
    info,
    trackers: trackers.map((url) => [url]),
    webSeeds: plan.webSeeds ?? [],
  });
  const bytes = withPieceLayers(bare, made.metainfo);
  const metainfo = parseTorrent(bytes);
  const files = metainfo.files.map(({ lengthBytes, offset, path }) => ({
    path: path.join("/"),
    bytes: made.content.subarray(offset, offset + lengthBytes),
  }));
  return { bytes, metainfo, info, content: made.content, files };
}

function pathOf(file: number): string[] {
  return [file % 2 === 0 ? "even" : "odd", `${file}.bin`];
}

function makePlainTorrent(plan: SimulatedTorrentPlan): SimulatedTorrent {
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
    path: isPadding(file) ? [".pad", `${file}`] : pathOf(file),
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

/** So few that the memory of each cipher text is used again. */
const zeros = new Uint8Array(1 << 16);

/** AES in counter mode over zeros: no two blocks are alike. */
function bytesFrom(seed: number, lengthBytes: number): Uint8Array {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(seed);
  const cipher = createCipheriv("aes-128-ctr", key, Buffer.alloc(16));
  const bytes = new Uint8Array(lengthBytes);
  for (let at = 0; at < lengthBytes; at += zeros.length)
    bytes.set(cipher.update(zeros.subarray(0, lengthBytes - at)), at);
  return bytes;
}

function pieceHashes(content: Uint8Array, pieceLengthBytes: number): Uint8Array {
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += pieceLengthBytes) {
    hashes.push(hash("sha1", content.subarray(at, at + pieceLengthBytes), "buffer"));
  }
  return new Uint8Array(Buffer.concat(hashes));
}
