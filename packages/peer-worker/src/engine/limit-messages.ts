import type { MessageOf } from "@troupe/actor-runtime";
import type { LimitRules, PeerProtocol } from "@troupe/messages";

import { refill } from "../download/downloads.ts";
import type { PeerWorker } from "../peer-worker.ts";
import { RateLimits, torrentLimits } from "../rate-limits/rate-limits.ts";
import type { SessionWithContent } from "../session/session.ts";
import type { Torrent } from "../torrent.ts";

/** Replaces the limits of all torrents together. */
export function setLimits(
  worker: PeerWorker,
  { limits }: MessageOf<PeerProtocol, "set-limits">,
): void {
  changeLimits(worker, (rateLimits) => rateLimits.setEngine(limits));
  for (const torrent of worker.torrents.values()) restartRequests(torrent);
}

/** Changes what the limits hold for, while no peer waits: its place goes by them. */
export function setLimitRules(worker: PeerWorker, rules: LimitRules): void {
  const apply = (): void => {
    worker.limitRules = rules;
  };
  if (worker.rateLimits === undefined) apply();
  else worker.rateLimits.change(apply);
}

/** Replaces the limits of a torrent. */
export function setTorrentLimits(
  torrent: Torrent,
  { limits }: MessageOf<PeerProtocol, "set-torrent-limits">,
): void {
  changeLimits(torrent.worker, () => {
    torrent.limits = limits === undefined ? undefined : torrentLimits(limits);
  });
  restartRequests(torrent);
}

/** Changes the weight of a torrent while none of its peers waits: their places go by it. */
export function setWeight(
  torrent: Torrent,
  { weight }: MessageOf<PeerProtocol, "set-weight">,
): void {
  const apply = (): void => {
    torrent.weight = weight;
  };
  const { rateLimits } = torrent.worker;
  if (rateLimits === undefined) apply();
  else rateLimits.change(apply);
}

function changeLimits(
  worker: PeerWorker,
  apply: (rateLimits: RateLimits<SessionWithContent>) => void,
): void {
  const rateLimits = worker.rateLimits ?? makeRateLimits(worker);
  worker.rateLimits = rateLimits;
  rateLimits.change(() => apply(rateLimits));
  if (!isLimited(worker)) worker.rateLimits = undefined;
}

function makeRateLimits(worker: PeerWorker): RateLimits<SessionWithContent> {
  return new RateLimits<SessionWithContent>(worker.context, {
    down: (session) => {
      session.features.fileReader?.readOn();
      refill(session, worker.nowMs());
    },
    up: (session) => session.content.uploadScheduler.pump(session),
  });
}

function isLimited({ rateLimits, torrents }: PeerWorker): boolean {
  if (rateLimits?.down.limitsAll === true) return true;
  for (const { limits } of torrents.values()) if (limits !== undefined) return true;
  return false;
}

/** Lets request queues grow as after an unchoke: the former rates say nothing about the new limits. */
function restartRequests({ usedContent, worker }: Torrent): void {
  for (const { downloadIfAny, isSnubbed } of usedContent?.sessions ?? [])
    if (!isSnubbed) downloadIfAny?.pipeline.restart();
  worker.turnEnd.wakeLater();
}
