// Traces of peers: the peer-worker of a peer writes its messages as text.

import type { MessageOf } from "@troupe/actor-runtime";
import { addressKey } from "@troupe/protocol/address";
import type { ApiProtocol, CallRefusal, PeerProtocol } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** Begins a trace of a connected peer. */
export function tracePeer(
  { peerWorkers }: Pick<Engine, "peerWorkers">,
  { id: torrent, name, peers }: TorrentJob,
  { trace, host, port }: MessageOf<ApiProtocol, "trace-peer">,
): {} | CallRefusal {
  for (const peer of peers.connected()) {
    if (peer.host !== host || peer.port !== port) continue;
    const message = { torrent, trace, peer: peer.rowIndex };
    peerWorkers[peer.worker]?.calls.cast("start-trace", message);
    return {};
  }
  const message = `cannot trace ${addressKey(host, port)}: it is no connected peer of ${name}`;
  return { refused: "peer-not-connected", message };
}

/** Ends a trace, in whatever worker it is. */
export function endTrace(
  { peerWorkers }: Pick<Engine, "peerWorkers">,
  { id: torrent }: TorrentJob,
  { trace }: MessageOf<ApiProtocol, "end-trace">,
): void {
  for (const { calls } of peerWorkers) calls.cast("end-trace", { torrent, trace });
}

/** Passes the text of a trace to the program. */
export function wireTraced(
  _engine: unknown,
  { outbox }: TorrentJob,
  _peerWorker: PeerWorkerHandle,
  { trace, text, isOver }: MessageOf<PeerProtocol, "wire-traced">,
): void {
  outbox.emit({ event: "wire-traced", trace, text, isOver });
}
