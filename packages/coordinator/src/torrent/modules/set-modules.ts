import type { MessageOf } from "@troupe/actor-runtime";
import type { EngineProtocol } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { TorrentJob } from "../torrent-job.ts";
import { sendExtensions } from "./extensions.ts";

/** Replaces the modules of a torrent. */
export function setModules(
  engine: Pick<Engine, "peerWorkers">,
  job: TorrentJob,
  { modules }: MessageOf<EngineProtocol, "set-modules">,
): void {
  const before = job.request.modules?.extensions ?? [];
  job.request = { ...job.request, modules };
  const { extensions = [] } = modules;
  const isSame =
    before.length === extensions.length && before.every((url, at) => url === extensions[at]);
  if (!isSame) sendExtensions(engine, job);
}
