// Torrents that have nothing to do are left out of ticks, so that a thousand of them cost little more than one. A torrent
// that gets a peer or another state is in the next tick, and a torrent that gets other work in a tick of the next second.
// Every ten seconds an idle torrent is looked at, too.

import type { Engine } from "./base/engine-state.ts";
import { isNearGoals } from "../torrent/goals/seed-goals.ts";
import { hasContent, type TorrentJob } from "../torrent/torrent-job.ts";

type Torrents = Pick<Engine, "awake" | "context" | "counters" | "torrents">;

/** Ticks of the engine. */
export const ticksPerSecond = 4;
/** Seconds in which each idle torrent gets a turn: the file-worker saves figures as often. */
const secondsPerTurn = 10;
const anyPermit = { mayRetry: true, mayTryUnverified: true } as const;

/** Whether the torrent is looked at in this second even if it is idle: each second a tenth of all torrents. */
export function isTurn({ counters }: Pick<Engine, "counters">, { id }: TorrentJob): boolean {
  const seconds = Math.floor(counters.ticks / ticksPerSecond);
  return (seconds + id) % secondsPerTurn === 0;
}

/** Once a second: the next ticks look at the torrents that have something to do, or their turn. */
export function wakeTorrents(engine: Torrents): void {
  const { awake, context, torrents } = engine;
  const nowMs = context.clock.nowMs();
  for (const job of torrents.values()) {
    if (awake.has(job) || !job.isInSwarm) continue;
    if (isTurn(engine, job) || !isIdle(job, nowMs)) awake.add(job);
  }
}

/** The next ticks look at the torrent, because its work has changed. */
export function wake({ awake }: Pick<Engine, "awake">, job: TorrentJob): void {
  if (job.isInSwarm) awake.add(job);
}

/** At the end of a second: the next ticks leave out the torrents that have nothing to do before their turn. */
export function dropIdle({ awake, context }: Torrents): void {
  const nowMs = context.clock.nowMs();
  for (const job of awake) {
    const hasRest = isIdle(job, nowMs) && !reachesGoals(job, nowMs);
    if (!job.isInSwarm || hasRest) awake.delete(job);
  }
}

/** Before its next turn. A goal that is set meanwhile wakes the torrent. */
function reachesGoals(job: TorrentJob, nowMs: number): boolean {
  return hasContent(job) && isNearGoals(job, nowMs, secondsPerTurn);
}

/** Whether a torrent has all that it wants, no peers, no address that is due, and figures that do not change. */
function isIdle(job: TorrentJob, nowMs: number): boolean {
  const { content, directory, peers, reported } = job;
  if (content === undefined || !reported.isStill || !peers.isEmpty) return false;
  const { checks, ledger } = content;
  if (!ledger.isComplete || checks.newSuspects.length > 0 || checks.endCheck.state === "due")
    return false;
  return directory.size === 0 || !directory.hasAny(nowMs, anyPermit, true);
}
