// Holepunching (BEP 55): messages of peers that ask, relay, or refuse to relay. A private torrent takes no part (BEP 27).

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { DialServices } from "../swarm/dial-schedule.ts";
import type { TorrentJob } from "../torrent-job.ts";
import { obeyConnect } from "./obey-connect.ts";
import { relayPeers } from "./relay-peers.ts";
import { punchesHoles, requestPunch } from "./request-punch.ts";

/** A peer offers `ut_holepunch`, or takes its offer back. */
export function holepunchOffered(
  _engine: unknown,
  job: TorrentJob,
  { index }: PeerWorkerHandle,
  { peer, isOffered }: MessageOf<PeerProtocol, "holepunch-offered">,
): void {
  const connected = job.peers.at(index, peer);
  if (connected === undefined) return;
  if (isOffered) connected.punchesHoles = true;
  else delete connected.punchesHoles;
}

/** A message of a peer. */
export function holepunchReceived(
  engine: DialServices,
  job: TorrentJob,
  { index }: PeerWorkerHandle,
  { peer, message }: MessageOf<PeerProtocol, "holepunch-received">,
): void {
  const sender = job.peers.at(index, peer);
  if (sender?.punchesHoles !== true || !punchesHoles(engine, job)) return;
  const { host, kind, port } = message;
  if (kind === "rendezvous") return relayPeers(engine, job, sender, { host, port });
  if (kind === "connect") {
    const hasBegun = obeyConnect(engine, job, sender, { host, port });
    return engine.metrics.holepunches.count(hasBegun ? "begun" : "ignored");
  }
  const request = { torrent: job.id, relay: sender.peerId, host };
  const nowMs = engine.context.clock.nowMs();
  if (!engine.network.holepunch.requests.take(request, nowMs)) return;
  job.tellers.remove(addressKey(host, port), sender.peerId);
  requestPunch(engine, job, host, port);
}
