import { LazyMap } from "@troupe/actor-runtime";
import {
  sharedKind,
  type AgreedVersion,
  type ConnectionKind,
  type PeerRowIndex,
} from "@troupe/messages";
import type { ExchangePartner } from "../peer-exchange/exchange-partner.ts";

/** An admitted peer. It has no row until `peer-opened` comes. */
export interface ConnectedPeer {
  readonly worker: number;
  readonly host: string;
  readonly port: number;
  readonly subscriber: string | undefined;
  /** Latin-1 text of the 20 bytes. */
  readonly peerId: string;
  readonly isIncoming: boolean;
  /** No peer of the swarm: a web server, whose host may be a name. */
  readonly isWebSeed: boolean;
  readonly admittedAtMs: number;
  readonly version: AgreedVersion;
  rowIndex: PeerRowIndex | undefined;
  /** Known once it is open. */
  kind?: ConnectionKind;
  /** Pieces with blocks of this peer that passed their hash. */
  passedPieces: number;
  /** The port that an incoming peer named. */
  listenPort?: number;
  /** The peer speaks `ut_holepunch` (BEP 55), and so uTP. */
  punchesHoles?: true;
  /** Since the peer first offered to exchange peers. */
  exchange?: ExchangePartner;
}

/** An admitted handshake without `peer-opened` is forgotten after this. */
const openingLimitMs = 15_000;
/** More than the rows of a worker. */
const rowsOfWorker = 2 ** 24;

/** The connected and admitted peers and web seeds of a torrent over all workers, which finds duplicates. */
export class ConnectedPeers {
  /** Without web seeds. */
  readonly #byId = new LazyMap<string, ConnectedPeer>();
  readonly #webSeedsById = new LazyMap<string, ConnectedPeer>();
  readonly #byRow = new LazyMap<number, ConnectedPeer>();
  /** Counted as peers come and go: each admission asks for the counts. */
  #incoming = 0;
  readonly #bySubscriber = new LazyMap<string, number>();
  readonly #byWorker = new LazyMap<number, number>();

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
    const peers = this.#mapOf(peer);
    const replaced = peers.get(peer.peerId);
    if (replaced !== undefined) this.#count(replaced, -1);
    peers.set(peer.peerId, peer);
    this.#count(peer, 1);
  }

  /** @returns Undefined if another connection with this peer id was admitted since. */
  opened(
    worker: number,
    peerId: string,
    rowIndex: PeerRowIndex,
    connection: Pick<ConnectedPeer, "host" | "port" | "isIncoming" | "kind">,
  ): ConnectedPeer | undefined {
    const peer = this.byPeerId(peerId);
    if (peer === undefined || peer.worker !== worker || !isSame(peer, connection)) return undefined;
    peer.rowIndex = rowIndex;
    if (connection.kind !== undefined) peer.kind = sharedKind(connection.kind);
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
    return this.#byWorker.get(worker) ?? 0;
  }

  /** Admitted or connected. */
  get incomingCount(): number {
    return this.#incoming;
  }

  /** 0 for undefined. */
  countOf(subscriber: string | undefined): number {
    return subscriber === undefined ? 0 : (this.#bySubscriber.get(subscriber) ?? 0);
  }

  /** With web seeds. */
  get connectedCount(): number {
    return this.#byRow.size;
  }

  /** @param change 1 for a peer that comes, −1 for a peer that goes. */
  #count({ isIncoming, isWebSeed, subscriber, worker }: ConnectedPeer, change: 1 | -1): void {
    if (isWebSeed) return;
    if (isIncoming) this.#incoming += change;
    addTo(this.#byWorker, worker, change);
    if (subscriber !== undefined) addTo(this.#bySubscriber, subscriber, change);
  }

  *#admitted(): Generator<ConnectedPeer> {
    yield* this.#byId.values();
    yield* this.#webSeedsById.values();
  }

  #mapOf({ isWebSeed }: ConnectedPeer): LazyMap<string, ConnectedPeer> {
    return isWebSeed ? this.#webSeedsById : this.#byId;
  }

  #forget(peer: ConnectedPeer): void {
    const peers = this.#mapOf(peer);
    if (peers.get(peer.peerId) !== peer) return;
    peers.delete(peer.peerId);
    this.#count(peer, -1);
  }
}

function addTo<Key>(counts: LazyMap<Key, number>, key: Key, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

function isSame(
  peer: ConnectedPeer,
  { host, port, isIncoming }: Pick<ConnectedPeer, "host" | "port" | "isIncoming">,
): boolean {
  return peer.isIncoming === isIncoming && peer.port === port && peer.host === host;
}

function rowKey(worker: number, rowIndex: PeerRowIndex): number {
  return worker * rowsOfWorker + rowIndex;
}
