// What the engine does by the clock: four times a second it fills unchoke slots, dials and looks at files, once a second
// it tells figures and allows new re-tries.

import { EngineStep } from "@troupe/messages";
import { endStandstill } from "../torrent/big-piece-turns.ts";
import { say } from "../torrent/event-outbox.ts";
import { dialMore } from "../torrent/dialling.ts";
import { rotateUnchoked } from "../torrent/peers.ts";
import { keepFigures } from "../torrent/job-facts.ts";
import { lookAtDoubted, lookAtSamples } from "../torrent/idle-samples.ts";
import { progressOf, updateRates } from "../torrent/status.ts";
import type { TorrentJob } from "../torrent/torrent-job.ts";
import { watchDisks } from "./watch-disks.ts";
import { watchRecords } from "./records-watch.ts";
import { tellWhy } from "../torrent/why-facts.ts";
import { endIdleDisks } from "./disk-seats.ts";
import type { Engine } from "./engine-state.ts";
import { holding } from "./holding.ts";

/** Milliseconds between two ticks. */
export const tickMs = 250;
const ticksPerSecond = 4;
/** Ten seconds: as often as the file-worker keeps them on record. */
const ticksPerKeeping = 40;

/** One tick for all torrents that run. */
export function tick(engine: Engine): void {
  engine.ticks++;
  watchDisks(engine);
  watchRecords(engine);
  const isSecond = engine.ticks % ticksPerSecond === 0;
  if (isSecond) engine.retriesThisSecond = 0;
  if (isSecond) engine.closedForRoomThisSecond = 0;
  if (isSecond) endStandstill(engine);
  if (isSecond) endIdleDisks(engine);
  dialMore(engine);
  lookAtSamples(engine);
  for (const job of engine.torrents.values()) {
    if (job.isRunning) holding(engine, job, EngineStep.tick, () => tickJob(engine, job, isSecond));
  }
}

function tickJob(engine: Engine, job: TorrentJob, isSecond: boolean): void {
  if (job.state !== "paused") rotateUnchoked(engine, job);
  lookAtDoubted(engine, job);
  if (isSecond) everySecond(engine, job);
}

function everySecond(engine: Engine, job: TorrentJob): void {
  updateRates(job);
  job.roll.sweep(engine.context.clock.nowMs());
  say(engine, job, { event: "progress", ...progressOf(job) });
  tellWhy(engine, job);
  if (engine.ticks % ticksPerKeeping === 0) keepFigures(job);
}
