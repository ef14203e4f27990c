// Counts the time of seeding once a second, and stops a torrent that has reached its goals.

import { settingsIn, type TorrentSettings } from "@troupe/control";
import type { Engine } from "../../engine/base/engine-state.ts";
import { isCompletionNews } from "../lifecycle/run.ts";
import { lifetimeOf } from "../storage/record-updates.ts";
import type { JobWithContent } from "../torrent-job.ts";
import { reachedGoals, type SeedFigures } from "./goal-state.ts";
import { seedingAfter } from "./seeding-time.ts";

/**
 * Counts the seeding of a torrent in the swarm. A torrent that has reached its goals stops as if its user had stopped
 * it.
 */
export function pursueGoals(engine: Pick<Engine, "context">, job: JobWithContent): void {
  const { settings } = job.request;
  const nowMs = engine.context.clock.nowMs();
  const uploadedBytes = job.content.traffic.total("uploadedBytes");
  job.seedingTime = seedingAfter(job.seedingTime, {
    nowMs,
    isSeeding: isSeeding(job),
    uploadedBytes,
  });
  if (!hasGoals(settings) || job.seedingTime.lookedAtMs === undefined) return;
  const reached = reachedGoals(settingsIn(settings, "goals"), figuresOf(job, nowMs));
  if (reached.length === 0) return;
  job.outbox.emit({ event: "goal-reached", reached });
  void job.life.stop();
}

/** Whether a torrent stops at a goal. */
export function hasGoals(settings: TorrentSettings): boolean {
  const { "goals.ratio": ratio, "goals.seedSeconds": seed, "goals.idleSeconds": idle } = settings;
  return ratio !== undefined || seed !== undefined || idle !== undefined;
}

/** Whether the torrent is complete, and this was reported. */
function isSeeding(job: JobWithContent): boolean {
  const { ledger } = job.content;
  const isReported = !isCompletionNews(job.life.run, ledger.isSeed);
  return job.state === "active" && ledger.isComplete && isReported;
}

function figuresOf(job: JobWithContent, nowMs: number): SeedFigures {
  const { downloadedBytes, uploadedBytes, seedSeconds } = lifetimeOf(job);
  const idleSeconds = (nowMs - job.seedingTime.activeAtMs) / 1000;
  const { haveBytes } = job.content.ledger;
  return { downloadedBytes, uploadedBytes, haveBytes, seedSeconds, idleSeconds };
}
