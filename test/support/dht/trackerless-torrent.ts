// A torrent without a tracker, and its seeders in a test network's DHT.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";
import type { PeerAddress } from "@troupe/protocol/address";
import { Aria2 } from "../clients/aria2.ts";
import { Libtorrent } from "../clients/libtorrent.ts";
import { Transmission } from "../clients/transmission.ts";
import { writePayload, type Payload } from "../files/payload.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";
import type { NetworkClient } from "../network.ts";
import { dhtPlaceOn } from "./dht-place.ts";

const pieceLengthBytes = 16_384;
const lengthBytes = 4 << 20;

/** Clients that seed it. */
const seeders = { libtorrent: Libtorrent, aria2: Aria2, Transmission };

/** A payload and its .torrent, which names DHT nodes (BEP 5, `nodes`). */
export class TrackerlessTorrent implements Disposable {
  /** Path of the .torrent. */
  readonly path: string;
  /** 40 hex digits. */
  readonly infoHash: string;
  readonly payload: Payload;
  readonly #folder: TemporaryFolder;

  /** @param name Another payload for another name. */
  constructor(name: string, nodes: readonly PeerAddress[]) {
    this.#folder = temporaryFolder("dht-torrent");
    this.payload = writePayload({
      folder: this.#folder.path,
      name,
      pieceLengthBytes,
      files: lengthBytes,
      seed: name.length,
    });
    const { pieceHashes } = this.payload;
    const bytes = encodeTorrent({ name, pieceLengthBytes, pieceHashes, lengthBytes, nodes });
    this.path = join(this.#folder.path, `${name}.torrent`);
    writeFileSync(this.path, bytes);
    this.infoHash = parseTorrent(bytes).infoHash;
  }

  /** A magnet link without trackers and peers. */
  get magnet(): string {
    return `magnet:?xt=urn:btih:${this.infoHash}`;
  }

  /** Seeds it on a machine. @param nodes Asked first. */
  async seedBy(
    client: keyof typeof seeders,
    machine: NetworkClient,
    nodes: readonly PeerAddress[],
  ): Promise<AsyncDisposable> {
    return await seeders[client].seed({
      torrent: this.path,
      folder: this.payload.folder,
      within: machine.within,
      dht: dhtPlaceOn(machine, nodes),
    });
  }

  [Symbol.dispose](): void {
    this.#folder.remove();
  }
}
