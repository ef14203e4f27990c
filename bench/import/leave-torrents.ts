// Folders as other clients leave them, with many torrents whose data is complete.

import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "@troupe/protocol/bencode";
import { sha1 } from "@troupe/protocol/bytes";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";

/** Clients whose folders are made: one records the times of files, the other does not. */
export const leavers = ["transmission", "qbittorrent"] as const;
/** A client that leaves torrents behind. */
export type Leaver = (typeof leavers)[number];

const pieceLengthBytes = 16_384;
const filesEach = 5;
/** Before the time of each resume file. */
const dataSeconds = 1_700_000_000;

/** @returns The folder to import from. */
export function leaveTorrents(client: Leaver, folder: string, count: number): string {
  const data = join(folder, "data");
  const from = join(folder, client === "transmission" ? "config" : "BT_backup");
  for (const each of ["", "torrents", "resume"])
    mkdirSync(join(from, client === "transmission" ? each : ""), { recursive: true });
  for (let number = 0; number < count; number++) {
    const torrent = writeData(data, `torrent ${number}`);
    if (client === "transmission") leaveTransmission(from, data, torrent);
    else leaveQbittorrent(from, data, torrent);
  }
  return from;
}

/** Writes the files of a torrent, a piece each. @returns The .torrent. */
function writeData(data: string, name: string): Uint8Array {
  const files = Array.from({ length: filesEach }, (_, file) => ({
    path: [`file ${file}`],
    lengthBytes: pieceLengthBytes,
  }));
  const hashes = files.map(({ path: [file = ""] }) => {
    const bytes = Buffer.alloc(pieceLengthBytes, `${name} ${file}`);
    const place = join(data, name, file);
    mkdirSync(join(data, name), { recursive: true });
    writeFileSync(place, bytes);
    utimesSync(place, dataSeconds, dataSeconds);
    return sha1(bytes);
  });
  return encodeTorrent({
    ...{ name, pieceLengthBytes, files, pieceHashes: Buffer.concat(hashes) },
    trackers: [["http://127.0.0.1:1/announce"]],
  });
}

function leaveTransmission(from: string, destination: string, torrent: Uint8Array): void {
  const { infoHash } = parseTorrent(torrent);
  const mtimes = Array.from({ length: filesEach }, () => dataSeconds);
  const resume = { destination, paused: 0, progress: { blocks: "all", mtimes } };
  writeFileSync(join(from, "torrents", `${infoHash}.torrent`), torrent);
  writeFileSync(join(from, "resume", `${infoHash}.resume`), encode(resume));
}

function leaveQbittorrent(from: string, data: string, torrent: Uint8Array): void {
  const { infoHash } = parseTorrent(torrent);
  const resume = {
    ...{ save_path: data, paused: 0, auto_managed: 1, pieces: Buffer.alloc(filesEach, 1) },
    trackers: [["http://127.0.0.1:1/announce"]],
  };
  writeFileSync(join(from, `${infoHash}.torrent`), torrent);
  writeFileSync(join(from, `${infoHash}.fastresume`), encode(resume));
}
