import type { PeerRowIndex } from "@troupe/messages";
import type { ExchangePartner } from "../peer-exchange/exchange-partner.ts";

/** An admitted peer. It has no row until `peer-opened` comes. */
export interface ConnectedPeer {
  readonly worker: number;
  readonly host: string;
  readonly port: number;
  readonly subscriber: string | undefined;
  /** Latin-1 text of the 20 bytes. */
  readonly peerId: string;
  readonly peerIdBytes: Uint8Array;
  readonly isIncoming: boolean;
  readonly admittedAtMs: number;
  rowIndex: PeerRowIndex | undefined;
  /** Pieces with blocks of this peer that passed their hash. */
  passedPieces: number;
  /** The port that an incoming peer named. */
  listenPort?: number;
  /** Since the peer first offered to exchange peers. */
  exchange?: ExchangePartner;
}

/** An admitted handshake without `peer-opened` is forgotten after this. */
const openingLimitMs = 15_000;

/** The connected and admitted peers of a torrent over all workers, which finds duplicates. */
export class ConnectedPeers {
  readonly #byId = new Map<string, ConnectedPeer>();
  readonly #byRow = new Map<string, ConnectedPeer>();

  get size(): number {
    return this.#byId.size;
  }

  byPeerId(peerId: string): ConnectedPeer | undefined {
    return this.#byId.get(peerId);
  }

  admit(peer: ConnectedPeer): void {
    this.#byId.set(peer.peerId, peer);
  }

  /** @returns Undefined if another connection with this peer id was admitted since. */
  opened(
    worker: number,
    peerId: string,
    rowIndex: PeerRowIndex,
    connection: Pick<ConnectedPeer, "host" | "port" | "isIncoming">,
  ): ConnectedPeer | undefined {
    const peer = this.#byId.get(peerId);
    if (peer === undefined || peer.worker !== worker || !isSame(peer, connection)) return undefined;
    peer.rowIndex = rowIndex;
    this.#byRow.set(rowKey(worker, rowIndex), peer);
    return peer;
  }

  at(worker: number, rowIndex: PeerRowIndex): ConnectedPeer | undefined {
    return this.#byRow.get(rowKey(worker, rowIndex));
  }

  closed(worker: number, rowIndex: PeerRowIndex): ConnectedPeer | undefined {
    const key = rowKey(worker, rowIndex);
    const peer = this.#byRow.get(key);
    if (peer === undefined) return undefined;
    this.#byRow.delete(key);
    this.#forget(peer);
    return peer;
  }

  /** Also removes peers that another connection was about to replace. */
  removeWorker(worker: number): ConnectedPeer[] {
    const all = new Set([...this.#byId.values(), ...this.#byRow.values()]);
    const gone = [...all].filter((peer) => peer.worker === worker);
    for (const peer of gone) {
      if (peer.rowIndex !== undefined) this.#byRow.delete(rowKey(worker, peer.rowIndex));
      this.#forget(peer);
    }
    return gone;
  }

  /** Forgets handshakes that broke off. */
  sweep(nowMs: number): void {
    for (const peer of this.#byId.values()) {
      if (peer.rowIndex === undefined && nowMs - peer.admittedAtMs > openingLimitMs)
        this.#forget(peer);
    }
  }

  *connected(): Generator<ConnectedPeer & { rowIndex: PeerRowIndex }> {
    for (const peer of this.#byRow.values()) {
      if (peer.rowIndex !== undefined) yield peer as ConnectedPeer & { rowIndex: PeerRowIndex };
    }
  }

  /** Peers of a worker, admitted or connected. */
  countAt(worker: number): number {
    return this.#count((peer) => peer.worker === worker);
  }

  /** Admitted or connected. */
  get incomingCount(): number {
    return this.#count(({ isIncoming }) => isIncoming);
  }

  /** 0 for undefined. */
  countOf(subscriber: string | undefined): number {
    if (subscriber === undefined) return 0;
    return this.#count((peer) => peer.subscriber === subscriber);
  }

  get connectedCount(): number {
    return this.#byRow.size;
  }

  #count(isCounted: (peer: ConnectedPeer) => boolean): number {
    let count = 0;
    for (const peer of this.#byId.values()) if (isCounted(peer)) count++;
    return count;
  }

  #forget(peer: ConnectedPeer): void {
    if (this.#byId.get(peer.peerId) === peer) this.#byId.delete(peer.peerId);
  }
}

function isSame(
  peer: ConnectedPeer,
  { host, port, isIncoming }: Pick<ConnectedPeer, "host" | "port" | "isIncoming">,
): boolean {
  return peer.isIncoming === isIncoming && peer.port === port && peer.host === host;
}

function rowKey(worker: number, rowIndex: PeerRowIndex): string {
  return `${worker}/${rowIndex}`;
}
