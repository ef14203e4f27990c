import type { MessageOf } from "@troupe/actor-runtime";
import type { EngineProtocol } from "@troupe/messages";
import type { TorrentJob } from "../torrent-job.ts";

/** Replaces the modules of a torrent. */
export function setModules(
  _engine: unknown,
  job: TorrentJob,
  { modules }: MessageOf<EngineProtocol, "set-modules">,
): void {
  job.request = { ...job.request, modules };
}
