import type { HolepunchMessage } from "@troupe/protocol/peer";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** Sends a message of `ut_holepunch` to a peer that is open. */
export function sendHolepunch(
  { peerWorkers }: Pick<Engine, "peerWorkers">,
  { id }: TorrentJob,
  { rowIndex, worker }: Pick<ConnectedPeer, "rowIndex" | "worker">,
  message: HolepunchMessage,
): void {
  if (rowIndex === undefined) return;
  peerWorkers[worker]?.calls.cast("send-holepunch", { torrent: id, peer: rowIndex, message });
}
