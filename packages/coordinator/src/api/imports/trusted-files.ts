// Which files of another client are believed, and which of their pieces are hashed as samples.
//
// A file is believed when it has every byte of the pieces that the client has in it, is not younger than the resume data,
// and has the time that the client has recorded, if it records times. All pieces of any other file are hashed. A client that has
// no piece may not have checked its files yet: all of them are hashed.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { nodePorts } from "@troupe/actor-runtime";
import { bitfieldBytes, type HashedFile, type Verify } from "@troupe/messages";
import { FileMap, type Metainfo } from "@troupe/protocol/metainfo";
import {
  clearBit,
  countBits,
  fillBits,
  hasBit,
  nextBit,
  nextUnsetBit,
  setBit,
} from "@troupe/protocol/peer";
import type { OtherTorrent } from "./other-torrent.ts";

const samplesPerFile = 2;
/** Samples of a torrent: further files of it are believed without a sample. */
const mostSamples = 64;
const nsPerSecond = 1_000_000_000n;

/** A file with its pieces. */
interface PlacedFile {
  readonly file: number;
  readonly lengthBytes: number;
  readonly first: number;
  readonly last: number;
}

/** The files of a torrent, compared with its resume data. */
export interface TrustedFiles {
  /** Facts of the believed files; undefined: not believed, padding, or not there. */
  readonly facts: readonly (HashedFile | undefined)[];
  /** Believed pieces, in wire order. */
  readonly had: Uint8Array;
  readonly samples: Uint8Array;
  /** Files that are there and are not believed. */
  readonly hashedFiles: number;
  /** Files with pieces of the client that are not there. */
  readonly missingFiles: number;
}

/** @param paths The path of each file below the data folder; undefined for padding. */
export async function trustFiles(
  torrent: OtherTorrent,
  paths: readonly (string | undefined)[],
  verify: Verify,
): Promise<TrustedFiles> {
  const { content, directory, pieces, settings } = torrent;
  const suffix = typeof settings["partSuffix"] === "string" ? settings["partSuffix"] : undefined;
  const facts: (HashedFile | undefined)[] = content.files.map(() => undefined);
  const had = pieces.slice();
  const sampled: PlacedFile[] = [];
  const mayBelieve = verify !== "full" && countBits(pieces) > 0;
  let hashedFiles = 0;
  let missingFiles = 0;
  for (const placed of placedFiles(content)) {
    const path = paths[placed.file];
    if (path === undefined) continue;
    const found = await factsAt(join(directory, path), suffix);
    if (found !== undefined && mayBelieve && isBelieved(torrent, placed, found)) {
      facts[placed.file] = found;
      sampled.push(placed);
      continue;
    }
    if (found !== undefined) hashedFiles += 1;
    else if (placed.lengthBytes > 0 && endOfPieces(torrent, placed) > 0) missingFiles += 1;
    if (placed.lengthBytes > 0) fillBits(had, placed.first, placed.last, false);
  }
  const isSampled = torrent.vouching.isSampled && verify === "sample";
  const samples = isSampled ? chooseSamples(sampled, had) : new Uint8Array(had.length);
  return { facts, had, samples, hashedFiles, missingFiles };
}

function placedFiles({ files, geometry }: Metainfo): readonly PlacedFile[] {
  const lengths = files.map(({ lengthBytes }) => lengthBytes);
  const map = new FileMap(lengths, geometry.pieceLengthBytes);
  return files.map(({ lengthBytes }, file) => {
    const [first, last] = map.piecesOf(file) ?? [0, -1];
    return { file, lengthBytes, first, last };
  });
}

/** A file at its path, or at that of an unfinished file. */
async function factsAt(path: string, suffix: string | undefined): Promise<HashedFile | undefined> {
  for (const place of suffix === undefined ? [path] : [path, path + suffix]) {
    const found = await stat(place, { bigint: true }).catch(() => undefined);
    if (found?.isFile() !== true) continue;
    const { ctimeNs, dev: device, ino: inode, mtimeNs, size } = found;
    return { device, inode, lengthBytes: Number(size), mtimeNs, ctimeNs };
  }
  return undefined;
}

function isBelieved(
  torrent: OtherTorrent,
  placed: PlacedFile,
  { lengthBytes, mtimeNs }: HashedFile,
): boolean {
  const { savedAtNs, agrees } = torrent.vouching;
  if (lengthBytes > placed.lengthBytes || mtimeNs > savedAtNs) return false;
  if (lengthBytes < endOfPieces(torrent, placed)) return false;
  const isComplete = nextUnsetBit(torrent.pieces, placed.first, placed.last) === undefined;
  return agrees(placed.file, Number(mtimeNs / nsPerSecond), isComplete);
}

/** The end of the last piece that the client has in a file, in bytes of the file. */
function endOfPieces({ content, pieces }: OtherTorrent, placed: PlacedFile): number {
  const { pieceLengthBytes } = content.geometry;
  const { file, first, last, lengthBytes } = placed;
  let piece = last;
  while (piece >= first && !hasBit(pieces, piece)) piece -= 1;
  if (piece < first) return 0;
  const start = content.files[file]?.offset ?? 0;
  return Math.min(lengthBytes, (piece + 1) * pieceLengthBytes - start);
}

/** Two pieces a file, in files and pieces that chance chooses. */
function chooseSamples(files: readonly PlacedFile[], had: Uint8Array): Uint8Array {
  const { random } = nodePorts();
  const samples = new Uint8Array(had.length);
  const waiting = [...files];
  while (waiting.length > 0 && countBits(samples) < mostSamples) {
    const [chosen] = waiting.splice(random.integer(waiting.length), 1);
    if (chosen === undefined) break;
    const room = Math.min(samplesPerFile, mostSamples - countBits(samples));
    for (const piece of somePieces(chosen, had, room)) setBit(samples, piece);
  }
  return samples;
}

function somePieces(
  { first, last }: PlacedFile,
  had: Uint8Array,
  count: number,
): readonly number[] {
  const { random } = nodePorts();
  const chosen: number[] = [];
  const left = had.slice();
  while (chosen.length < count && last >= first) {
    const from = first + random.integer(last - first + 1);
    const piece = nextBit(left, from, last) ?? nextBit(left, first, from);
    if (piece === undefined) break;
    clearBit(left, piece);
    chosen.push(piece);
  }
  return chosen;
}

/** The bits of no piece. */
export function noPieces(pieceCount: number): Uint8Array {
  return new Uint8Array(bitfieldBytes(pieceCount));
}
