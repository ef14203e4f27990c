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
export function sendDhtPort({ control, dhtNode, identity, torrent }: Session): void {
  const port = ownDhtPort(torrent, identity.host);
  if (!dhtNode.isOffered || port === undefined || port === dhtNode.toldPort) return;
  dhtNode.toldPort = port;
  control.port(port);
}

/** Our node has come, or has other ports. */
export function setDhtPorts(worker: PeerWorker, ports: PeerWorker["dhtPorts"]): void {
  worker.dhtPorts = ports;
  for (const { sessions } of worker.torrents.values())
    for (const peer of sessions) sendDhtPort(peer);
}

/** The peer names the port of its node. */
export function readDhtPort(session: Session, port: number): void {
  const { dhtNode, torrent } = session;
  if (!torrent.usesDht || port === 0 || port === dhtNode.port) return;
  dhtNode.port = port;
  reportDhtPort(session);
}

/** The coordinator hears of the peer's node once a minute at most. */
export function reportDhtPort({ dhtNode, phase, rowIndex, torrent, worker }: Session): void {
  const { port } = dhtNode;
  const nowMs = worker.nowMs();
  if (port === undefined || phase !== "open" || nowMs - dhtNode.reportedMs < dhtPortReportMs)
    return;
  dhtNode.reportedMs = nowMs;
  worker.notices.emit("dht-port", { torrent: torrent.id, peer: rowIndex, port });
}
