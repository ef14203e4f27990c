// A state folder as a program leaves it that was closed in order: torrents of zeros, their files, their records.

import { createHash, hash } from "node:crypto";
import { closeSync, ftruncateSync, mkdirSync, openSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { bitfieldBytes, encodeRecord, zeroCounters } from "@troupe/messages";
import {
  encodeTorrent,
  parseTorrent,
  type TorrentFileDescription,
} from "@troupe/protocol/metainfo";
import { fillBits } from "@troupe/protocol/peer";
import { keyOf, type TorrentKey } from "@troupe/protocol/identity";

const pieceLengthBytes = 16 * 1024;

/** One torrent to be made. */
export interface MadeTorrent {
  readonly name: string;
  readonly files: readonly TorrentFileDescription[];
}

/** Writes torrents, files and records. @param folder Gets `state` and `data`. */
export function makeState(folder: string, torrents: readonly MadeTorrent[]): void {
  const state = join(folder, "state");
  mkdirSync(join(state, "torrents"), { recursive: true });
  const database = new DatabaseSync(join(state, "state.db"));
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("CREATE TABLE records (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT");
  const insert = database.prepare("INSERT INTO records VALUES (?, ?)");
  database.exec("BEGIN");
  for (const torrent of torrents) {
    const directory = join(folder, "data");
    const bytes = encodeTorrent({ ...torrent, pieceLengthBytes, pieceHashes: hashesOf(torrent) });
    const key = keyOf(parseTorrent(bytes).infoHashes);
    writeFileSync(join(state, "torrents", `${key}.torrent`), bytes);
    const record = recordOf(torrent, key, directory);
    insert.run(`${key} ${directory}`, record);
  }
  database.exec("COMMIT");
  database.close();
}

function piecesOf({ files }: MadeTorrent): number {
  const totalBytes = files.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  return Math.ceil(totalBytes / pieceLengthBytes);
}

function hashesOf(torrent: MadeTorrent): Uint8Array {
  const zeros = hash("sha1", new Uint8Array(pieceLengthBytes), "buffer");
  const hashes = new Uint8Array(20 * piecesOf(torrent));
  for (let at = 0; at < hashes.length; at += 20) hashes.set(zeros, at);
  return hashes;
}

/** Makes the files, and a record that has seen them. */
function recordOf(torrent: MadeTorrent, key: TorrentKey, directory: string): Uint8Array {
  const facts = torrent.files.flatMap(({ path, lengthBytes }) => {
    const file = join(directory, torrent.name, ...path);
    mkdirSync(dirname(file), { recursive: true });
    const descriptor = openSync(file, "w");
    ftruncateSync(descriptor, lengthBytes);
    closeSync(descriptor);
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs];
  });
  const pieceCount = piecesOf(torrent);
  const all = new Uint8Array(bitfieldBytes(pieceCount));
  fillBits(all, 0, pieceCount - 1, true);
  return encodeRecord(
    {
      key,
      directory,
      settings: { useTrackers: false, maxPeers: 50 },
      isStarted: true,
      counters: zeroCounters,
      peers: [],
      isOpenForWriting: false,
      pieceCount,
      had: all,
      durable: all,
      suspect: new Uint8Array(all.length),
      unsampled: new Uint8Array(all.length),
      files: new BigUint64Array(facts),
    },
    (...parts) => {
      const digest = createHash("sha1");
      for (const part of parts) digest.update(part);
      return digest.digest();
    },
  );
}
