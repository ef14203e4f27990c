// The torrents that local discovery announces, and the neighbours that it finds.

import { EngineStep, type TorrentId } from "@troupe/messages";
import type { PeerAddress } from "@troupe/protocol/address";
import { withBreadcrumb } from "../engine/base/breadcrumb.ts";
import type { Engine } from "../engine/base/engine-state.ts";
import { dialSoon, type DialServices } from "./swarm/dial-schedule.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** A magnet is announced until its metadata says that it is private. */
export function announceLocally({ network }: Pick<Engine, "network">, job: TorrentJob): void {
  if (job.metainfo?.isPrivate !== true) network.localDiscovery?.join(job);
}

/** The torrent leaves the swarm, or is private. */
export function endLocalAnnounces({ network }: Pick<Engine, "network">, job: TorrentJob): void {
  network.localDiscovery?.leave(job);
}

/** Dials a neighbour in this turn: nothing else may find it. A datagram names many torrents. */
export function neighbourFound(
  engine: DialServices,
  torrent: TorrentId,
  { host, port }: PeerAddress,
): void {
  const job = engine.torrents.get(torrent);
  if (job === undefined || !job.isInSwarm) return;
  withBreadcrumb(engine, job, EngineStep.neighbour, () => {
    job.directory.add(host, port, "local-discovery", `local-discovery ${host}`);
    dialSoon(engine);
  });
}
