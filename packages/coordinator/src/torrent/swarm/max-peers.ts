import type { MessageOf } from "@troupe/actor-runtime";
import { PeerField, type EngineProtocol } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import { closePeer } from "./peers.ts";
import type { ConnectedPeer } from "./connected-peers.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** Sets the bound during a run, and closes the worst peers beyond it. The tables grow at the next start. */
export function setMaxPeers(
  engine: Pick<Engine, "peerWorkers">,
  job: TorrentJob,
  { maxPeers }: MessageOf<EngineProtocol, "set-max-peers">,
): void {
  job.request = { ...job.request, maxPeers };
  job.limits.peerLimit = Math.min(maxPeers, job.limits.maxPeers);
  const connected = [...job.peers.connected()].filter(({ isWebSeed }) => !isWebSeed);
  const surplus = connected.length - job.limits.peerLimit;
  if (surplus <= 0) return;
  const worstFirst = connected.toSorted((one, other) => rateOf(job, one) - rateOf(job, other));
  for (const { worker, rowIndex } of worstFirst.slice(0, surplus)) {
    closePeer(engine, job, worker, rowIndex, "over-limit");
  }
}

/** Payload both ways. */
function rateOf(
  { content }: TorrentJob,
  { worker, rowIndex }: ConnectedPeer & { readonly rowIndex: number },
): number {
  const fields = content?.traffic.row(worker, rowIndex)?.fields;
  const down = fields?.[PeerField.downBytesPerSecond] ?? 0;
  return down + (fields?.[PeerField.upBytesPerSecond] ?? 0);
}
