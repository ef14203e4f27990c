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
  /** No peer of the swarm: a web server, whose host may be a name. */
  readonly isWebSeed: boolean;
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

/** The connected and admitted peers and web seeds of a torrent over all workers, which finds duplicates. */
export class ConnectedPeers {
  /** Without web seeds. */
  readonly #byId = new Map<string, ConnectedPeer>();
  readonly #webSeedsById = new Map<string, ConnectedPeer>();
  readonly #byRow = new Map<string, ConnectedPeer>();

  /** No peer and no web seed is admitted or connected. */
  get isEmpty(): boolean {
    return this.#byId.size + this.#webSeedsById.size + this.#byRow.size === 0;
  }

  /** Without web seeds. */
  get size(): number {
    return this.#byId.size;
  }

  byPeerId(peerId: string): ConnectedPeer | undefined {
    return this.#webSeedsById.get(peerId) ?? this.#byId.get(peerId);
  }

  admit(peer: ConnectedPeer): void {
    this.#mapOf(peer).set(peer.peerId, peer);
  }

  /** @returns Undefined if another connection with this peer id was admitted since. */
  opened(
    worker: number,
    peerId: string,
    rowIndex: PeerRowIndex,
    connection: Pick<ConnectedPeer, "host" | "port" | "isIncoming">,
  ): ConnectedPeer | undefined {
    const peer = this.byPeerId(peerId);
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
    const all = new Set([...this.#admitted(), ...this.#byRow.values()]);
    const gone = [...all].filter((peer) => peer.worker === worker);
    for (const peer of gone) {
      if (peer.rowIndex !== undefined) this.#byRow.delete(rowKey(worker, peer.rowIndex));
      this.#forget(peer);
    }
    return gone;
  }

  /** Forgets handshakes that broke off. */
  sweep(nowMs: number): void {
    if (this.#byId.size + this.#webSeedsById.size === this.#byRow.size) return;
    for (const peer of [...this.#admitted()]) {
      if (peer.rowIndex === undefined && nowMs - peer.admittedAtMs > openingLimitMs)
        this.#forget(peer);
    }
  }

  /** With web seeds. */
  connected(): Iterable<ConnectedPeer & { rowIndex: PeerRowIndex }> {
    return this.#byRow.values() as Iterable<ConnectedPeer & { rowIndex: PeerRowIndex }>;
  }

  /** Peers of a worker, admitted or connected, without web seeds. */
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

  /** With web seeds. */
  get connectedCount(): number {
    return this.#byRow.size;
  }

  #count(isCounted: (peer: ConnectedPeer) => boolean): number {
    let count = 0;
    for (const peer of this.#byId.values()) if (isCounted(peer)) count++;
    return count;
  }

  *#admitted(): Generator<ConnectedPeer> {
    yield* this.#byId.values();
    yield* this.#webSeedsById.values();
  }

  #mapOf({ isWebSeed }: ConnectedPeer): Map<string, ConnectedPeer> {
    return isWebSeed ? this.#webSeedsById : this.#byId;
  }

  #forget(peer: ConnectedPeer): void {
    const peers = this.#mapOf(peer);
    if (peers.get(peer.peerId) === peer) peers.delete(peer.peerId);
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
