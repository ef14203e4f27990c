// Peers of a target: those that keep the rules.

import {
  type LoadEnd,
  openPeers,
  type PeerGroup,
  type PeerPace,
  type PeerTorrent,
} from "@troupe/load-peers";
import type { RateIntents, Visit } from "../../plan/plan.ts";
import { allowedAddress } from "../../rules/allowed-address.ts";
import { groupKindOf } from "../../rules/group-kind.ts";
import type { Pace, Stay } from "../../scenario/scenario.ts";
import type { LoadParts, RunningLoad, StartLoad } from "../load.ts";
import { openTorrent } from "./open-torrent.ts";

/** Makes peers that keep the rules. Opens content; connects nothing. */
export const startPeerLoad: StartLoad = (parts) => {
  const { group, ports, recorder, rule, target } = parts;
  const { load } = group;
  if (load.kind !== "peers") throw new TypeError("bug: the group has no peers");
  const torrent = openTorrent(ports, parts.torrent);
  const kind = groupKindOf(group);
  const peers = openPeers({
    ...load,
    ...{ ports, recorder, torrent, pace: peerPaceOf(load.pace), retryAfterMs: group.retryAfterMs },
    requestTimeoutMs: group.timeoutMs,
    handshakeTimeoutMs: group.handshakeTimeoutMs,
    countsVisits: load.pace.kind !== "rate",
    // Nothing names addresses of this run's peers to the target.
    dials: "out",
    target: { host: target.host, port: target.port },
    mayDial: ({ host }) => allowedAddress(rule, host, kind) === undefined,
  });
  return Promise.resolve(new PeerLoad(parts, peers, torrent));
};

/** Peers without a pace of their own request nothing by themselves. */
function peerPaceOf(pace: Pace): PeerPace {
  return pace.kind === "depth" ? pace : { kind: "rate" };
}

/** A group of peers as a load. */
export class PeerLoad implements RunningLoad {
  readonly #stay: Stay;
  readonly #sourceOf: LoadParts["sourceOf"];
  readonly #peers: PeerGroup;
  readonly #torrent: PeerTorrent;

  constructor({ group, sourceOf }: LoadParts, peers: PeerGroup, torrent: PeerTorrent) {
    this.#stay = group.stay;
    this.#sourceOf = sourceOf;
    this.#peers = peers;
    this.#torrent = torrent;
  }

  get outstanding(): number {
    return this.#peers.outstanding;
  }

  get isWaiting(): boolean {
    return this.#peers.isWaiting;
  }

  arrive({ peer, member, visit, seed, stayMs }: Visit, plannedMs: number): void {
    const own = { localHost: this.#sourceOf(peer), stay: this.#stay };
    this.#peers.arrive({ peer: member, visit, seed, stayMs, plannedMs, ...own });
  }

  act({ member, seed }: RateIntents, index: number, intendedMs: number): void {
    this.#peers.request(member[index] ?? 0, seed[index] ?? 0, intendedMs);
  }

  drain(): void {
    this.#peers.drain();
  }

  async end(how: LoadEnd): Promise<void> {
    await this.#peers.end(how);
    this.#torrent.content?.close();
  }
}
