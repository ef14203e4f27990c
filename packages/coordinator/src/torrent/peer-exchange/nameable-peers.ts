import { PeerFlag, PeerWord } from "@troupe/messages";
import { classifyAddress, parseIp } from "@troupe/protocol/address";
import { PexFlag, type PexPeer } from "@troupe/protocol/peer";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** The parts of the engine that know of bad addresses. */
export type NamingServices = Pick<Engine, "context" | "network" | "supervision">;

type OpenPeer = ConnectedPeer & { readonly rowIndex: number };

/** The connected peers that may be named to others: their listen port is known, and no rule is against them. */
export function* nameablePeers(engine: NamingServices, job: TorrentJob): Generator<PexPeer> {
  for (const peer of job.peers.connected()) {
    const { host } = peer;
    const port = listenPortOf(peer);
    if (port === undefined || isKeptBack(engine, job, host, port)) continue;
    yield { host, port, flags: flagsOf(job, peer) };
  }
}

/** A peer that we dialled listens where we dialled it; one that dialled us, where it says. A web seed is no peer. */
export function listenPortOf(peer: ConnectedPeer): number | undefined {
  const { isIncoming, isWebSeed, listenPort, port } = peer;
  if (isWebSeed) return undefined;
  return isIncoming ? listenPort : port;
}

/** Our own addresses, and those that we do not dial ourselves. */
function isKeptBack(
  { context, network, supervision }: NamingServices,
  { directory }: TorrentJob,
  host: string,
  port: number,
): boolean {
  const nowMs = context.clock.nowMs();
  if (parseIp(host) === undefined || classifyAddress(host) === "refused") return true;
  if (directory.isOwn(host, port) || directory.isBanned(host, port, nowMs)) return true;
  return network.ipFilter.has(host) || supervision.quarantine.has(host, port, nowMs);
}

function flagsOf(job: TorrentJob, peer: OpenPeer): number {
  const punchesHoles = peer.punchesHoles === true;
  // The extension needs uTP.
  const hasUtp = punchesHoles || peer.kind?.transport === "utp";
  const isEncrypted = peer.kind !== undefined && peer.kind.encryption !== "none";
  return (
    (isEncrypted ? PexFlag.prefersEncryption : 0) |
    (hasUtp ? PexFlag.supportsUtp : 0) |
    (punchesHoles ? PexFlag.supportsHolepunch : 0) |
    (isSeed(job, peer) ? PexFlag.isSeed : 0) |
    (peer.isIncoming ? 0 : PexFlag.isReachable) |
    (peer.version === "v1" ? 0 : PexFlag.speaksV2)
  );
}

/** A seed, or a peer that says that it downloads nothing more (BEP 21). */
function isSeed({ content }: TorrentJob, { worker, rowIndex }: OpenPeer): boolean {
  const row = content?.traffic.row(worker, rowIndex);
  if (content === undefined || row === undefined) return false;
  const { pieceCount } = content.metainfo.geometry;
  return row.word(PeerWord.haveCount) === pieceCount || row.flag(PeerFlag.isUploadOnly);
}
