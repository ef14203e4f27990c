// Who is connected to one torrent, over all workers: the place where duplicates and ourselves are seen.

import type { PeerSlot } from "@troupe/messages";

/** A peer that was admitted. Until `peer-opened` comes it has no slot yet. */
export interface RolledPeer {
  readonly worker: number;
  readonly host: string;
  readonly port: number;
  /** See `subscriberOf`. */
  readonly subscriber: string | undefined;
  /** Latin-1 text of the 20 bytes: a key, never shown. */
  readonly peerId: string;
  readonly peerIdBytes: Uint8Array;
  readonly isIncoming: boolean;
  readonly admittedAtMs: number;
  slot: PeerSlot | undefined;
  /** Pieces that passed their hash with blocks of it. */
  passedPieces: number;
  /** Where an incoming peer says that it listens. */
  listenPort?: number;
}

/** An admitted handshake whose `peer-opened` never came is forgotten after this long. */
const openingLimitMs = 15_000;

/** The connected and the just admitted peers of one torrent. */
export class PeerRoll {
  readonly #byId = new Map<string, RolledPeer>();
  readonly #bySlot = new Map<string, RolledPeer>();

  get size(): number {
    return this.#byId.size;
  }

  byPeerId(peerId: string): RolledPeer | undefined {
    return this.#byId.get(peerId);
  }

  admit(peer: RolledPeer): void {
    this.#byId.set(peer.peerId, peer);
  }

  /**
   * An admitted connection stands.
   * @returns Undefined when it is not the one that was admitted last with this peer id: another has replaced it.
   */
  opened(
    worker: number,
    peerId: string,
    slot: PeerSlot,
    connection: Pick<RolledPeer, "host" | "port" | "isIncoming">,
  ): RolledPeer | undefined {
    const peer = this.#byId.get(peerId);
    if (peer === undefined || peer.worker !== worker || !isSame(peer, connection)) return undefined;
    peer.slot = slot;
    this.#bySlot.set(slotKey(worker, slot), peer);
    return peer;
  }

  at(worker: number, slot: PeerSlot): RolledPeer | undefined {
    return this.#bySlot.get(slotKey(worker, slot));
  }

  closed(worker: number, slot: PeerSlot): RolledPeer | undefined {
    const key = slotKey(worker, slot);
    const peer = this.#bySlot.get(key);
    if (peer === undefined) return undefined;
    this.#bySlot.delete(key);
    this.#forget(peer);
    return peer;
  }

  /** All peers of a worker that is gone, those included that another connection was about to replace. */
  workerGone(worker: number): RolledPeer[] {
    const all = new Set([...this.#byId.values(), ...this.#bySlot.values()]);
    const gone = [...all].filter((peer) => peer.worker === worker);
    for (const peer of gone) {
      if (peer.slot !== undefined) this.#bySlot.delete(slotKey(worker, peer.slot));
      this.#forget(peer);
    }
    return gone;
  }

  /** Forgets handshakes that were admitted and then broke off. */
  sweep(nowMs: number): void {
    for (const peer of this.#byId.values()) {
      if (peer.slot === undefined && nowMs - peer.admittedAtMs > openingLimitMs) this.#forget(peer);
    }
  }

  /** Connected peers with their slots. */
  *connected(): Generator<RolledPeer & { slot: PeerSlot }> {
    for (const peer of this.#bySlot.values()) {
      if (peer.slot !== undefined) yield peer as RolledPeer & { slot: PeerSlot };
    }
  }

  /** Peers of one worker, admitted or connected. */
  countAt(worker: number): number {
    let count = 0;
    for (const peer of this.#byId.values()) if (peer.worker === worker) count++;
    return count;
  }

  /** Peers that connected to us, admitted or connected. */
  get incomingCount(): number {
    let count = 0;
    for (const peer of this.#byId.values()) if (peer.isIncoming) count++;
    return count;
  }

  /** Peers of one subscriber; 0 for undefined, which is nobody. */
  countOf(subscriber: string | undefined): number {
    if (subscriber === undefined) return 0;
    let count = 0;
    for (const peer of this.#byId.values()) if (peer.subscriber === subscriber) count++;
    return count;
  }

  get connectedCount(): number {
    return this.#bySlot.size;
  }

  #forget(peer: RolledPeer): void {
    if (this.#byId.get(peer.peerId) === peer) this.#byId.delete(peer.peerId);
  }
}

function isSame(
  peer: RolledPeer,
  { host, port, isIncoming }: Pick<RolledPeer, "host" | "port" | "isIncoming">,
): boolean {
  return peer.isIncoming === isIncoming && peer.port === port && peer.host === host;
}

function slotKey(worker: number, slot: PeerSlot): string {
  return `${worker}/${slot}`;
}
