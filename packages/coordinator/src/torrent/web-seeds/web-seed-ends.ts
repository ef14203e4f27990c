// The ends of web seeds: openings that ended or failed, files that the server does not give, data that crashes threads.

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol, TorrentFault } from "@troupe/messages";
import { cleanText } from "@troupe/protocol/text";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { ConnectionServices } from "../swarm/connection-quotas.ts";
import type { JobWithContent, TorrentJob } from "../torrent-job.ts";
import { closeWebSeed, tendWebSeeds } from "./web-seed-schedule.ts";
import type { WebSeed } from "./web-seeds.ts";

type Services = ConnectionServices & Pick<Engine, "context">;

/** Files that a web seed may lack; with more it is turned off, or rests if some of them rest. Each costs an opening. */
export const mostMissingFiles = 100;
const longestMessage = 500;
/** Ends that say nothing about the server. */
const ownReasons: ReadonlySet<string> = new Set([
  "both-seeds",
  "closed",
  "file-rested",
  "not-needed",
  "torrent-closed",
]);

/** An opening has ended, or failed. */
export function webSeedClosed(
  engine: Services,
  job: JobWithContent,
  { index }: PeerWorkerHandle,
  {
    seed: opening,
    code,
    message,
    retryAfterMs,
    missingFile,
    restingFile,
  }: MessageOf<PeerProtocol, "web-seed-closed">,
): void {
  const seed = job.content.webSeeds.openAt(index, opening);
  if (seed === undefined) return;
  const fault = { code, message: cleanText(message, longestMessage) };
  if (missingFile !== undefined || restingFile !== undefined) {
    if (missingFile !== undefined) seed.lackedFiles.addMissing(missingFile, fault.message);
    else if (restingFile !== undefined) refuse(engine, job, seed, restingFile, fault.message);
    withoutFile(engine, job, seed, fault);
    tendWebSeeds(engine, job);
  } else if (ownReasons.has(code)) seed.dispatch({ event: "released" });
  else webSeedFailed(engine, job, seed, fault, retryAfterMs);
}

function webSeedFailed(
  { context }: Services,
  job: JobWithContent,
  seed: WebSeed,
  fault: TorrentFault,
  retryAfterMs?: number,
): void {
  const nowMs = context.clock.nowMs();
  seed.dispatch({ event: "failed", fault, retryAfterMs, isAlone: isAlone(job), nowMs });
  if (seed.state.failures === 1) reportFailure(job, seed, fault.message);
}

function refuse(
  { context }: Services,
  job: JobWithContent,
  { lackedFiles }: WebSeed,
  file: number,
  why: string,
): void {
  lackedFiles.addRefused(file, why, isAlone(job), context.clock.nowMs());
}

/** Without a peer, and without another open web seed: a long rest would cost time, and a short one costs only its server. */
function isAlone({ peers }: JobWithContent): boolean {
  return peers.isEmpty;
}

/** Two threads have crashed at its data. */
export function turnOffWebSeed(
  engine: Pick<Engine, "peerWorkers">,
  job: JobWithContent,
  seed: WebSeed,
  message: string,
): void {
  seed.dispatch({ event: "turned-off", fault: { code: "quarantined", message } });
  reportOff(job, seed);
  closeWebSeed(engine, job, seed, "quarantined");
}

/** Warns of a web seed that is not used any more. */
export function reportOff(job: TorrentJob, { url, state: { activity } }: WebSeed): void {
  if (activity.state !== "off") return;
  const message = `web seed ${hostOf(url)} is not used any more: ${activity.fault.message}`;
  job.outbox.emit({ event: "warning", code: "web-seed-off", message });
}

function reportFailure(job: TorrentJob, { url }: WebSeed, why: string): void {
  const message = `web seed ${hostOf(url)} does not answer as it should and is tried again later: ${why}`;
  job.outbox.emit({ event: "warning", code: "web-seed-failed", message });
}

/** The URL may hold a key. */
function hostOf(url: string): string {
  return new URL(url).host;
}

/** Its other files are asked for. */
function withoutFile(
  engine: Services,
  job: JobWithContent,
  seed: WebSeed,
  fault: TorrentFault,
): void {
  const { lackedFiles } = seed;
  const nowMs = engine.context.clock.nowMs();
  const lacked = lackedFiles.at(nowMs);
  const isWithoutFiles = !hasAnyFile(job, lacked);
  if (!isWithoutFiles && lacked.length <= mostMissingFiles) {
    seed.dispatch({ event: "released" });
  } else if (lackedFiles.nextRestedMs(nowMs) < Infinity) {
    lackedFiles.endRests();
    webSeedFailed(engine, job, seed, fault);
  } else {
    const message = isWithoutFiles
      ? `none of the files can be taken from it: ${fault.message}`
      : `it lacks more than ${mostMissingFiles} files`;
    seed.dispatch({ event: "turned-off", fault: { code: "files-missing", message } });
    reportOff(job, seed);
  }
}

function hasAnyFile(
  { content: { metainfo } }: JobWithContent,
  lackedFiles: readonly number[],
): boolean {
  const lacked = new Set(lackedFiles);
  return metainfo.files.some(
    ({ lengthBytes, isPadding }, file) => lengthBytes > 0 && !isPadding && !lacked.has(file),
  );
}
