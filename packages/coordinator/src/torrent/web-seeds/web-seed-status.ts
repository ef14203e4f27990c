import { PeerField, type WebSeedStatus } from "@troupe/messages";
import { peerIdText } from "@troupe/protocol/peer";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";
import type { WebSeed } from "./web-seeds.ts";

/** The web seeds as they are now; none until the metadata is known. */
export function webSeedStatus(job: TorrentJob, nowMs: number): WebSeedStatus[] {
  if (!hasContent(job)) return [];
  return job.content.webSeeds.list.map((seed) => statusOf(job, seed, nowMs));
}

function statusOf(job: JobWithContent, seed: WebSeed, nowMs: number): WebSeedStatus {
  const peer = connectedPeerOf(job, seed);
  const row = peer && job.content.traffic.row(peer.worker, peer.rowIndex);
  const { activity } = seed.state;
  return {
    url: seed.url,
    state: activity.state === "open" ? (peer ? "connected" : "connecting") : activity.state,
    downloadedBytes: row?.field(PeerField.downloadedBytes) ?? 0,
    downBytesPerSecond: Math.round(row?.field(PeerField.downBytesPerSecond) ?? 0),
    ...(activity.state === "resting" && {
      nextInSeconds: Math.max(0, Math.ceil((activity.untilMs - nowMs) / 1_000)),
    }),
    ...("fault" in activity && { error: activity.fault }),
  };
}

function connectedPeerOf(
  { peers }: JobWithContent,
  { peerId }: WebSeed,
): (ConnectedPeer & { readonly rowIndex: number }) | undefined {
  const peer = peers.byPeerId(peerIdText(peerId));
  return peer?.rowIndex === undefined ? undefined : { ...peer, rowIndex: peer.rowIndex };
}
