import { failEngine } from "../../engine/base/breadcrumb.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { seedingUntil } from "../goals/seeding-time.ts";
import { watchFolder } from "../storage/folder-retry.ts";
import { noteCompletion } from "../storage/record-updates.ts";
import { countActiveTime } from "../report/count-active-time.ts";
import { reportProgress } from "../report/progress-report.ts";
import { progressOf, resetFigures } from "../report/status.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";
import { tryNow } from "../storage/write-retry.ts";
import { closeRun } from "./close-run.ts";
import type { ContentEffect, LifecycleEffect } from "./events.ts";
import { joinSwarm } from "../join-swarm.ts";
import { seekMetadata } from "../metadata/seek-metadata.ts";
import { openRun } from "./open-run.ts";

/** A long effect reports its end by an event. */
export function carryOut(engine: Engine, job: TorrentJob, effect: LifecycleEffect): void {
  switch (effect.effect) {
    case "emit-state":
      engine.awake.add(job);
      return emitState(engine, job, effect);
    case "emit-error":
      return job.outbox.emit({ event: "error", ...effect.fault });
    case "flush-events":
      return job.outbox.flush();
    case "pause-peers":
      for (const peerWorker of engine.peerWorkers)
        peerWorker.calls.cast("set-paused", { torrent: job.id, isPaused: effect.isPaused });
      return;
    case "announce-completed":
      return job.announcer?.completed();
    case "retry-write":
      return tryNow(job);
    case "write-held":
      for (const write of effect.held.writes) job.disk.pendingWrites.write(write);
      return;
    case "close":
      job.life.closing = closeRun(engine, job, effect)
        .then(() => job.life.dispatch({ event: "closed" }))
        .catch((error: unknown) => failEngine(engine, job, error));
      return;
    case "seek-metadata":
      return seekMetadata(engine, job);
    case "leave-folder":
      return job.life.folderWatch.abort();
    default:
      if (hasContent(job)) carryOutWithContent(engine, job, effect);
  }
}

function carryOutWithContent(engine: Engine, job: JobWithContent, effect: ContentEffect): void {
  switch (effect.effect) {
    case "emit-last-progress":
      resetFigures(job.content.traffic);
      return reportProgress(job, progressOf(job));
    case "emit-complete":
      return emitComplete(engine, job, effect.seconds);
    case "open-files":
      return void openRun(engine, job, effect.run, effect.device);
    case "join-swarm":
      return joinSwarm(engine, job);
    case "watch-folder":
      return void watchFolder(engine, job);
  }
}

function emitState(
  { context }: Pick<Engine, "context">,
  job: TorrentJob,
  { state, fault }: Extract<LifecycleEffect, { readonly effect: "emit-state" }>,
): void {
  const nowMs = context.clock.nowMs();
  job.seedingTime = seedingUntil(job.seedingTime, nowMs);
  countActiveTime(job, nowMs);
  // The figures may change: the next look is not left out.
  job.reported.isStill = false;
  job.readers.wake();
  job.outbox.emit({ event: "state", state, ...(fault !== undefined && { fault }) });
}

function emitComplete(
  { context }: Pick<Engine, "context">,
  job: JobWithContent,
  seconds: number,
): void {
  const { clock } = context;
  countActiveTime(job, clock.nowMs());
  noteCompletion(job, clock.epochMs());
  // Figures come first, so that a listener of `complete` can read them.
  reportProgress(job, progressOf(job));
  job.outbox.emit({ event: "complete", seconds });
  job.outbox.flush();
}
