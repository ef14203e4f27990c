// Counts the time of seeding once a second, and stops a torrent that has reached its goals.

import type { GoalValues, SeedGoal } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import { followSuperSeed } from "../super-seeding/handlers.ts";
import { isCompletionNews } from "../lifecycle/run.ts";
import { lifetimeOf } from "../storage/record-updates.ts";
import type { JobWithContent, TorrentJob } from "../torrent-job.ts";
import { reachedGoals, type SeedFigures, type SeedGoals } from "./goal-state.ts";
import { seedingAfter } from "./seeding-time.ts";

type GoalServices = Parameters<typeof followSuperSeed>[0] & Pick<Engine, "context">;

/**
 * Counts the seeding of a torrent in the swarm. A torrent that has reached its goals stops, or does what `goals.action`
 * says, as if its user had done it.
 */
export function pursueGoals(engine: GoalServices, job: JobWithContent): void {
  const nowMs = engine.context.clock.nowMs();
  const uploadedBytes = job.content.traffic.total("uploadedBytes");
  job.seedingTime = seedingAfter(job.seedingTime, {
    nowMs,
    isSeeding: isSeeding(job),
    uploadedBytes,
  });
  const action = job.setting("goals.action");
  const reached = reachedIn(job, nowMs, 0);
  if (action === "none" || reached.length === 0) return;
  job.outbox.emit({ event: "goal-reached", reached, goals: setGoals(goalsOf(job)), action });
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

/** Whether a torrent reaches its goals within these seconds, without more uploads. */
export function isNearGoals(job: JobWithContent, nowMs: number, seconds: number): boolean {
  return reachedIn(job, nowMs, seconds).length > 0;
}

/** The goals that a torrent which seeds on for these seconds has to act on. */
function reachedIn(job: JobWithContent, nowMs: number, seconds: number): SeedGoal[] {
  if (job.seedingTime.lookedAtMs === undefined || !hasGoals(job)) return [];
  // It super-seeds, and stays at its goals.
  if (job.setting("goals.action") === "super-seed" && job.setting("superSeed")) return [];
  const { seedSeconds, idleSeconds, ...figures } = figuresOf(job, nowMs);
  const later = { seedSeconds: seedSeconds + seconds, idleSeconds: idleSeconds + seconds };
  return reachedGoals(goalsOf(job), { ...figures, ...later });
}

function hasGoals(job: TorrentJob): boolean {
  const goal =
    job.setting("goals.ratio") ??
    job.setting("goals.seedSeconds") ??
    job.setting("goals.idleSeconds");
  return goal !== undefined && job.setting("goals.action") !== "none";
}

function goalsOf(job: TorrentJob): SeedGoals {
  return {
    ratio: job.setting("goals.ratio"),
    seedSeconds: job.setting("goals.seedSeconds"),
    idleSeconds: job.setting("goals.idleSeconds"),
    until: job.setting("goals.until"),
  };
}

function setGoals({ ratio, seedSeconds, idleSeconds }: SeedGoals): GoalValues {
  return {
    ...(ratio !== undefined && { ratio }),
    ...(seedSeconds !== undefined && { seedSeconds }),
    ...(idleSeconds !== undefined && { idleSeconds }),
  };
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
