import type { MessageOf, ReplyOf } from "@troupe/actor-runtime";
import type { ApiProtocol } from "@troupe/messages";
import type { TorrentJob } from "../torrent/torrent-job.ts";
import type { Engine } from "./base/engine-state.ts";
import { callRecordsForUser } from "./base/records-calls.ts";

/** The user starts the torrent. `device`: where its folder was just seen. */
export function startTorrent(
  _engine: unknown,
  job: TorrentJob,
  { device }: MessageOf<ApiProtocol, "start-torrent">,
): void {
  job.life.start(device === undefined ? undefined : BigInt(device));
}

/** The user stops the torrent. Events are sent before the reply. */
export async function stopTorrent(_engine: unknown, job: TorrentJob): Promise<{}> {
  await job.life.stop();
  await job.outbox.whenFlushed();
  return {};
}

/** Connections stay, and no pieces move. */
export function pauseTorrent(_engine: unknown, job: TorrentJob): void {
  job.life.pause();
}

/** Jobs with a record in the state folder. */
export function listJobs(
  engine: Pick<Engine, "context" | "records">,
  question: MessageOf<ApiProtocol, "list-jobs">,
): Promise<ReplyOf<ApiProtocol, "list-jobs">> {
  return callRecordsForUser(engine, "list-jobs", question);
}
