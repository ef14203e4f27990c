// Peers closed because they requested too much while they owed us blocks: later the two sides take turns.

import { peerIdText } from "@troupe/protocol";
import { greedyFirstMs, maxGreedyPeers } from "../limits.ts";
import type { Session } from "../session/session.ts";

/** Their peer ids; the oldest is dropped. */
export class GreedyPeers {
  readonly #ids: Set<string> = new Set<string>();

  add(peerId: Uint8Array): void {
    if (this.#ids.size === maxGreedyPeers) {
      for (const oldest of this.#ids) {
        this.#ids.delete(oldest);
        break;
      }
    }
    this.#ids.add(peerIdText(peerId));
  }

  has(peerId: Uint8Array): boolean {
    return this.#ids.size > 0 && this.#ids.has(peerIdText(peerId));
  }
}

/** Whether the peer is served before we request anything: it owes us nothing when its queue is full. */
export function isServedFirst(session: Session): boolean {
  if (!session.torrent.unchoked.has(session.rowIndex)) return false;
  return (
    session.isPeerChoked ||
    session.uploads.length > 0 ||
    session.nowMs - session.unchokedAtMs < greedyFirstMs
  );
}
