import type { MessageOf } from "@troupe/actor-runtime";
import { limitsIn, type EngineProtocol } from "@troupe/messages";
import { changeSettings } from "../../torrent/storage/record-updates.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";
import type { Engine } from "../base/engine-state.ts";

/** Replaces the rate limits of a torrent, and records them. */
export function setTorrentLimits(
  { rates }: Pick<Engine, "rates">,
  job: TorrentJob,
  { limits }: MessageOf<EngineProtocol, "set-limits">,
): void {
  changeSettings(job, { limits });
  rates.setTorrent(job.id, limitsIn(limits));
}
