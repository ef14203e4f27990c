// The extensions of a torrent that are modules: they run in the peer-workers.

import type { MessageOf } from "@troupe/actor-runtime";
import type { ExtensionModules, ExtensionNews, PeerProtocol } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { TorrentJob } from "../torrent-job.ts";
import { shapeOf } from "./torrent-shape.ts";

/** For a peer-worker. */
export function extensionsOf(job: TorrentJob): { readonly extensions?: ExtensionModules } {
  const { extensions: urls = [] } = job.request.modules ?? {};
  return urls.length === 0 ? {} : { extensions: { urls, torrent: shapeOf(job) } };
}

/** The list of a torrent has changed; a torrent outside of the swarm loads it when it joins. */
export function sendExtensions(
  { peerWorkers }: Pick<Engine, "peerWorkers">,
  job: TorrentJob,
): void {
  if (!job.isInSwarm) return;
  const message: MessageOf<PeerProtocol, "set-extensions"> = {
    torrent: job.id,
    ...extensionsOf(job),
  };
  for (const { calls, ref } of peerWorkers)
    if (ref.peer !== undefined) calls.cast("set-extensions", message);
}

/** A module cannot be used. A module that was replaced meanwhile fails nothing. */
export function extensionFailed(
  _engine: unknown,
  job: TorrentJob,
  _peerWorker: PeerWorkerHandle,
  { url, message }: ExtensionNews,
): void {
  const isPresent = job.request.modules?.extensions?.includes(url) === true;
  if (isPresent) job.life.fail({ code: "strategy-failed", message });
}

/** A handler of a module threw, which has cost a connection at most. */
export function extensionThrew(
  _engine: unknown,
  job: TorrentJob,
  _peerWorker: PeerWorkerHandle,
  { message }: ExtensionNews,
): void {
  job.outbox.emit({ event: "warning", code: "extension-failed", message });
}
