import { mseTorrentHash } from "@troupe/protocol/encryption";
import type { InfoHash } from "@troupe/protocol/units";

/** The torrents of a worker by the hashes that encrypted handshakes name. */
export class MseTorrents {
  readonly #byHash = new Map<string, InfoHash>();

  add(infoHash: InfoHash): void {
    this.#byHash.set(keyOf(mseTorrentHash(infoHash)), infoHash);
  }

  remove(infoHash: InfoHash): void {
    this.#byHash.delete(keyOf(mseTorrentHash(infoHash)));
  }

  /** @param hash 20 bytes, lent. */
  find(hash: Uint8Array): InfoHash | undefined {
    return this.#byHash.get(keyOf(hash));
  }
}

function keyOf(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString("latin1");
}
