// The content that rows transfer and check.

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createTorrent } from "@troupe/coordinator";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { equalFiles, joinedFile } from "../../test/support/files/many-files.ts";
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
    files: equalFiles(totalBytes, files),
  });
  const torrent = writeTorrentFile(payload, [place.tracker.url]);
  const wholeFile = joinedFile(payload, join(place.folder, "joined"));
  sync(wholeFile);
  return { payload, torrent, joinedFile: wholeFile };
}

/** Replaces the .torrent by one of version 2, with its hash layers. @returns The content with this one. */
export async function inVersion2(place: Place, content: Content): Promise<Content> {
  const { folder, name, pieceLengthBytes } = content.payload;
  const fields = { trackers: { set: [[place.tracker.url]] } };
  const options = { version: "v2", pieceLengthBytes, fields } as const;
  const { bytes } = await createTorrent(join(folder, name), options);
  const { path } = content.torrent;
  writeFileSync(path, bytes);
  const infoHash = truncatedHash(parseTorrent(bytes).infoHash);
  return { ...content, torrent: { path, infoHash } };
}

/** The hash of a handshake: the first 20 bytes (BEP 52). */
function truncatedHash(infoHash: string): string {
  return infoHash.slice(0, 40);
}

/** Makes the folder that a copy goes to, a new one for each run: rtorrent makes none for a torrent of several files. */
export function emptyTarget(place: Place): string {
  let run = 0;
  while (existsSync(join(place.folder, `target-${run}`))) run++;
  const target = join(place.folder, `target-${run}`);
  mkdirSync(target, { recursive: true });
  return target;
}

/**
 * Compares a copy with the original, and empties its files. They stay until the row is over: ext4 creates files at a
 * fraction of the speed where others were removed in the last minutes.
 *
 * @throws When a file differs.
 */
export function checkAndEmpty(payload: Payload, target: string): void {
  for (const path of payload.paths) {
    if (filesAreEqual(join(payload.folder, path), join(target, path))) continue;
    throw new Error(`the copy of ${path} differs from the original`);
  }
  for (const path of payload.paths) truncateSync(join(target, path));
}

function sync(path: string): void {
  const file = openSync(path, "r+");
  fsyncSync(file);
  closeSync(file);
}
