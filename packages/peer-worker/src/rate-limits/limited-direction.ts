// The rate limits of one direction: of all torrents, of a group, of a torrent and of each peer. Peers that wait take turns,
// a peer of a heavier torrent more often. Among peers of one group and weight, the peer that has waited longest is first,
// and goes behind the others after its turn.

import {
  burstBytes,
  grantUnitBytes,
  wholeGrants,
  type RateDirection,
  type TorrentWeight,
} from "@troupe/messages";

import { PeerBudget } from "./peer-budget.ts";
import { WaitingGroups } from "./waiting-groups.ts";
import { isLimited, peerRateOf, type TorrentLimits, type Waiting } from "./waiting-share.ts";

/** The demand of a peer that waits. */
interface Waiter {
  wantedBytes: number;
  /** The shares that it waits for. */
  readonly shares: readonly Waiting[];
}

/** A peer under limits. */
export interface LimitedPeer {
  /** No limit holds for it. Changes only while no peer waits. */
  readonly isUnlimited: boolean;
  /** The limit of TCP holds for it. Never changes. */
  readonly isOverTcp: boolean;
  readonly torrent: {
    readonly limits: TorrentLimits | undefined;
    /** Changes only while no peer of the torrent waits. */
    readonly group: string | undefined;
    /** Changes only while no peer of the torrent waits. */
    readonly weight: TorrentWeight;
  };
}

/** A peer's turn. */
interface Turn<Peer> {
  readonly peer: Peer;
  leftBytes: number;
}

/** Which peers may transfer, and how much. */
export class LimitedDirection<Peer extends LimitedPeer> {
  readonly #direction: RateDirection;
  readonly #nowMs: () => number;
  readonly #waited: () => void;
  readonly #waiters = new WaitingGroups<Peer, Waiter>();
  /** Budgets, also of closed connections: a read that is under way for one may end later. */
  readonly #budgets = new WeakMap<Peer, PeerBudget>();
  #turn: Turn<Peer> | undefined;
  /** The share of the limits of all torrents together, or none. */
  #engineShares: readonly Waiting[] = noShares;
  /** All shares that limit a torrent, by its own and its group's. */
  #torrentShares = new WeakMap<readonly Waiting[], readonly Waiting[]>();
  /** The share of all peers over TCP, if they have a limit. */
  #tcpShare: Waiting | undefined;
  /** All shares that limit a peer over TCP, by those of others. */
  #tcpShares = new WeakMap<readonly Waiting[], readonly Waiting[]>();

  /** @param waited Called when a peer begins to wait. */
  constructor(direction: RateDirection, nowMs: () => number, waited: () => void) {
    this.#direction = direction;
    this.#nowMs = nowMs;
    this.#waited = waited;
  }

  get isWaitedFor(): boolean {
    return this.#waiters.size > 0;
  }

  /** Whether a limit holds for all torrents together, or for all peers over TCP. */
  get limitsAll(): boolean {
    return this.#engineShares.length > 0 || this.#tcpShare !== undefined;
  }

  /** Sets the share of all torrents together. Call it only while no peer waits. */
  setEngineShare(waiting: Waiting | undefined): void {
    this.#engineShares = waiting === undefined ? noShares : [waiting];
    this.#torrentShares = new WeakMap();
  }

  /** Sets the share of all peers over TCP. Call it only while no peer waits. */
  setTcpShare(waiting: Waiting | undefined): void {
    this.#tcpShare = waiting;
    this.#tcpShares = new WeakMap();
  }

