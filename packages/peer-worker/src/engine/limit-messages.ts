import type { MessageOf } from "@troupe/actor-runtime";
import type { LimitRules, PeerProtocol } from "@troupe/messages";

import { refill } from "../download/downloads.ts";
import type { PeerWorker } from "../peer-worker.ts";
import { RateLimits, scopeLimits } from "../rate-limits/rate-limits.ts";
import type { SessionWithContent } from "../session/session.ts";
import type { Torrent } from "../torrent.ts";

/** Replaces the limits of all torrents together, of a group, or of uploads over TCP. */
export function setLimits(
  worker: PeerWorker,
  { group, isForTcp, limits }: MessageOf<PeerProtocol, "set-limits">,
): void {
  // Requests go on as they are: the limit is of uploads.
  if (isForTcp === true)
    return changeLimits(worker, (rateLimits) => rateLimits.setTcpUploads(limits));
  const torrents = [...worker.torrents.values()].filter(
    (torrent) => group === undefined || torrent.group === group,
  );
  changeLimits(worker, (rateLimits) => {
    if (group === undefined) return rateLimits.setEngine(limits);
    setGroup(worker, group, limits);
    for (const torrent of torrents) joinLimits(torrent);
  });
  for (const torrent of torrents) restartRequests(torrent);
}

function setGroup(
  { groupLimits }: PeerWorker,
  group: string,
  limits: SharedArrayBuffer | undefined,
): void {
  if (limits === undefined) groupLimits.delete(group);
  else groupLimits.set(group, scopeLimits(limits));
}

/** Changes what the limits hold for, while no peer waits: its place goes by them. */
export function setLimitRules(worker: PeerWorker, rules: LimitRules): void {
  const apply = (): void => {
    worker.limitRules = rules;
  };
  if (worker.rateLimits === undefined) apply();
  else worker.rateLimits.change(apply);
}

/** Replaces the group and the limits of a torrent. */
export function setTorrentLimits(
  torrent: Torrent,
  { group, limits }: MessageOf<PeerProtocol, "set-torrent-limits">,
): void {
  const { groupLimits } = torrent.worker;
  const isLimited = limits !== undefined || (group !== undefined && groupLimits.has(group));
  if (group === torrent.group && torrent.limits === undefined && !isLimited) return;
  changeLimits(torrent.worker, () => {
    torrent.group = group;
    torrent.ownLimits = limits === undefined ? undefined : scopeLimits(limits);
    joinLimits(torrent);
  });
  restartRequests(torrent);
}

/** Joins the torrent's own limits and those of its group, while no peer waits. */
function joinLimits(torrent: Torrent): void {
  const { group, ownLimits, worker } = torrent;
  const ofGroup = group === undefined ? undefined : worker.groupLimits.get(group);
  const all = [ownLimits, ofGroup].filter((limits) => limits !== undefined);
  torrent.limits =
    all.length === 0
      ? undefined
      : { down: all.map(({ down }) => down), up: all.map(({ up }) => up) };
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
  if (rateLimits?.up.limitsAll === true) return true;
  for (const { limits } of torrents.values()) if (limits !== undefined) return true;
  return false;
}

/** Lets request queues grow as after an unchoke: the former rates say nothing about the new limits. */
function restartRequests({ usedContent, worker }: Torrent): void {
  for (const { downloadIfAny, isSnubbed } of usedContent?.sessions ?? [])
    if (!isSnubbed) downloadIfAny?.pipeline.restart();
  worker.turnEnd.wakeLater();
}
