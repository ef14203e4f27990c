// Admits and queues torrents by the plan: once a second, and when a torrent has been checked or begins to seek its
// metadata. Torrents that are stopped, paused, at rest with an error or only checked are not in the queue.

import { EngineStep } from "@troupe/messages";
import { isKept } from "../../kept-torrents.ts";
import { withBreadcrumb } from "../../engine/base/breadcrumb.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { leftWithoutSuspects } from "../checks/suspect-pieces.ts";
import { isChecked, isCompletionNews, isInQueue, isInSwarm, type Run } from "../lifecycle/run.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";
import { weightOf } from "../weight.ts";
import { firstPace, nextPace, type Pace } from "./pace.ts";
import { changesOf, mayJoin, type QueuedTorrent, type QueueLimits } from "./queue-plan.ts";

type QueueServices = Pick<Engine, "context" | "queue" | "torrents">;

interface QueuedJob extends QueuedTorrent {
  readonly job: TorrentJob;
}

/**
 * Admits waiting torrents while there are places, and queues running torrents beyond the limits; called once a second.
 *
 * @param changing Without limits, the torrents whose pace may have changed.
 */
export function runQueue(
  engine: QueueServices,
  changing: Iterable<TorrentJob> = engine.torrents.values(),
): void {
  const { limits } = engine.queue;
  const nowMs = engine.context.clock.nowMs();
  // Limits may come later, and slow torrents do not count.
  const seen = limits === undefined ? changing : engine.torrents.values();
  for (const job of seen) updateInput(job, nowMs);
  if (limits === undefined) return;
  const { queued, admitted } = changesOf([...queueOf(engine)], limits);
  for (const { job } of queued) {
    // The user and the trackers hear of the torrent's completion first.
    if (hasContent(job) && isCompleting(job)) continue;
    withBreadcrumb(engine, job, EngineStep.tick, () =>
      job.life.dispatch({ event: "queued", isComplete: false }),
    );
  }
  for (const { job } of admitted) {
    withBreadcrumb(engine, job, EngineStep.tick, () => job.life.dispatch({ event: "admitted" }));
  }
}

/** Gives a checked torrent a place. @returns Whether a place was free. */
export function takePlace(engine: QueueServices, job: JobWithContent): boolean {
  const { limits } = engine.queue;
  if (limits === undefined || !takesPart(job)) return true;
  const isWhole = leftWithoutSuspects(job.content).pieces === 0;
  job.queueInput.kind = isWhole ? "seeds" : "downloads";
  if (!hasPlace(engine, job, limits)) return false;
  job.life.dispatch({ event: "admitted" });
  return true;
}

/** Whether a torrent without metadata may seek it now. */
export function maySeek(engine: QueueServices, job: TorrentJob): boolean {
  const { limits } = engine.queue;
  return limits === undefined || !takesPart(job) || hasPlace(engine, job, limits);
}

function hasPlace(engine: QueueServices, job: TorrentJob, limits: QueueLimits): boolean {
  return mayJoin(entryOf(job), queueOf(engine, job), limits);
}

/** The torrents that have a place, or wait for a place. @param except A torrent to leave out. */
function* queueOf(
  { torrents }: Pick<Engine, "torrents">,
  except?: TorrentJob,
): Generator<QueuedJob> {
  for (const job of torrents.values()) {
    if (job !== except && takesPart(job) && isInQueue(job.life.run)) yield entryOf(job);
  }
}

function takesPart({ request, life }: TorrentJob): boolean {
  return isKept(request.mode) && !life.value.wish.paused;
}

function entryOf(job: TorrentJob): QueuedJob {
  const [rank, isForced] = [job.setting("queueRank"), job.setting("forced")];
  const { kind, pace } = job.queueInput;
  const place = placeOf(job.life.run, pace);
  return { job, kind, place, rank, weight: weightOf(job), id: job.id, isForced };
}

function placeOf({ state }: Run, { isSlow }: Pace): QueuedTorrent["place"] {
  if (state === "queued") return "waiting";
  if (state === "stopping") return "closing";
  return isSlow ? "slow" : "running";
}

function updateInput(job: TorrentJob, nowMs: number): void {
  const { queueInput: input } = job;
  if (hasContent(job) && isChecked(job.life.run) && !job.content.checks.isGoingOn) {
    // A download becomes a seed when its completion is reported. A torrent that starts as a seed is a seed before that.
    const isSeed = job.isComplete && (input.kind === "seeds" || !isCompleting(job));
    input.kind = isSeed ? "seeds" : "downloads";
  }
  input.pace = isInSwarm(job.life.run) ? nextPace(input.pace, rateOf(job), nowMs) : firstPace;
}

/** Whether all wanted pieces are had, but the completion is not reported yet: files are still being made or moved. */
function isCompleting({ content: { ledger }, life: { run } }: JobWithContent): boolean {
  return ledger.isComplete && isCompletionNews(run, ledger.isSeed);
}

/** Payload of the last second in the direction that counts. */
function rateOf({ content, queueInput }: TorrentJob): number {
  if (content === undefined) return 0;
  const { downBytesPerSecond, upBytesPerSecond } = content.traffic.rates;
  return queueInput.kind === "seeds" ? upBytesPerSecond : downBytesPerSecond;
}
