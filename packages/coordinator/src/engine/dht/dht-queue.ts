// When each torrent is announced to the DHT: every 15 minutes, or in turns when the look-ups do not suffice for that.
// New torrents go first, downloads before seeds, then the longest wait. Each fourth turn is for seeds, so that many
// downloads delay them and never shut them out.
//
// Between its announces a torrent is looked up earlier when no node has answered, or when a download has no peer. These
// look-ups take no turn from an announce that is due.

import type { TorrentId } from "@troupe/messages";
import type { PeerAddress } from "@troupe/protocol/address";
import type { HashVersion } from "@troupe/protocol/identity";
import type { InfoHash } from "@troupe/protocol/units";

/** From the beginning of an announce to the next. */
export const announceIntervalMs = 900_000;
/** For the first look-up after an announce that no node answered; doubles. */
export const unansweredMs = 5_000;
const longestUnansweredMs = 300_000;
/** For the first look-up of a download without a peer; doubles, up to the interval. */
export const lonelyMs = 60_000;
const turnsForSeeds = 4;

/** The parts of a torrent that its announces need. */
export interface DhtTorrent {
  readonly id: TorrentId;
  readonly infoHash: InfoHash;
  /** That of the hash. Default `v1`. */
  readonly version?: HashVersion;
  /** DHT nodes that its .torrent names. */
  readonly nodes: readonly PeerAddress[];
  /** False: peers are looked up, and we are not announced as a peer. */
  readonly isAnnounced: boolean;
  readonly isSeed: boolean;
  /** It is not complete, and not paused. */
  readonly isDownload: boolean;
  /** A download has no peer connected, and no untried address. */
  readonly lacksPeers: boolean;
}

/** The result of a round of look-ups for a torrent. */
interface DhtRound {
  /** Nodes that answered. */
  readonly answered: number;
  /** Peers that the nodes named. */
  readonly peers: number;
}

/** How long all torrents take to be announced once, at the present pace: the interval, or longer. */
export interface RoundTimes {
  readonly downloadsMs: number;
  readonly allMs: number;
}

/** Where a torrent is in its turns. */
export interface DhtQueueStatus {
  readonly isUnderWay: boolean;
  /** 0: it is due. */
  readonly nextInMs: number;
  /** Undefined before the first round has ended. */
  readonly lastRound: DhtRound | undefined;
}

type TurnState =
  | {
      readonly kind: "waiting";
      readonly dueMs: number;
      /** Time of a look-up before `dueMs`. */
      readonly earlyMs: number;
    }
  | { readonly kind: "under-way" };

interface Turn {
  readonly torrent: DhtTorrent;
  state: TurnState;
  /** The beginning of its last look-ups, or its joining. */
  sinceMs: number;
  isNew: boolean;
  lastRound: DhtRound | undefined;
  /** The last pause before an early look-up; 0: none came before. */
  pauseMs: number;
}

/** The turns of all torrents. */
export class DhtQueue {
  readonly #turns = new Map<InfoHash, Turn>();
  #taken = 0;
  /** Between the last two announces of the torrent that was announced last. */
  readonly #lastGapMs = { downloads: 0, seeds: 0 };

  get size(): number {
    return this.#turns.size;
  }

  get torrents(): readonly DhtTorrent[] {
    return [...this.#turns.values()].map(({ torrent }) => torrent);
  }

  /** A torrent that is there keeps its turn. */
  add(torrent: DhtTorrent, nowMs: number): void {
    if (this.#turns.has(torrent.infoHash)) return;
    this.#turns.set(torrent.infoHash, {
      torrent,
      state: { kind: "waiting", dueMs: nowMs, earlyMs: nowMs },
      sinceMs: nowMs,
      isNew: true,
      lastRound: undefined,
      pauseMs: 0,
    });
  }

  remove(infoHash: InfoHash): void {
    this.#turns.delete(infoHash);
  }

  /** The torrent to look up now, if one is due; it is under way until {@link ended}. */
  take(nowMs: number): DhtTorrent | undefined {
    const turn = this.#nextTurn(nowMs);
    if (turn === undefined || turn.state.kind !== "waiting") return undefined;
    const kind = turn.torrent.isDownload ? "downloads" : "seeds";
    if (turn.state.dueMs <= nowMs) {
      this.#taken++;
      this.#lastGapMs[kind] = nowMs - turn.sinceMs;
    }
    turn.state = { kind: "under-way" };
    turn.sinceMs = nowMs;
    return turn.torrent;
  }

