// Light peers in virtual time: a machine for the target, one for the peers.

import type { Address } from "@troupe/actor-runtime";
import { type SimulatedMachine, SimulatedWorld } from "@troupe/actor-runtime/simulated";
import {
  openPeers,
  openPeerTorrent,
  patternTorrent,
  type PeerArrival,
  type PeerGroup,
  type PeerGroupSettings,
  type PeerTorrent,
} from "../../src/index.ts";
import { Recorded } from "./recorded.ts";

const pieceLengthBytes = 65_536;
export const pieceCount = 40;
export const targetHost = "45.1.1.1";
const peerHost = "45.2.2.2";

/** Settings that a test changes. */
export type GroupChanges = Partial<PeerGroupSettings>;

/** A world with a target, which the test makes of peers or of scripts. */
export class PeerWorld {
  readonly world = new SimulatedWorld({ seed: 1, keepTrace: false });
  readonly target: SimulatedMachine = this.world.machine({ addresses: [targetHost] });
  readonly peers: SimulatedMachine = this.world.machine({ addresses: [peerHost] });
  readonly torrent: PeerTorrent;
  readonly metainfo: Uint8Array;

  constructor(lengthBytes: number = pieceCount * pieceLengthBytes) {
    this.metainfo = patternTorrent({ lengthBytes, pieceLengthBytes, name: "pattern" });
    const { disk } = this.target.ports("content");
    this.torrent = openPeerTorrent(disk, this.metainfo, { kind: "pattern" });
  }

  /** A group on the machine of peers, which dials `target`. */
  group(target: Address, changes: GroupChanges = {}) {
    return this.#group(this.peers, target, changes);
  }

  /** A peer that waits to be dialled on the machine of the target. @returns Its address. */
  async waiting(changes: GroupChanges = {}) {
    const { promise, resolve } = Promise.withResolvers<Address>();
    const { group, recorded } = this.#group(
      this.target,
      { host: targetHost, port: 1 },
      {
        dials: "in",
        listening: (_, address) => resolve(address),
        ...changes,
      },
    );
    group.arrive(arrival(0, { localHost: targetHost }));
    const address = await this.world.settle(promise);
    return { group, recorded, address };
  }

  #group(
    machine: SimulatedMachine,
    target: Address,
    changes: GroupChanges,
  ): { readonly group: PeerGroup; readonly recorded: Recorded } {
    const recorded = new Recorded();
    const group = openPeers({
      ports: machine.ports("peers"),
      target,
      torrent: this.torrent,
      behaviour: "leecher",
      take: "all",
      has: 0,
      pace: { kind: "depth", depth: 4 },
      downBytesPerSecond: undefined,
      upBytesPerSecond: undefined,
      delayMs: 0,
      extensions: ["fast", "extended"],
      transport: "tcp",
      encryption: "none",
      dials: "out",
      retryAfterMs: undefined,
      requestTimeoutMs: 30_000,
      handshakeTimeoutMs: 15_000,
      countsVisits: true,
      recorder: recorded,
      mayDial: () => true,
      ...changes,
    });
    return { group, recorded };
  }
}

/** An arrival of a peer that stays. */
export function arrival(peer: number, changes: Partial<PeerArrival> = {}): PeerArrival {
  return {
    peer,
    visit: 0,
    seed: peer * 7_919,
    stayMs: Infinity,
    localHost: undefined,
    stay: { kind: "end" },
    ...changes,
  };
}
