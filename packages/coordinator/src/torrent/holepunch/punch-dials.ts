import type { AddressSource, TorrentId } from "@troupe/messages";
import { addressKey, type PeerAddress } from "@troupe/protocol/address";

/** More than the time-out of a dial and of its handshakes. */
const longestMs = 60_000;

/** A dial by order of a relay. */
export interface PunchDial extends PeerAddress {
  readonly torrent: TorrentId;
  /** The directory's source and origin for the address, if a peer is met there. */
  readonly source: AddressSource;
  readonly origin: string;
  /** Key of the host in the bound of dials in vain. */
  readonly dialKey: string;
}

/** The dials by order of relays that are under way, over all torrents. Few, because few orders a minute are obeyed. */
export class PunchDials {
  /** The oldest is first. */
  readonly #dials = new Map<string, { readonly dial: PunchDial; readonly beganAtMs: number }>();

  has(torrent: TorrentId, host: string, port: number): boolean {
    return this.#dials.has(keyOf(torrent, host, port));
  }

  add(dial: PunchDial, nowMs: number): void {
    this.#forgetOld(nowMs);
    this.#dials.set(keyOf(dial.torrent, dial.host, dial.port), { dial, beganAtMs: nowMs });
  }

  /** The dial has ended. */
  take(torrent: TorrentId, host: string, port: number): PunchDial | undefined {
    const key = keyOf(torrent, host, port);
    const dial = this.#dials.get(key)?.dial;
    this.#dials.delete(key);
    return dial;
  }

  /** Dials of a worker that crashed have no end. */
  #forgetOld(nowMs: number): void {
    for (const [key, { beganAtMs }] of this.#dials) {
      if (nowMs - beganAtMs < longestMs) return;
      this.#dials.delete(key);
    }
  }
}

function keyOf(torrent: TorrentId, host: string, port: number): string {
  return `${torrent} ${addressKey(host, port)}`;
}
