// Counts the time of seeding once a second, and stops a torrent that has reached its goals.

import { settingsIn, type TorrentSettings } from "@troupe/control";
import type { Engine } from "../../engine/base/engine-state.ts";
import { followSuperSeed } from "../super-seeding/handlers.ts";
import { isCompletionNews } from "../lifecycle/run.ts";
import { lifetimeOf } from "../storage/record-updates.ts";
import type { JobWithContent } from "../torrent-job.ts";
import { reachedGoals, type SeedFigures } from "./goal-state.ts";
import { seedingAfter } from "./seeding-time.ts";

type GoalServices = Parameters<typeof followSuperSeed>[0] & Pick<Engine, "context">;

/**
 * Counts the seeding of a torrent in the swarm. A torrent that has reached its goals stops, or does what `goals.action`
 * says, as if its user had done it.
 */
export function pursueGoals(engine: GoalServices, job: JobWithContent): void {
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
  const action = job.setting("goals.action");
  // It super-seeds, and stays at its goals.
  if (action === "super-seed" && job.setting("superSeed")) return;
  job.outbox.emit({ event: "goal-reached", reached, action });
  if (action === "pause") job.life.pause();
  else if (action === "super-seed") superSeed(engine, job);
  // The program removes it.
  else void job.life.stop();
}

function superSeed(engine: GoalServices, job: JobWithContent): void {
  const settings = { ...job.request.settings, superSeed: true };
  job.request = { ...job.request, settings };
  followSuperSeed(engine, job);
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
