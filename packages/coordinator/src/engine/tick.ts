// Four times a second the engine unchokes, dials and looks at disks; once a second it emits figures and allows new
// redials. An idle torrent is left out for ten seconds.

import { EngineStep, type ProgressRow } from "@troupe/messages";
import { endStandstill } from "../torrent/pieces/oversized-piece-leases.ts";
import { moveLatePieces } from "../torrent/pieces/revoke-leases.ts";
import { dialMore } from "../torrent/swarm/dial-schedule.ts";
import { pursueGoals } from "../torrent/goals/seed-goals.ts";
import { tendSlots } from "../torrent/choking/give-slots.ts";
import { noteMovedPayload, saveFigures } from "../torrent/storage/record-updates.ts";
import { checkAtEnd } from "../torrent/checks/end-check.ts";
import { hashNewSuspects, hashIdleSamples } from "../torrent/checks/idle-samples.ts";
import { countActiveTime } from "../torrent/report/count-active-time.ts";
import { reportEverySecond } from "../torrent/report/progress-report.ts";
import type { MovedBytes } from "../torrent/report/traffic.ts";
import { noteAvailability, updateRates } from "../torrent/report/status.ts";
import { tendReaders } from "../torrent/reading/tend-readers.ts";
import { tellPartners } from "../torrent/peer-exchange/peer-exchange.ts";
import { ConnectionRoom } from "../torrent/swarm/connection-quotas.ts";
import { turnOver } from "../torrent/swarm/turnover.ts";
import { tendWebSeeds } from "../torrent/web-seeds/web-seed-schedule.ts";
import { tendHashes } from "../torrent/hashes/fetch-layers.ts";
import { fetchMore } from "../torrent/metadata/seek-metadata.ts";
import { tickSuperSeeding } from "../torrent/super-seeding/handlers.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent/torrent-job.ts";
import { runQueue } from "../torrent/queue/torrent-queue.ts";
import { shareSlots } from "./choking/share-slots.ts";
import { dropIdle, isTurn, ticksPerSecond, wakeTorrents } from "./idle-torrents.ts";
import { watchDisks } from "./disk/slow-disks.ts";
import { tendMixedMode } from "./rate-limits/mixed-mode.ts";
import { watchRecords } from "./disk/records-watch.ts";
import { emitWhy } from "../torrent/report/why-input.ts";
import { followInterface } from "./peers/follow-interface.ts";
import { syncBans } from "./peers/change-bans.ts";
import { saveTotals } from "./totals/save-totals.ts";
import { endIdleDisks } from "./base/disk-handles.ts";
import type { Engine } from "./base/engine-state.ts";
import { withBreadcrumb } from "./base/breadcrumb.ts";
import { beginFrame, sendFrame } from "./progress-frames.ts";

/** Bans of the other programs on the state folder are in force within this time. */
const banReadSeconds = 4;
/** The totals of the state folder have what has moved until then. */
const totalsSeconds = 5;

/** Milliseconds between two ticks. */
export const tickMs = 250;

/** A tick for all running torrents. */
export function tick(engine: Engine): void {
  engine.counters.ticks++;
  watchDisks(engine);
  watchRecords(engine);
  followInterface(engine);
  const isSecond = engine.counters.ticks % ticksPerSecond === 0;
  if (isSecond) beginSecond(engine);
  dialMore(engine, engine.awake);
  hashIdleSamples(engine);
  const second = isSecond
    ? { room: new ConnectionRoom(engine), frame: beginFrame(engine) }
    : undefined;
  for (const job of engine.awake) {
    if (!job.isInSwarm) continue;
    withBreadcrumb(engine, job, EngineStep.tick, () => {
      if (hasContent(job) && job.isRunning) tickJob(engine, job, second?.room);
      else fetchMore(engine, job);
      if (second !== undefined) everySecond(engine, job, second.frame);
    });
  }
  if (second === undefined) return;
  sendFrame(engine, second.frame);
  dropIdle(engine);
}

function beginSecond(engine: Engine): void {
  const { network } = engine;
  network.retriesThisSecond = 0;
  network.unverifiedDialsThisSecond = 0;
  network.closedForRoomThisSecond = 0;
  engine.rates.tick();
  tendMixedMode(engine);
  const { clock } = engine.context;
  engine.metrics.rates.sample(movedBytes(engine), clock.nowMs(), clock.epochMs());
  if (isEvery(engine, banReadSeconds)) orFail(engine, syncBans(engine));
  if (isEvery(engine, totalsSeconds)) orFail(engine, saveTotals(engine));
  endStandstill(engine);
  endIdleDisks(engine);
  wakeTorrents(engine);
  runQueue(engine, engine.awake);
  shareSlots(engine);
}

/** Torrents that are not awake have moved nothing. */
function movedBytes({ awake, totals }: Engine): MovedBytes {
  const moved = { downloadedBytes: 0, uploadedBytes: 0, protocolDownBytes: 0, protocolUpBytes: 0 };
  for (const { content } of awake) content?.traffic.takeMoved(moved);
  if (Object.values(moved).some((bytes) => bytes > 0)) totals.noteMoved();
  return moved;
}

function isEvery({ counters }: Engine, seconds: number): boolean {
  return counters.ticks % (ticksPerSecond * seconds) === 0;
}

/** Work beside the tick; its error fails the engine. */
function orFail({ context }: Engine, work: Promise<unknown>): void {
  void work.catch((error: unknown) => context.fail(error));
}

/** @param room Once a second. */
function tickJob(engine: Engine, job: JobWithContent, room: ConnectionRoom | undefined): void {
  tickSuperSeeding(engine, job);
  tendSlots(engine, job);
  tendHashes(engine, job);
  hashNewSuspects(engine, job);
  checkAtEnd(engine, job);
  tendReaders(engine, job);
  if (room === undefined) return;
  updateRates(job);
  moveLatePieces(engine, job);
  tendWebSeeds(engine, job, room);
}

function everySecond(engine: Engine, job: TorrentJob, frame: ProgressRow[] | undefined): void {
  const { clock } = engine.context;
  const nowMs = clock.nowMs();
  const isDue = isTurn(engine, job);
  job.peers.sweep(nowMs);
  countActiveTime(job, nowMs);
  if (isDue && hasContent(job)) lookAtTurn(job, clock.epochMs());
  reportEverySecond(job, frame);
  emitWhy(engine, job);
  tellPartners(engine, job);
  if (!hasContent(job) || !job.isRunning) return;
  if (isDue) saveFigures(job);
  turnOver(engine, job);
  pursueGoals(engine, job);
}

/** Figures that take too long for every second. */
function lookAtTurn(job: JobWithContent, epochMs: number): void {
  noteMovedPayload(job, epochMs);
  noteAvailability(job);
}
