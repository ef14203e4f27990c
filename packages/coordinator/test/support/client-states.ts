// Folders as other clients leave them, with the data of their torrents.

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encode, type Encodable } from "@troupe/protocol/bencode";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";

export const pieceLengthBytes = 32_768;
const files = [
  { path: ["a"], lengthBytes: 3 * pieceLengthBytes },
  { path: ["b"], lengthBytes: 2 * pieceLengthBytes },
];
/** Pieces of the torrent. */
export const pieceCount = 5;
/** The time of the data, in seconds, before that of every resume file. */
export const dataSeconds = 1_700_000_000;

/** A folder of a client and a torrent whose data is complete. */
export class ClientState implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "client-state-"));
  readonly data = join(this.folder, "data");
  readonly stateDirectory = join(this.folder, "state-of-troupe");
  readonly torrent: Uint8Array;
  readonly infoHash: string;
  readonly #pieceHashes: Uint8Array;

  constructor(seed = 1) {
    const bytes = Buffer.alloc(pieceCount * pieceLengthBytes, `content ${seed} `);
    let at = 0;
    for (const { path, lengthBytes } of files) {
      this.writeData(path.join("/"), bytes.subarray(at, (at += lengthBytes)));
    }
    this.#pieceHashes = Buffer.concat(
      Array.from({ length: pieceCount }, (_, piece) =>
        createHash("sha1")
          .update(bytes.subarray(piece * pieceLengthBytes, (piece + 1) * pieceLengthBytes))
          .digest(),
      ),
    );
    this.torrent = this.#torrentNamed("album");
    this.infoHash = parseTorrent(this.torrent).infoHash;
  }

  #torrentNamed(name: string): Uint8Array {
    const trackers = [["http://127.0.0.1:1/announce"]];
    const pieceHashes = this.#pieceHashes;
    return encodeTorrent({ name, pieceLengthBytes, pieceHashes, files, trackers });
  }

  /** Writes a file of the torrent, with the time of the data. */
  writeData(path: string, bytes: Uint8Array): void {
    const place = join(this.data, "album", path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, bytes);
    utimesSync(place, dataSeconds, dataSeconds);
  }

  /** Writes a file of the client. */
  write(path: string, content: Uint8Array | string): string {
    const place = join(this.folder, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
    return place;
  }

  writeBencoded(path: string, value: Encodable): string {
    return this.write(path, encode(value));
  }

  /** Transmission's configuration folder. */
  transmission(resume: Readonly<Record<string, Encodable>> = {}): string {
    this.write(`tr/torrents/${this.infoHash}.torrent`, this.torrent);
    this.writeBencoded(`tr/resume/${this.infoHash}.resume`, {
      destination: this.data,
      paused: 0,
      progress: { blocks: "all", mtimes: [dataSeconds, dataSeconds] },
      ...resume,
    });
    return join(this.folder, "tr");
  }

  /** The session of rtorrent. */
  rtorrent(
    own: Readonly<Record<string, Encodable>> = {},
    resume: Readonly<Record<string, Encodable>> = {},
  ): string {
    const name = `rt/${this.infoHash.toUpperCase()}.torrent`;
    this.write(name, this.torrent);
    const directory = join(this.data, "album");
    this.writeBencoded(`${name}.rtorrent`, { directory, state: 1, ...own });
    this.writeBencoded(`${name}.libtorrent_resume`, {
      bitfield: pieceCount,
      files: files.map(() => ({ mtime: dataSeconds, priority: 1 })),
      ...resume,
    });
    return join(this.folder, "rt");
  }

  /** BT_backup of qBittorrent. */
  qbittorrent(resume: Readonly<Record<string, Encodable>> = {}): string {
    return this.#inBackup(this.torrent, resume);
  }

  /** BT_backup of qBittorrent with torrents whose data is not there. */
  qbittorrentOfMany(count: number): string {
    for (let at = 0; at < count; at++) this.#inBackup(this.#torrentNamed(`album ${at}`), {});
    return join(this.folder, "BT_backup");
  }

  #inBackup(torrent: Uint8Array, resume: Readonly<Record<string, Encodable>>): string {
    const { infoHash } = parseTorrent(torrent);
    this.write(`BT_backup/${infoHash}.torrent`, torrent);
    this.writeBencoded(`BT_backup/${infoHash}.fastresume`, {
      save_path: this.data,
      paused: 0,
      auto_managed: 1,
      pieces: Buffer.alloc(pieceCount, 1),
      trackers: [["http://127.0.0.1:1/announce"]],
      ...resume,
    });
    return join(this.folder, "BT_backup");
  }

  /** Gives a file of the torrent a time after that of the resume data. */
  touch(path: string): void {
    const later = Date.now() / 1_000 + 10;
    utimesSync(join(this.data, "album", path), later, later);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
