import type { MessageOf } from "@troupe/actor-runtime";
import type { ApiProtocol } from "@troupe/messages";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { hasContent, type TorrentJob } from "../torrent-job.ts";
import { sendExtensions } from "./extensions.ts";
import { renewModules } from "./load-modules.ts";

/** Replaces the modules of a torrent: a running torrent loads them now, and others at the end of their start. */
export function setModules(
  engine: Pick<Engine, "context" | "hashers" | "hashPool" | "peerWorkers">,
  job: TorrentJob,
  { modules }: MessageOf<ApiProtocol, "set-modules">,
): void {
  const { extensions: before = [] } = job.request.modules ?? {};
  job.request = { ...job.request, modules };
  const { extensions = [] } = modules;
  const isSame =
    before.length === extensions.length && before.every((url, at) => url === extensions[at]);
  if (!isSame) sendExtensions(engine, job);
  if (!hasContent(job) || !job.isRunning) return;
  renewModules(engine, job).catch((error: unknown) => failEngine(engine, job, error));
}
