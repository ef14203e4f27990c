// The rate limits of the engine, of groups and of torrents, which all hold for a torrent. Each limit has a share at each
// peer-worker. Without limits there are no shares, and no timer runs.

import type { MessageOf, Timer } from "@troupe/actor-runtime";
import { weekMoment } from "@troupe/control";
import {
  limitsIn,
  type EngineLimits,
  type PeerProtocol,
  type RateLimits,
  type TorrentId,
} from "@troupe/messages";
import type { EngineContext } from "../base/engine-state.ts";
import type { ReachedLimit } from "../../torrent/report/reached-limit.ts";
import type { PeerWorkerHandle } from "../base/peer-worker-handle.ts";
import { LimitedScope } from "./limited-scope.ts";
import { noTcpLimit, type TcpLimit } from "./tcp-limit.ts";
import { limitsAt } from "./schedule.ts";

/** Time between two refills. */
const refillMs = 50;
/** Refills between two refills of idle groups and torrents, because thousands of torrents may have limits. */
const idleEvery = 5;
/** Rates are those of the last second. */
const fastestForMs = 500;

/** The memory of a share, as a field of a message; absent without limits. */
interface SharedLimits {
  readonly limits?: SharedArrayBuffer;
}

/** The parts of a torrent that decide which limits hold for it. */
interface LimitedTorrent {
  readonly id: TorrentId;
  readonly group: string | undefined;
}

/** The rate of a torrent. */
interface GroupRate {
  readonly group: string | undefined;
  readonly bytesPerSecond: number;
}

