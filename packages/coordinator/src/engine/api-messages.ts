// Messages of the front that are answered in a line or two: how a torrent is to run, and questions about the whole engine.

import type { MessageOf, ReplyOf } from "@troupe/actor-runtime";
import type { EngineProtocol } from "@troupe/messages";
import type { TorrentJob } from "../torrent/torrent-job.ts";
import type { Engine } from "./base/engine-state.ts";
import { whenFlushed } from "./base/event-outbox.ts";
import { callRecordsForUser } from "./base/records-calls.ts";
import { shutDown, stuckThreads } from "./engine-end.ts";

/** The user wants it to run; `device` is the one that its folder was on a moment ago. */
export function startTorrent(
  _engine: Engine,
  job: TorrentJob,
  { device }: MessageOf<EngineProtocol, "start-torrent">,
): void {
  job.life.start(device === undefined ? undefined : BigInt(device));
}

/** The user wants it to stop. Its events go out before the answer. */
export async function stopTorrent(engine: Pick<Engine, "context">, job: TorrentJob): Promise<{}> {
  await job.life.stop();
  await whenFlushed(engine, job);
  return {};
}

/** The user wants it to keep its connections and to move no pieces. */
export function pauseTorrent(_engine: Engine, job: TorrentJob): void {
  job.life.pause();
}

/** Jobs that the state folder has records of. */
export function listJobs(
  engine: Pick<Engine, "context" | "records">,
  question: MessageOf<EngineProtocol, "list-jobs">,
): Promise<ReplyOf<EngineProtocol, "list-jobs">> {
  return callRecordsForUser(engine, "list-jobs", question);
}

/** Ends the engine for the front, which leaves the threads behind that do not end. */
export async function endForFront(engine: Engine): Promise<ReplyOf<EngineProtocol, "shut-down">> {
  return { left: await shutDown(engine) };
}

/** Threads in a disk call at this moment. */
export function listStuckThreads(engine: Engine): ReplyOf<EngineProtocol, "stuck-threads"> {
  return { threads: stuckThreads(engine) };
}

/** The supervision tree as it is at this moment. */
export async function listActors({
  supervision,
}: Pick<Engine, "supervision">): Promise<ReplyOf<EngineProtocol, "actors">> {
  return { tree: await supervision.supervisor?.status() };
}
