// Who is dialled now: so many at once over all torrents, which take turns. A place that is free again is taken at once,
// not at the next tick: thousands of addresses that refuse would keep the good one waiting for many seconds otherwise.

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol, TorrentId } from "@troupe/messages";
import type { Engine } from "../engine/engine-state.ts";
import type { PeerWorkerSeat } from "../engine/peer-worker-seat.ts";
import { takePlace } from "./connection-shares.ts";
import type { Return } from "./peer-directory.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** Dials a second of addresses that were tried before. */
export const retriesPerSecond = 30;
/** Nothing is dialled for so long after this machine had no descriptor, memory or port for a dial. */
const breatherMs = 1_000;
/** With fewer connections than this a peer that left is missed: it is dialled again within seconds. */
const fewPeers = 4;
/** Ends that are ours: they say nothing against the address. */
const ownReasons: ReadonlySet<string> = new Set(["torrent-closed", "closed"]);
/** This machine lacks something: the address was not even tried. */
const ownTroubles: ReadonlySet<string> = new Set([
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "EADDRNOTAVAIL",
  "EADDRINUSE",
  "dial-queue-full",
]);

/** What the engine keeps about dialling, over all torrents. */
export interface DialTurn {
  /** The torrent that was dialled for last: the next one goes first. */
  last: TorrentId | undefined;
  /** More is dialled at the end of this turn. */
  isPlanned: boolean;
  /** Monotonic; nothing is dialled before. */
  pausedUntilMs: number;
}

/** At the start of an engine. */
export function dialTurn(): DialTurn {
  return { last: undefined, isPlanned: false, pausedUntilMs: 0 };
}

/** Dials as many addresses as the limits allow, torrents by turns, spread over the workers. */
export function dialMore(engine: Engine): void {
  const { dialTurn: turn, context } = engine;
  if (context.clock.nowMs() < turn.pausedUntilMs) return;
  let places = engine.options.descriptors.halfOpen - sum(engine.seats, (seat) => seat.dials.size);
  if (places <= 0) return;
  const queue = inTurn(engine);
  for (let job = queue.shift(); job !== undefined && places > 0; job = queue.shift()) {
    if (!dialNext(engine, job, places)) continue;
    places--;
    turn.last = job.id;
    queue.push(job);
  }
}

/** The same at the end of this turn, once for all that has become free in it. */
export function dialSoon(engine: Engine): void {
  const { dialTurn: turn, context } = engine;
  if (turn.isPlanned) return;
  turn.isPlanned = true;
  context.timers.soon(() => {
    turn.isPlanned = false;
    dialMore(engine);
  });
}

/** A dial that never became a peer. */
export function dialFailed(
  engine: Engine,
  job: TorrentJob,
  seat: PeerWorkerSeat,
  { host, port, reason }: MessageOf<PeerProtocol, "dial-failed">,
): void {
  if (!seat.dials.remove(job.id, host, port)) return;
  const nowMs = engine.context.clock.nowMs();
  if (ownTroubles.has(reason)) takeBreath(engine, reason);
  if (reason === "self") job.directory.markOwn(host, port);
  else if (ownReasons.has(reason)) job.directory.closed(host, port, nowMs, "now");
  else if (ownTroubles.has(reason)) job.directory.untouched(host, port, nowMs);
  else job.directory.failed(host, port, nowMs, isMissed(job) ? "soon" : "later");
  dialSoon(engine);
  if (isHungry(engine, job)) job.announcer?.hungry();
}

/** When the address of a connection that ended for this reason is dialled again. */
export function returnAfter(job: TorrentJob, reason: string): Return {
  if (ownReasons.has(reason)) return "now";
  return reason !== "both-seeds" && isMissed(job) ? "soon" : "later";
}

/** No peer is connected or being dialled, and no address waits to be tried for the first time. */
export function isHungry(engine: Engine, job: TorrentJob): boolean {
  if (job.roll.size > 0 || job.directory.untriedCount > 0) return false;
  return engine.seats.every((seat) => seat.dials.count(job.id) === 0);
}

/** The engine's torrents that run, the one after the last served first. */
function inTurn({ torrents, dialTurn: turn }: Engine): TorrentJob[] {
  const jobs = [...torrents.values()].filter(({ isRunning }) => isRunning);
  const last = jobs.findIndex(({ id }) => id === turn.last);
  return [...jobs.slice(last + 1), ...jobs.slice(0, last + 1)];
}

/** @returns Whether there was somebody to dial, and room to. */
function dialNext(engine: Engine, job: TorrentJob, places: number): boolean {
  const { directory, ledger, roll, peerLimit } = job;
  const nowMs = engine.context.clock.nowMs();
  const dialling = sum(engine.seats, (seat) => seat.dials.count(job.id));
  const ownPlaces = Math.min(places, peerLimit - roll.size - dialling);
  const mayRetry = engine.retriesThisSecond < retriesPerSecond;
  if (ownPlaces <= 0 || !directory.hasAny(nowMs, mayRetry, ledger.isComplete)) return false;
  const seat = leastBusySeat(engine, job);
  if (seat === undefined || !takePlace(engine, job)) return false;
  const timeoutMs = directory.dialTimeoutMs(ownPlaces);
  const next = directory.next(nowMs, mayRetry, ledger.isComplete);
  if (next === undefined) return false;
  if (next.isRetry) engine.retriesThisSecond++;
  seat.dials.add(job.id, next.host, next.port);
  seat.ref.cast("dial", { torrent: job.id, host: next.host, port: next.port, timeoutMs });
  return true;
}

function takeBreath({ dialTurn: turn, context }: Engine, reason: string): void {
  const nowMs = context.clock.nowMs();
  if (nowMs >= turn.pausedUntilMs) context.log("warn", "dialling-paused", { reason, breatherMs });
  turn.pausedUntilMs = nowMs + breatherMs;
}

function isMissed(job: TorrentJob): boolean {
  return job.roll.size < fewPeers && !job.ledger.isComplete;
}

function leastBusySeat(engine: Engine, job: TorrentJob): PeerWorkerSeat | undefined {
  let best: PeerWorkerSeat | undefined;
  let bestLoad = Infinity;
  for (const seat of engine.seats) {
    // The last quarter of a mailbox is for answers, which cannot wait.
    if (seat.ref.peer === undefined || seat.credits < 256) continue;
    const load = job.roll.countAt(seat.index) + seat.dials.count(job.id);
    if (load < bestLoad) {
      best = seat;
      bestLoad = load;
    }
  }
  return best;
}

function sum(seats: readonly PeerWorkerSeat[], of: (seat: PeerWorkerSeat) => number): number {
  return seats.reduce((total, seat) => total + of(seat), 0);
}
