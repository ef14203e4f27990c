// Peers that hashes may be asked of (BEP 52): connections that speak version 2.

import { PeerFlag, type AskedHashes, type PeerRow } from "@troupe/messages";
import { nextBit } from "@troupe/protocol/peer";
import type { Engine } from "../../engine/base/engine-state.ts";
import { peerKey, placeOf } from "../metadata/job-magnet.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import type { JobWithContent } from "../torrent-job.ts";
import type { LayerAsk, LayerPeer } from "./layer-fetch.ts";

/** A peer with its pieces. */
interface HashPeer extends LayerPeer {
  readonly peer: ConnectedPeer;
}

/** The peers of a torrent. */
export function* hashPeers({ content, peers }: JobWithContent): Generator<HashPeer, void> {
  for (const peer of peers.connected()) {
    const row = content.traffic.row(peer.worker, peer.rowIndex);
    if (row?.flag(PeerFlag.speaksV2) !== true) continue;
    yield { key: peerKey(peer.worker, peer.rowIndex), peer, hasAnyOf: hasAnyOf(row) };
  }
}

function hasAnyOf({ bitfield }: PeerRow): LayerPeer["hasAnyOf"] {
  return (first, end) => nextBit(bitfield, first, end - 1) !== undefined;
}

/** Asks a peer for hashes. */
export function castAsk(
  engine: Pick<Engine, "peerWorkers">,
  job: JobWithContent,
  { key, file, range }: LayerAsk,
): void {
  const [worker, peer] = placeOf(key);
  const asked: AskedHashes = { torrent: job.id, peer, file, range };
  engine.peerWorkers[worker]?.calls.cast("ask-hashes", asked);
}

/** Pieces can be requested that could not before. */
export function castHashesKnown(
  { peerWorkers }: Pick<Engine, "peerWorkers">,
  { id: torrent }: JobWithContent,
): void {
  for (const peerWorker of peerWorkers) peerWorker.calls.cast("hashes-known", { torrent });
}
