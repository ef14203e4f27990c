// Torrents that nodes of a DHT announce, and look-ups of them.

import type { DhtPopulation } from "./population.ts";
import { dhtPort, type SimulatedDhtNode } from "./dht-node.ts";

/** Period of the engine's announces. */
const announcePeriodMs = 15 * 60_000;
/** Nodes that announce a torrent at the same time. */
const announcersOfTorrent = 2;

/** One look-up that has ended. */
export interface LookUpRecord {
  readonly torrent: AnnouncedTorrent;
  /** Until the first peer that is one, undefined: none was found. */
  readonly firstMs: number | undefined;
  readonly endMs: number;
  /** Nodes. */
  readonly asked: number;
  readonly answered: number;
  /** Peers that are none. */
  readonly wrongPeers: number;
}

/** A torrent; when a node that announces it goes, another one begins. */
export class AnnouncedTorrent {
  readonly infoHash: Uint8Array;
  readonly #population: DhtPopulation;
  /** Nodes, and whether they have announced it. */
  readonly #announcers = new Map<SimulatedDhtNode, boolean>();
  /** Hosts that have ever announced it. */
  readonly #hosts = new Set<string>();

  constructor(population: DhtPopulation) {
    this.#population = population;
    this.infoHash = population.random.bytes(20);
  }

  /** A node that is still there has announced it. */
  get isAnnounced(): boolean {
    return [...this.#announcers].some(([node, hasAnnounced]) => hasAnnounced && !node.isStopped);
  }

  /** Fills the places of announcers that have gone. */
  fill(): void {
    for (const node of this.#announcers.keys()) if (node.isStopped) this.#announcers.delete(node);
    while (this.#announcers.size < announcersOfTorrent)
      this.#announceFrom(this.#population.anyNode());
  }

  isAnnouncedBy(host: string, port: number): boolean {
    return port === dhtPort && [...this.#announcers.keys()].some((node) => node.host === host);
  }

  /** The address is one of an announcer, gone or not. */
  wasAnnouncedBy(host: string, port: number): boolean {
    return port === dhtPort && this.#hosts.has(host);
  }

  #announceFrom(node: SimulatedDhtNode): void {
    this.#announcers.set(node, false);
    this.#hosts.add(node.host);
    const ended = ({ stored }: { readonly stored: number }): void => {
      if (stored > 0) this.#announcers.set(node, true);
    };
    const subject = { kind: "announce-peer", target: this.infoHash } as const;
    node.beginQuest(subject, { ended }, announcePeriodMs);
  }
}

/** Looks `torrent` up from `node`. Calls `done` unless the node goes before the end. */
export function lookUp(
  population: DhtPopulation,
  torrent: AnnouncedTorrent,
  node: SimulatedDhtNode,
  done: (record: LookUpRecord) => void,
): void {
  const { scheduler } = population.world;
  const beganAtMs = scheduler.nowMs;
  let firstMs: number | undefined;
  const wrong = new Set<string>();
  node.beginQuest(
    { kind: "get-peers", target: torrent.infoHash },
    {
      answered: ({ peers }) => {
        for (const { host, port } of peers) {
          if (torrent.isAnnouncedBy(host, port)) firstMs ??= scheduler.nowMs - beganAtMs;
          else if (!torrent.wasAnnouncedBy(host, port)) wrong.add(`${host}:${port}`);
        }
      },
      ended: ({ asked, answered }) => {
        const endMs = scheduler.nowMs - beganAtMs;
        done({ torrent, firstMs, endMs, asked, answered, wrongPeers: wrong.size });
      },
    },
  );
}
