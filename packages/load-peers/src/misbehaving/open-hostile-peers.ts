// A group of misbehaving peers for load tests: behaviours in turns, each peer from an address of its own.

import type { Address, Ports } from "@troupe/actor-runtime";
import { pieceAt, pieceStart } from "@troupe/protocol/metainfo";
import type { PeerTorrent } from "../content/peer-torrent.ts";
import type { PeerRecorder } from "../peer-recorder.ts";
import { DueQueue } from "../peers/due-queue.ts";
import type { PeerArrival, PeerGroup } from "../peers/peer-group.ts";
import { catalogue } from "./catalogue.ts";
import type { HostilePeer } from "./hostile-peer.ts";
import { treeOf } from "./target-tree.ts";
import { HostileVisit, type HostileOwner } from "./hostile-visit.ts";
import type { Target } from "./raw-connection.ts";

/** Settings of a group of misbehaving peers at one target. */
export interface HostileGroupSettings {
  readonly ports: Pick<Ports, "clock" | "random" | "sockets" | "timers">;
  readonly target: Address;
  /** Without content, behaviours that serve blocks serve zeros. */
  readonly torrent: PeerTorrent;
  /** Names of the catalogue, in turns by the number of the peer; empty: all that this group can show of this torrent. */
  readonly behaviours: readonly string[];
  /** Each connection sends at most so much. */
  readonly bytesPerSecond: number;
  /** After this time a peer whose connection is over dials again. Undefined: it is gone. */
  readonly retryAfterMs: number | undefined;
  /** Time after which behaviours dial again that come back at once by nature, whatever `retryAfterMs` is. */
  readonly stormAfterMs: number;
  readonly recorder: PeerRecorder;
  /** Asked at each dial and each accepted connection, with the numeric address. */
  readonly mayDial: (address: Address) => boolean;
  /** A peer waits to be dialled. Without it the group has no behaviours that are dialled. */
  readonly listening?: (peer: number, address: Address) => void;
}

/** Names of the behaviours that dial; the others wait to be dialled. */
export const diallingBehaviours: readonly string[] = catalogue
  .filter(({ isDialled }) => isDialled !== true)
  .map(({ name }) => name);

const tickMs = 1_000;

/**
 * Makes a group of misbehaving peers. Connects nothing before the first arrival. The `stay` of an arrival is not looked
 * at, its `stayMs` is.
 * @throws RangeError for a name that is not in the catalogue, of a behaviour that is dialled without `listening`, or of one
 *   that needs hash trees for a torrent of version 1.
 */
export function openHostilePeers(settings: HostileGroupSettings): PeerGroup {
  return new HostilePeers(settings);
}

class HostilePeers implements PeerGroup, HostileOwner {
  /** Latencies of misbehaving peers are those of their connections alone. */
  readonly outstanding = 0;
  readonly isWaiting = false;
  readonly settings: HostileGroupSettings;
  readonly target: Target;
  readonly due: DueQueue;
  readonly #turns: readonly HostilePeer[];
  readonly #visits = new Map<number, HostileVisit>();
  #sockets = 0;
  #ended: PromiseWithResolvers<void> | undefined;
  #ticking: { cancel(): void } | undefined;

  constructor(settings: HostileGroupSettings) {
    this.settings = settings;
    this.target = targetOfTorrent(settings.torrent);
    this.due = new DueQueue(settings.ports);
    this.#turns = turnsOf(settings);
  }

  arrive(arrival: PeerArrival): void {
    const behaviour = this.#turns[arrival.peer % this.#turns.length];
    if (this.#ended !== undefined || behaviour === undefined) return;
    this.#ticking ??= this.settings.ports.timers.every(tickMs, () => this.#tick());
    this.#visits.get(arrival.peer)?.leave();
    const { clock } = this.settings.ports;
    this.settings.recorder.account("sent", arrival.plannedMs ?? clock.nowMs());
    const visit = new HostileVisit(this, behaviour, arrival);
    this.#visits.set(arrival.peer, visit);
    visit.start();
  }

  /** Misbehaving peers have an open load of their own. */
  request(_peer: number, _seed: number, intendedMs: number): void {
    this.settings.recorder.account(
      "not_sent_ours",
      intendedMs,
      "misbehaving peers have no open load",
    );
  }

  /** Peers that misbehave would disturb the answers of the others. */
  drain(): void {
    void this.end();
  }

  end(): Promise<void> {
    if (this.#ended === undefined) {
      this.#ended = Promise.withResolvers<void>();
      this.#ticking?.cancel();
      this.#tick();
      for (const visit of [...this.#visits.values()]) visit.leave();
      this.due.clear();
      this.#settle();
    }
    return this.#ended.promise;
  }

  socketMade(): void {
    this.#sockets++;
  }

  socketClosed(): void {
    this.#sockets--;
    this.#settle();
  }

  left(visit: HostileVisit): void {
    if (this.#visits.get(visit.number) === visit) this.#visits.delete(visit.number);
  }

  #tick(): void {
    for (const visit of this.#visits.values()) visit.countBytes();
  }

  #settle(): void {
    if (this.#sockets === 0) this.#ended?.resolve();
  }
}

function turnsOf({ behaviours, listening, torrent }: HostileGroupSettings): readonly HostilePeer[] {
  const mayBeDialled = listening !== undefined;
  const hasTrees = torrent.metainfo.trees !== undefined;
  if (behaviours.length === 0)
    return catalogue.filter(
      ({ isDialled, isOfVersion2 }) =>
        (mayBeDialled || isDialled !== true) && (hasTrees || isOfVersion2 !== true),
    );
  return behaviours.map((name) => {
    const found = catalogue.find((peer) => peer.name === name);
    if (found === undefined) throw new RangeError(`cannot misbehave as ${name}: no such behaviour`);
    if (found.isDialled === true && !mayBeDialled)
      throw new RangeError(`cannot misbehave as ${name}: such a peer waits to be dialled`);
    if (found.isOfVersion2 === true && !hasTrees)
      throw new RangeError(`cannot misbehave as ${name}: the torrent has no hash trees`);
    return found;
  });
}

function targetOfTorrent({ metainfo, content }: PeerTorrent): Target {
  const { infoHash, geometry } = metainfo;
  return {
    infoHash,
    totalBytes: geometry.totalBytes,
    tree: treeOf(metainfo),
    pieceLengthBytes: geometry.pieceLengthBytes,
    content(position, lengthBytes) {
      const bytes = new Uint8Array(lengthBytes);
      // Requests of the target may leave the piece: bytes beyond it are zeros.
      const nextPiece = pieceStart(geometry, pieceAt(geometry, position) + 1);
      const knownBytes = Math.min(
        lengthBytes,
        nextPiece - position,
        geometry.totalBytes - position,
      );
      if (knownBytes > 0) content?.copyTo(position, knownBytes, bytes, 0);
      return bytes;
    },
  };
}
