// The torrents that each compared program has, and the part of their data that is on the disk.

import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writePayload, type Payload } from "../files/payload.ts";
import { writeTorrentFile } from "../files/torrent-file.ts";

/** A torrent with its .torrent. */
export interface ComparedTorrent {
  readonly hash: string;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The data of each torrent that is on the disk before the torrent is added. */
const placedData = {
  /** Paused, without data. */
  blank: "none",
  /** Stopped, with the first of two files. */
  half: "first file",
  /** Running without a peer, with the first of two files. */
  waiting: "first file",
  /** Complete and seeding. */
  done: "all",
  /** Complete and stopped. */
  rested: "all",
  /** Complete, then its data is deleted. */
  lost: "all",
  /** Changed by scenarios. */
  changed: "none",
  /** Complete and stopped, moved and renamed by scenarios. */
  moved: "all",
  /** Added by scenarios. */
  late: "none",
} as const;

/** The name of a torrent. */
export type TorrentName = keyof typeof placedData;

/** Trackers of the torrents that never run: no announce is sent to them. */
const trackers = ["http://one.example/announce", "udp://two.example:6969/announce"];
const tracked: ReadonlySet<TorrentName> = new Set(["blank", "changed", "late"]);

/** The torrents by name. */
export type ComparedTorrents = Readonly<Record<TorrentName, ComparedTorrent>>;

/** The magnet link of a torrent without metadata. */
export const magnetHash = "ab".repeat(20);
export const magnet = `magnet:?xt=urn:btih:${magnetHash}&dn=unknown`;

/**
 * Makes the torrents in a folder.
 *
 * @param tracker The tracker of the torrent that seeds.
 */
export function makeTorrents(folder: string, tracker: string): ComparedTorrents {
  const made = names().map((name, seed) => {
    const { path, infoHash } = writeTorrentFile(
      payloadOf(folder, name, seed),
      tracked.has(name) ? trackers : name === "done" ? [tracker] : [],
    );
    return [name, { name, hash: infoHash, bytes: new Uint8Array(readFileSync(path)) }] as const;
  });
  return Object.fromEntries(made) as Record<TorrentName, ComparedTorrent>;
}

/** Copies the data that is there before the torrents are added. */
export function placeData(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const name of names()) {
    const files = { none: [], "first file": ["a.bin"], all: ["a.bin", "b.bin"] }[placedData[name]];
    if (files.length > 0) mkdirSync(join(target, name));
    for (const file of files) copyFileSync(join(source, name, file), join(target, name, file));
  }
}

function names(): TorrentName[] {
  return Object.keys(placedData) as TorrentName[];
}

function payloadOf(folder: string, name: string, seed: number): Payload {
  const files = [
    { path: ["a.bin"], lengthBytes: 40_000 },
    { path: ["b.bin"], lengthBytes: 20_000 },
  ];
  return writePayload({ folder, name, files, seed, pieceLengthBytes: 16 * 1_024 });
}
