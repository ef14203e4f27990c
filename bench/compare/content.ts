// The content that rows transfer and check.

import {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { writePayload, type Payload } from "../../test/support/files/payload.ts";
import { writeTorrentFile, type TorrentFile } from "../../test/support/files/torrent-file.ts";
import { filesAreEqual } from "../support/equal-files.ts";
import type { Place } from "./row.ts";

/** 2²⁰ bytes. */
export const mebibyte = 1_048_576;
/** 2³⁰ bytes. */
export const gibibyte = 1_073_741_824;

/** Sizes of a row's content. */
export interface ContentPlan {
  readonly totalBytes: number;
  readonly pieceLengthBytes: number;
  /** Default 1, as a torrent of a single file. */
  readonly files?: number;
}

/** Content on the disk, with its torrent. */
export interface Content {
  readonly payload: Payload;
  readonly torrent: TorrentFile;
  /** All bytes in one file. */
  readonly joinedFile: string;
}

/** Writes content and torrent. All of it is safe on the disk: nothing is written back while something is measured. */
export function makeContent(
  place: Place,
  { totalBytes, pieceLengthBytes, files = 1 }: ContentPlan,
): Content {
  const payload = writePayload({
    folder: join(place.folder, "source"),
    name: "payload",
    pieceLengthBytes,
    files: files === 1 ? totalBytes : filesOf(totalBytes, files),
  });
  const torrent = writeTorrentFile(payload, [place.tracker.url]);
  const joinedFile = files === 1 ? join(payload.folder, payload.name) : joined(place, payload);
  sync(joinedFile);
  return { payload, torrent, joinedFile };
}

/** Makes the folder that a copy goes to, empty: rtorrent makes none for a torrent of several files. */
export function emptyTarget(place: Place): string {
  const target = join(place.folder, "target");
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  return target;
}

/** Compares a copy with the original, and removes it. @throws When a file differs. */
export function checkAndRemove(payload: Payload, target: string): void {
  for (const path of payload.paths) {
    if (filesAreEqual(join(payload.folder, path), join(target, path))) continue;
    throw new Error(`the copy of ${path} differs from the original`);
  }
  rmSync(target, { recursive: true });
}

/** As many files of nearly one length, a hundred in a folder. */
function filesOf(totalBytes: number, count: number) {
  return Array.from({ length: count }, (_, index) => {
    const start = Math.floor((index * totalBytes) / count);
    const lengthBytes = Math.floor(((index + 1) * totalBytes) / count) - start;
    return { path: [`${Math.floor(index / 100)}`, `${index}`], lengthBytes };
  });
}

function joined(place: Place, payload: Payload): string {
  const file = join(place.folder, "joined");
  for (const path of payload.paths) appendFileSync(file, readFileSync(join(payload.folder, path)));
  return file;
}

function sync(path: string): void {
  const file = openSync(path, "r+");
  fsyncSync(file);
  closeSync(file);
}
