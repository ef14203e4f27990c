// An HTTP tracker in a simulated world: one torrent, no time-outs, and failures by chance.

import type { Random } from "@troupe/actor-runtime";
import type {
  SimulatedReply,
  SimulatedRequest,
  SimulatedWorld,
} from "@troupe/actor-runtime/simulated";
import { decodeAnnounceQuery, encodeAnnounceReply } from "@troupe/protocol/tracker";
import type { PeerAddress } from "@troupe/protocol/address";

/** Options of a simulated tracker. */
export interface SimulatedTrackerOptions {
  /** Its announce address. */
  readonly url: string;
  readonly random: Random;
  readonly intervalSeconds: number;
  /** Share of announces that come to nothing: a broken connection, an error status or no answer at all. */
  readonly failChance: number;
}

/** Names all known peers in each answer. */
export class SimulatedTracker {
  /** `started 6881`, in the order in which they came; an announce without an event is `regular`. */
  readonly heard: string[] = [];
  /** `left` of each announce. */
  readonly heardLeft: number[] = [];
  readonly #options: SimulatedTrackerOptions;
  /** By host and port. */
  readonly #peers = new Map<string, PeerAddress>();

  constructor(world: SimulatedWorld, options: SimulatedTrackerOptions) {
    this.#options = options;
    world.http.serve(options.url, (request) => this.#answer(request));
  }

  /** Makes a peer known. */
  add(peer: PeerAddress): void {
    const key = `${peer.host} ${peer.port}`;
    if (!this.#peers.has(key)) this.#peers.set(key, peer);
  }

  /** Names no peer until one is added, or announces. */
  forgetAll(): void {
    this.#peers.clear();
  }

  #answer({ url, from }: SimulatedRequest): SimulatedReply | Promise<SimulatedReply> {
    const { random, failChance, intervalSeconds } = this.#options;
    if (random.next() < failChance) return failure(random);
    const { event, left, port } = decodeAnnounceQuery(url.search.slice(1));
    this.heard.push(`${event ?? "regular"} ${port}`);
    this.heardLeft.push(left);
    const others = [...this.#peers.values()].filter(
      (peer) => peer.host !== from || peer.port !== port,
    );
    if (port > 0) this.add({ host: from, port });
    return { body: encodeAnnounceReply({ intervalSeconds, peers: others, compact: true }) };
  }
}

function failure(random: Random): SimulatedReply | Promise<SimulatedReply> {
  const kind = random.integer(3);
  if (kind === 0) return { status: 503, body: "busy", delayMs: random.integer(5_000) };
  if (kind === 1) return new Promise(() => {});
  throw Object.assign(new Error("cut"), { code: "ECONNRESET" });
}
