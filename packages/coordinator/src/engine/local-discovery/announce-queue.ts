// The order in which torrents are announced: downloads before seeds, of both the new ones first, then those that were
// announced longest ago. No step looks at more than the first torrent of each queue.

import type { TorrentId } from "@troupe/messages";
import type { HashVersion } from "@troupe/protocol/identity";
import type { InfoHash } from "@troupe/protocol/units";

/** A torrent is announced again after five minutes. */
export const announceIntervalMs = 300_000;

/** The parts of a torrent that its announces need. */
export interface LocalTorrent {
  readonly id: TorrentId;
  readonly infoHash: InfoHash;
  /** That of the hash. Default `v1`. */
  readonly version?: HashVersion;
  readonly isComplete: boolean;
}

interface Turn {
  readonly torrent: LocalTorrent;
  queue: Queue;
  /** -Infinity: never. */
  announcedMs: number;
}

/** In the order of the last announces. */
type Queue = Set<Turn>;

/** The turns of all torrents that are announced. */
export class AnnounceQueue {
  readonly #turns = new Map<InfoHash, Turn>();
  readonly #newDownloads: Queue = new Set();
  readonly #downloads: Queue = new Set();
  readonly #newSeeds: Queue = new Set();
  readonly #seeds: Queue = new Set();
  /** Torrents that were announced before this are due. */
  #renewedMs = -Infinity;

  get size(): number {
    return this.#turns.size;
  }

  /** The torrent with this info-hash. */
  find(infoHash: InfoHash): LocalTorrent | undefined {
    return this.#turns.get(infoHash)?.torrent;
  }

  /** A torrent that is there keeps its turn. */
  add(torrent: LocalTorrent): void {
    if (this.#turns.has(torrent.infoHash)) return;
    const queue = torrent.isComplete ? this.#newSeeds : this.#newDownloads;
    const turn = { torrent, queue, announcedMs: -Infinity };
    queue.add(turn);
    this.#turns.set(torrent.infoHash, turn);
  }

  remove(infoHash: InfoHash): void {
    const turn = this.#turns.get(infoHash);
    turn?.queue.delete(turn);
    this.#turns.delete(infoHash);
  }

  /** There are new neighbours: every torrent is due, in the same order. */
  renew(nowMs: number): void {
    this.#renewedMs = nowMs;
  }

  /** The torrent to announce now, if one is due. */
  take(nowMs: number): LocalTorrent | undefined {
    const turn = this.#first(nowMs);
    if (turn === undefined) return undefined;
    turn.queue.delete(turn);
    turn.queue = turn.torrent.isComplete ? this.#seeds : this.#downloads;
    turn.announcedMs = nowMs;
    turn.queue.add(turn);
    return turn.torrent;
  }

  /** When the next torrent is due; -Infinity for at once, Infinity without torrents. */
  get nextMs(): number {
    const firsts = this.#queues.flatMap((queue) => [...queue.values().take(1)]);
    return Math.min(Infinity, ...firsts.map((turn) => this.#dueMs(turn)));
  }

  get #queues(): readonly Queue[] {
    return [this.#newDownloads, this.#downloads, this.#newSeeds, this.#seeds];
  }

  #first(nowMs: number): Turn | undefined {
    for (const queue of this.#queues) {
      const [turn] = queue;
      if (turn !== undefined && this.#dueMs(turn) <= nowMs) return turn;
    }
    return undefined;
  }

  #dueMs({ announcedMs }: Turn): number {
    return announcedMs < this.#renewedMs ? -Infinity : announcedMs + announceIntervalMs;
  }
}