  /**
   * The part of the wanted bytes that the peer may transfer now: 0, or at least a grant. For the rest the peer waits
   * for its turn.
   */
  allow(peer: Peer, wantedBytes: number): number {
    const shares = this.#sharesOf(peer);
    if (!isLimited(shares)) return wantedBytes;
    const allowed = Math.min(wantedBytes, this.#allowedNow(peer, shares));
    const granted = allowed < Math.min(wantedBytes, grantUnitBytes) ? 0 : allowed;
    if (granted < wantedBytes) this.#wait(peer, shares, wantedBytes - granted);
    else this.leave(peer);
    return granted;
  }

  /** Whether hashes may go beside blocks: each limit has bytes left, or a budget for hashes. See {@link sentHashes}. */
  hasRoomForHashes(peer: Peer, bytes: number): boolean {
    const shares = this.#sharesOf(peer);
    const needed = Math.min(bytes, grantUnitBytes);
    const nowMs = this.#nowMs();
    for (const { hashes, share } of shares) {
      if (share.rate === 0 || share.grantedBytes >= needed) continue;
      if (hashes.availableBytes(share.rate, nowMs) < needed) return false;
    }
    const peerRate = peerRateOf(shares);
    if (peerRate === 0) return true;
    const budget = this.#budgetOf(peer);
    if (budget.availableBytes(peerRate, nowMs) >= needed) return true;
    return budget.hashes.availableBytes(peerRate, nowMs) >= needed;
  }

  /** Hashes are sent. The bytes are to be charged too, unless they are counted with those of all messages. */
  sentHashes(peer: Peer, bytes: number): void {
    const shares = this.#sharesOf(peer);
    for (const { hashes } of shares) hashes.take(bytes);
    if (peerRateOf(shares) > 0) this.#budgetOf(peer).hashes.take(bytes);
  }

  /** Takes bytes that {@link allow} has allowed. */
  take(peer: Peer, bytes: number): void {
    const shares = this.#sharesOf(peer);
    if (!isLimited(shares)) return;
    for (const { share } of shares) if (share.rate > 0) share.take(bytes);
    this.#budgetOf(peer).take(bytes);
    if (this.#turn?.peer === peer) this.#turn.leftBytes -= bytes;
  }

  /** Bytes that were taken have arrived, or were sent. */
  settle(peer: Peer, bytes: number): void {
    this.#budgets.get(peer)?.settle(bytes);
  }

  /** Bytes that were not allowed before: given back and arrived nevertheless, or hashes. The debt is a burst at most. */
  charge(peer: Peer, bytes: number): void {
    for (const { share } of this.#sharesOf(peer)) {
      if (share.rate === 0) continue;
      const room = Math.floor(share.grantedBytes + burstBytes(share.rate));
      if (room > 0) share.take(Math.min(bytes, room));
    }
  }

  /** Bytes that were taken are not transferred. Other peers may use them. */
  giveBack(peer: Peer, bytes: number): void {
    const given = this.#budgets.get(peer)?.giveBack(bytes) ?? 0;
    if (given === 0) return;
    for (const { share } of this.#sharesOf(peer)) {
      if (share.rate === 0) continue;
      // The limit may have been lowered meanwhile.
      const room = Math.max(0, burstBytes(share.rate) - share.grantedBytes);
      share.grant(Math.min(given, Math.floor(room)));
    }
  }

  countProtocol(peer: Peer, bytes: number): void {
    for (const { share } of this.#sharesOf(peer)) share.countProtocol(bytes);
  }

  /** The peer wants nothing now. */
  leave(peer: Peer): void {
    const waiter = this.#waiters.get(peer);
    if (waiter === undefined) return;
    this.#waiters.remove(peer);
    this.#leaveShares(peer, waiter);
  }

  /** No peer waits any more. @returns The peers that did. */
  leaveAll(): readonly Peer[] {
    const peers = [...this.#waiters.peers()];
    for (const peer of peers) this.leave(peer);
    return peers;
  }

  /** Gives each waiting peer a turn, as far as bytes have been granted. @param serve Lets a peer transfer. */
  serveWaiting(serve: (peer: Peer) => void): void {
    let { turns } = this.#waiters;
    for (const [peer, waiter] of this.#waiters.inOrder()) {
      if (turns === 0 || this.#isUsedUp()) break;
      const available = this.#availableTo(peer, waiter.shares);
      const share = Math.max(grantUnitBytes, wholeGrants(available / turns));
      turns--;
      if (available < Math.min(waiter.wantedBytes, grantUnitBytes)) continue;
      this.#waiters.beginTurn(peer);
      this.#leaveShares(peer, waiter);
      const turn = { peer, leftBytes: Math.min(share, available) };
      const turnBytes = turn.leftBytes;
      this.#turn = turn;
      serve(peer);
      this.#turn = undefined;
      this.#waiters.endTurn(peer, turnBytes - turn.leftBytes);
    }
  }

  #leaveShares({ torrent }: Peer, { shares, wantedBytes }: Waiter): void {
    const weight: number = torrent.weight;
    for (const waiting of shares) waiting.change(-weight, -wantedBytes);
  }

  #isUsedUp(): boolean {
    const share = this.#engineShares[0]?.share;
    return share !== undefined && share.rate > 0 && share.grantedBytes < grantUnitBytes;
  }

  #sharesOf(peer: Peer): readonly Waiting[] {
    if (peer.isUnlimited) return noShares;
    const shares = this.#sharesOfTorrent(peer.torrent);
    const tcpShare = this.#tcpShare;
    if (tcpShare === undefined || !peer.isOverTcp) return shares;
    const known = this.#tcpShares.get(shares);
    if (known !== undefined) return known;
    const all = [...shares, tcpShare];
    this.#tcpShares.set(shares, all);
    return all;
  }

  #sharesOfTorrent(torrent: Peer["torrent"]): readonly Waiting[] {
    const below = torrent.limits?.[this.#direction];
    if (below === undefined) return this.#engineShares;
    const known = this.#torrentShares.get(below);
    if (known !== undefined) return known;
    const shares = [...below, ...this.#engineShares];
    this.#torrentShares.set(below, shares);
    return shares;
  }

  #allowedNow(peer: Peer, shares: readonly Waiting[]): number {
    if (this.#turn?.peer === peer)
      return Math.min(this.#turn.leftBytes, this.#availableTo(peer, shares));
    const others = this.#waiters.size - (this.#waiters.has(peer) ? 1 : 0);
    return others > 0 ? 0 : this.#availableTo(peer, shares);
  }

  #availableTo(peer: Peer, shares: readonly Waiting[]): number {
    let available = Infinity;
    for (const { share } of shares)
      if (share.rate > 0) available = Math.min(available, share.grantedBytes);
    const peerRate = peerRateOf(shares);
    if (peerRate === 0 || available < grantUnitBytes) return available;
    return Math.min(available, this.#budgetOf(peer).availableBytes(peerRate, this.#nowMs()));
  }

  #budgetOf(peer: Peer): PeerBudget {
    const known = this.#budgets.get(peer);
    if (known !== undefined) return known;
    const budget = new PeerBudget(this.#nowMs());
    this.#budgets.set(peer, budget);
    return budget;
  }

  #wait(peer: Peer, shares: readonly Waiting[], wantedBytes: number): void {
    const waiter = this.#waiters.get(peer);
    if (waiter === undefined) {
      this.#waiters.add(peer, { wantedBytes, shares });
      for (const waiting of shares) waiting.change(peer.torrent.weight, wantedBytes);
      this.#waited();
      return;
    }
    for (const waiting of waiter.shares) waiting.change(0, wantedBytes - waiter.wantedBytes);
    waiter.wantedBytes = wantedBytes;
  }
}

const noShares: readonly Waiting[] = [];