  /** The look-ups of a torrent have ended. */
  ended(infoHash: InfoHash, round: DhtRound, nowMs: number): void {
    const turn = this.#turns.get(infoHash);
    if (turn?.state.kind !== "under-way") return;
    turn.lastRound = round;
    if (round.answered > 0) turn.isNew = false;
    turn.pauseMs = nextPauseMs(turn, round);
    const dueMs = turn.sinceMs + announceIntervalMs;
    turn.state = { kind: "waiting", dueMs, earlyMs: nowMs + turn.pauseMs };
  }

  /** The next time at which a torrent may be due; Infinity without torrents that wait. */
  nextMs(nowMs: number): number {
    let nextMs = Infinity;
    for (const turn of this.#turns.values()) {
      if (turn.state.kind !== "waiting") continue;
      const { dueMs, earlyMs } = turn.state;
      nextMs = Math.min(nextMs, dueMs, mayBeEarly(turn) ? earlyMs : Infinity);
    }
    return Math.max(nextMs, nowMs);
  }

  /** How long a round takes at the present pace. */
  roundTimes(nowMs: number): RoundTimes {
    const gapMs = { ...this.#lastGapMs };
    for (const { state, sinceMs, torrent } of this.#turns.values()) {
      if (state.kind !== "waiting") continue;
      const kind = torrent.isDownload ? "downloads" : "seeds";
      gapMs[kind] = Math.max(gapMs[kind], nowMs - sinceMs);
    }
    const downloadsMs = Math.max(announceIntervalMs, gapMs.downloads);
    return { downloadsMs, allMs: Math.max(downloadsMs, gapMs.seeds) };
  }

  /** Undefined for a torrent that is not announced. */
  statusOf(infoHash: InfoHash, nowMs: number): DhtQueueStatus | undefined {
    const turn = this.#turns.get(infoHash);
    if (turn === undefined) return undefined;
    const { lastRound, state } = turn;
    if (state.kind === "under-way") return { isUnderWay: true, nextInMs: 0, lastRound };
    const nextMs = Math.min(state.dueMs, mayBeEarly(turn) ? state.earlyMs : Infinity);
    return { isUnderWay: false, nextInMs: Math.max(0, nextMs - nowMs), lastRound };
  }

  #nextTurn(nowMs: number): Turn | undefined {
    const isSeedsTurn = this.#taken % turnsForSeeds === turnsForSeeds - 1;
    let first: Turn | undefined;
    let firstRank: Rank = [Infinity, Infinity, Infinity];
    for (const turn of this.#turns.values()) {
      const rank = rankOf(turn, nowMs, isSeedsTurn);
      if (rank === undefined || !isBefore(rank, firstRank)) continue;
      first = turn;
      firstRank = rank;
    }
    return first;
  }
}

/** The class of a torrent, whether it was announced before, and since when it waits. */
type Rank = readonly [number, number, number];

/** @returns Undefined for a torrent that is not due. */
function rankOf(turn: Turn, nowMs: number, isSeedsTurn: boolean): Rank | undefined {
  const { state, isNew, torrent } = turn;
  if (state.kind !== "waiting") return undefined;
  if (state.dueMs <= nowMs) {
    return [torrent.isDownload === isSeedsTurn ? 1 : 0, isNew ? 0 : 1, state.dueMs];
  }
  return state.earlyMs <= nowMs && mayBeEarly(turn) ? [2, 0, state.earlyMs] : undefined;
}

function isBefore(one: Rank, other: Rank): boolean {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}

function mayBeEarly({ lastRound, torrent }: Turn): boolean {
  return lastRound?.answered === 0 || (torrent.isDownload && torrent.lacksPeers);
}

function nextPauseMs({ pauseMs, torrent }: Turn, { answered }: DhtRound): number {
  if (answered === 0) return Math.min(longestUnansweredMs, Math.max(unansweredMs, 2 * pauseMs));
  if (!torrent.lacksPeers) return lonelyMs;
  return Math.min(announceIntervalMs, Math.max(lonelyMs, 2 * pauseMs));
}
