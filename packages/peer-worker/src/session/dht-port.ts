// The message PORT (BEP 5): each side names the UDP port of its DHT node, if the other has a node too.

import { dhtPortReportMs } from "../limits.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { Torrent } from "../torrent.ts";
import type { Session } from "./session.ts";

/** Our node's port for a peer of this address; undefined without a node there, and for a private torrent. */
export function ownDhtPort(
  { usesDht, worker }: Pick<Torrent, "usesDht" | "worker">,
  host: string,
): number | undefined {
  if (!usesDht) return undefined;
  return host.includes(":") ? worker.dhtPorts.ipv6 : worker.dhtPorts.ipv4;
}

/** Tells a peer with a node the port of ours, once, and again when the port has changed. */
export function sendDhtPort({ features, identity, torrent, wire }: Session): void {
  const port = ownDhtPort(torrent, identity.host);
  const { dhtNodeIfAny: dhtNode } = features;
  if (dhtNode?.isOffered !== true || port === undefined || port === dhtNode.sentPort) return;
  dhtNode.sentPort = port;
  wire.control.port(port);
}

/** Our node has come, or has other ports. */
export function setDhtPorts(worker: PeerWorker, ports: PeerWorker["dhtPorts"]): void {
  worker.dhtPorts = ports;
  for (const { sessions } of worker.torrents.values())
    for (const peer of sessions) sendDhtPort(peer);
}

/** The peer names the port of its node. */
export function readDhtPort(session: Session, port: number): void {
  const { features, torrent } = session;
  if (!torrent.usesDht || port === 0 || port === features.dhtNodeIfAny?.port) return;
  features.dhtNode.port = port;
  reportDhtPort(session);
}

/** The engine hears of the peer's node once a minute at most. */
export function reportDhtPort({ features, rowIndex, torrent, wire, worker }: Session): void {
  const { dhtNodeIfAny: dhtNode } = features;
  const nowMs = worker.nowMs();
  if (dhtNode?.port === undefined || wire.phase !== "open") return;
  if (nowMs - dhtNode.reportedMs < dhtPortReportMs) return;
  dhtNode.reportedMs = nowMs;
  worker.notices.emit("dht-port", { torrent: torrent.id, peer: rowIndex, port: dhtNode.port });
}