/** The limits of an engine, and of its groups and torrents. */
export class RateLimiter {
  readonly #context: Pick<EngineContext, "clock" | "timers">;
  readonly #workers: () => readonly PeerWorkerHandle[];
  readonly #torrents = new Map<TorrentId, LimitedScope>();
  /** Limits of groups, by name. */
  readonly #groups = new Map<string, LimitedScope>();
  #engine: LimitedScope | undefined;
  /** The shares of uploads over TCP. */
  #tcp: LimitedScope | undefined;
  #tcpLimit = noTcpLimit;
  #limits: EngineLimits = {};
  /** The part of {@link EngineLimits} that holds now. */
  #applied: RateLimits = this.#limits;
  #timer: Timer | undefined;
  #refilledAtMs = 0;
  #refills = 0;
  /** Rates by group; undefined: of all torrents. */
  #fastest: { readonly atMs: number; readonly rates: ReadonlyMap<string | undefined, number> } = {
    atMs: -Infinity,
    rates: new Map(),
  };

  constructor(
    context: Pick<EngineContext, "clock" | "timers">,
    workers: () => readonly PeerWorkerHandle[],
  ) {
    this.#context = context;
    this.#workers = workers;
  }

  /** Sets the limits of all torrents together. */
  setEngine(limits: EngineLimits): void {
    this.#limits = limits;
    this.#follow();
  }

  /** Sets the limits of all groups, by name. */
  setGroups(limits: ReadonlyMap<string, RateLimits>): void {
    for (const name of new Set([...this.#groups.keys(), ...limits.keys()]))
      this.#setGroup(name, limits.get(name));
    this.#runTimer();
  }

  #setGroup(group: string, limits: RateLimits | undefined): void {
    const before = this.#groups.get(group);
    if (limits !== undefined && before?.has(limits) === true) return;
    const scope = scopeWith(limits, before);
    if (scope === undefined) this.#groups.delete(group);
    else this.#groups.set(group, scope);
    for (const { calls, index } of this.#workers())
      calls.cast("set-limits", { group, ...shareOf(scope, index) });
  }

  /** The limit of uploads over TCP beside uTP. */
  get tcpLimit(): TcpLimit {
    return this.#tcpLimit;
  }

  /** Sets the limit of uploads over TCP beside uTP. */
  setTcp(limit: TcpLimit): void {
    this.#tcpLimit = limit;
    const up = limit.kind === "limited" ? limit.rate : undefined;
    const before = this.#tcp;
    if (up === before?.up.rate) return;
    this.#tcp = scopeWith(up === undefined ? undefined : { up }, before);
    this.#runTimer();
    // The shares stay, and have the new rate.
    if (before !== undefined && this.#tcp !== undefined) return;
    for (const { calls, index } of this.#workers())
      calls.cast("set-limits", { isForTcp: true, ...shareOf(this.#tcp, index) });
  }

  /** Sets the limits of a torrent. Undefined: none. */
  setTorrent(
    torrent: LimitedTorrent & { readonly isInSwarm: boolean },
    limits: RateLimits | undefined,
  ): void {
    const { id } = torrent;
    const scope = scopeWith(limits, this.#torrents.get(id));
    if (scope === undefined) this.#torrents.delete(id);
    else this.#torrents.set(id, scope);
    this.#runTimer();
    if (!torrent.isInSwarm) return;
    for (const { calls, index } of this.#workers()) {
      const message = { torrent: id, ...groupOf(torrent), ...shareOf(scope, index) };
      calls.cast("set-torrent-limits", message);
    }
  }

  /** Applies the schedule, once a second: a period may have begun or ended. */
  tick(): void {
    if (this.#limits.schedule !== undefined) this.#follow();
  }

  /** Makes the shares of all torrents together, of each group and of TCP, for a new incarnation of a worker. */
  renewShares(worker: number): MessageOf<PeerProtocol, "set-limits">[] {
    return [
      ...(this.#tcp === undefined
        ? []
        : [{ isForTcp: true as const, limits: this.#tcp.renewShare(worker) }]),
      this.#engine === undefined ? {} : { limits: this.#engine.renewShare(worker) },
      ...Array.from(this.#groups, ([group, scope]) => ({
        group,
        limits: scope.renewShare(worker),
      })),
    ];
  }

  /** Makes the torrent's share for a worker that opens the torrent. */
  renewTorrentShare(torrent: LimitedTorrent, worker: number): SharedLimits & { group?: string } {
    const scope = this.#torrents.get(torrent.id);
    return {
      ...groupOf(torrent),
      ...(scope !== undefined && { limits: scope.renewShare(worker) }),
    };
  }

  /** The torrent was removed. */
  forget(torrent: TorrentId): void {
    this.#torrents.delete(torrent);
    this.#runTimer();
  }

  /**
   * The download limit that peers of the torrent wait for and that is used up, if any.
   *
   * @param isFor Whether this torrent waits for a limit that peers of its group wait for, or of any torrent.
   */
  reachedBy(
    { group, id }: LimitedTorrent,
    isFor: (limit: ReachedLimit, group?: string) => boolean,
  ): ReachedLimit | undefined {
    const own = reached("torrent", this.#torrents.get(id));
    if (own !== undefined) return own;
    const ofGroup = group === undefined ? undefined : reached("group", this.#groups.get(group));
    if (ofGroup !== undefined && isFor(ofGroup, group)) return ofGroup;
    const ofEngine = reached("engine", this.#engine);
    return ofEngine !== undefined && isFor(ofEngine) ? ofEngine : undefined;
  }

  /**
   * The highest rate of a group. All torrents ask for their reason in one turn: the rates are looked at once for them.
   *
   * @param group Undefined: of all torrents.
   * @param ratesNow Rates of all torrents.
   */
  fastestOf(group: string | undefined, ratesNow: () => Iterable<GroupRate>): number {
    const atMs = this.#context.clock.nowMs();
    if (atMs - this.#fastest.atMs >= fastestForMs)
      this.#fastest = { atMs, rates: highestRates(ratesNow()) };
    return this.#fastest.rates.get(group) ?? 0;
  }

  /** Applies the limits of this moment. */
  #follow(): void {
    const { clock } = this.#context;
    const limits = limitsAt(this.#limits, weekMoment(clock.epochMs(), clock.utcOffsetMinutes()));
    if (limits === this.#applied) return;
    this.#applied = limits;
    const before = this.#engine;
    this.#engine = scopeWith(limitsIn(limits), before);
    this.#runTimer();
    if (this.#engine === undefined && before === undefined) return;
    for (const { calls, index } of this.#workers())
      calls.cast("set-limits", shareOf(this.#engine, index));
  }

  #runTimer(): void {
    const { clock, timers } = this.#context;
    const isForAll = this.#engine !== undefined || this.#tcp !== undefined;
    const isNeeded = isForAll || this.#groups.size + this.#torrents.size > 0;
    if (isNeeded === (this.#timer !== undefined)) return;
    this.#timer?.cancel();
    this.#refilledAtMs = clock.nowMs();
    this.#timer = isNeeded ? timers.every(refillMs, () => this.#refill()) : undefined;
  }

  #refill(): void {
    const nowMs = this.#context.clock.nowMs();
    const elapsedMs = nowMs - this.#refilledAtMs;
    this.#refilledAtMs = nowMs;
    this.#engine?.refill(elapsedMs);
    this.#tcp?.refill(elapsedMs);
    const isForAll = ++this.#refills % idleEvery === 0;
    for (const scopes of [this.#groups, this.#torrents])
      for (const scope of scopes.values()) if (isForAll || !scope.isIdle) scope.refill(elapsedMs);
  }
}

/** @returns The highest rate of each group, and that of all torrents under undefined. */
function highestRates(rates: Iterable<GroupRate>): ReadonlyMap<string | undefined, number> {
  const highest = new Map<string | undefined, number>();
  for (const { group, bytesPerSecond } of rates) {
    highest.set(undefined, Math.max(highest.get(undefined) ?? 0, bytesPerSecond));
    if (group !== undefined) highest.set(group, Math.max(highest.get(group) ?? 0, bytesPerSecond));
  }
  return highest;
}

/** @returns The scope with these limits; undefined without limits. */
function scopeWith(
  limits: RateLimits | undefined,
  before: LimitedScope | undefined,
): LimitedScope | undefined {
  if (limits === undefined) return undefined;
  const scope = before ?? new LimitedScope();
  scope.set(limits);
  return scope;
}

function shareOf(scope: LimitedScope | undefined, worker: number): SharedLimits {
  return scope === undefined ? {} : { limits: scope.shareOf(worker) };
}

function groupOf({ group }: LimitedTorrent): { readonly group?: string } {
  return group === undefined ? {} : { group };
}

function reached(
  of: ReachedLimit["of"],
  scope: LimitedScope | undefined,
): ReachedLimit | undefined {
  if (scope?.down.isReached !== true) return undefined;
  const { rate, peerRate } = scope.down;
  if (scope.down.isUsedUp) return { of, bytesPerSecond: rate };
  return peerRate > 0 ? { of: "peer", bytesPerSecond: peerRate } : undefined;
}
