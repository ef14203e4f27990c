import { PeerField } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import { closePeer } from "./peers.ts";
import type { ConnectedPeer } from "./connected-peers.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** Sets the bound during a run: makes room for more peers, or closes the worst beyond it. */
export function followMaxPeers(engine: Pick<Engine, "peerWorkers">, job: TorrentJob): void {
  if (job.limits.setBound(job.setting("maxPeers"))) makeRoom(engine, job);
  const connected = [...job.peers.connected()].filter(({ isWebSeed }) => !isWebSeed);
  const surplus = connected.length - job.limits.peerLimit;
  if (surplus <= 0) return;
  const worstFirst = connected.toSorted((one, other) => rateOf(job, one) - rateOf(job, other));
  for (const { worker, rowIndex } of worstFirst.slice(0, surplus)) {
    closePeer(engine, job, worker, rowIndex, "over-limit");
  }
}

/** Grows the tables first, because a worker gives a new peer a row at once. */
function makeRoom({ peerWorkers }: Pick<Engine, "peerWorkers">, job: TorrentJob): void {
  job.content?.traffic.growTables();
  if (!job.isInSwarm) return;
  const message = { torrent: job.id, maxPeers: job.limits.rows };
  for (const peerWorker of peerWorkers) peerWorker.calls.cast("set-max-peers", message);
}

/** Payload both ways. */
function rateOf(
  { content }: TorrentJob,
  { worker, rowIndex }: ConnectedPeer & { readonly rowIndex: number },
): number {
  const row = content?.traffic.row(worker, rowIndex);
  if (row === undefined) return 0;
  return row.field(PeerField.downBytesPerSecond) + row.field(PeerField.upBytesPerSecond);
}
