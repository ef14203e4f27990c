// The relay of two peers that routers hide from each other: both are told to connect at the same time (BEP 55).

import { classifyAddress, type PeerAddress } from "@troupe/protocol/address";
import { HolepunchCode } from "@troupe/protocol/peer";
import { listenPortOf } from "../peer-exchange/nameable-peers.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import type { TorrentJob } from "../torrent-job.ts";
import type { HolepunchServices } from "./request-punch.ts";
import { sendHolepunch } from "./send-holepunch.ts";

/** A peer asks for a peer at the address. */
export function relayPeers(
  engine: HolepunchServices,
  job: TorrentJob,
  asker: ConnectedPeer,
  { host, port }: PeerAddress,
): void {
  const { network } = engine;
  const own = udpAddressOf(asker);
  if (own === undefined || !network.holepunch.relays.take(engine.context.clock.nowMs())) return;
  const target = targetOf(job, asker, { host, port });
  if ("code" in target) {
    engine.metrics.holepunches.count("not-relayed");
    sendHolepunch(engine, job, asker, { kind: "error", host, port, code: target.code });
    return;
  }
  engine.metrics.holepunches.count("relayed");
  sendHolepunch(engine, job, target.peer, { kind: "connect", ...own });
  sendHolepunch(engine, job, asker, { kind: "connect", ...target.address });
}

/** The peer at the address, or why it is not connected. */
function targetOf(
  job: TorrentJob,
  asker: ConnectedPeer,
  { host, port }: PeerAddress,
): { readonly peer: ConnectedPeer; readonly address: PeerAddress } | { readonly code: number } {
  const scope = classifyAddress(host);
  // A peer of the internet hears nothing of the local network, nor the other way round.
  if (port === 0 || scope !== classifyAddress(asker.host))
    return { code: HolepunchCode.noSuchPeer };
  if (job.directory.isOwn(host, port)) return { code: HolepunchCode.noSelf };
  const peer = peerAt(job, host, port);
  if (peer === undefined) return { code: HolepunchCode.notConnected };
  if (peer === asker) return { code: HolepunchCode.noSelf };
  const address = udpAddressOf(peer);
  if (peer.punchesHoles !== true || address === undefined) return { code: HolepunchCode.noSupport };
  return { peer, address };
}

/** The open peer that listens at the address, or that we see at it over uTP. */
function peerAt({ peers }: TorrentJob, host: string, port: number): ConnectedPeer | undefined {
  for (const peer of peers.connected()) {
    if (peer.host !== host || peer.isWebSeed) continue;
    if (listenPortOf(peer) === port || udpAddressOf(peer)?.port === port) return peer;
  }
  return undefined;
}

/** Over uTP a peer sends from its listen port, as its router shows it; over TCP its listen port is as good as any. */
function udpAddressOf(peer: ConnectedPeer): PeerAddress | undefined {
  const { host, kind } = peer;
  const port = kind?.transport === "utp" ? peer.port : listenPortOf(peer);
  return port === undefined ? undefined : { host, port };
}
