// The torrents that local discovery announces, and the neighbours that it finds.

import { EngineStep, type TorrentId } from "@troupe/messages";
import type { PeerAddress } from "@troupe/protocol/address";
import { versionOf, wireHashes, type HashVersion } from "@troupe/protocol/identity";
import type { InfoHash } from "@troupe/protocol/units";
import { withBreadcrumb } from "../engine/base/breadcrumb.ts";
import type { Engine } from "../engine/base/engine-state.ts";
import { dialSoon, type DialServices } from "./swarm/dial-schedule.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** A magnet is announced until its metadata says that it is private. */
export function announceLocally({ network }: Pick<Engine, "network">, job: TorrentJob): void {
  if (job.metainfo?.isPrivate === true) return;
  for (const hash of wireHashes(job.identity)) network.localDiscovery?.join(torrentFor(job, hash));
}

/** The torrent leaves the swarm, or is private. */
export function endLocalAnnounces({ network }: Pick<Engine, "network">, job: TorrentJob): void {
  for (const infoHash of wireHashes(job.identity)) network.localDiscovery?.leave({ infoHash });
}

/** Dials a neighbour in this turn: nothing else may find it. A datagram names many torrents. */
export function neighbourFound(
  engine: DialServices,
  { id, version }: { readonly id: TorrentId; readonly version?: HashVersion },
  { host, port }: PeerAddress,
): void {
  const job = engine.torrents.get(id);
  if (job === undefined || !job.isInSwarm) return;
  withBreadcrumb(engine, job, EngineStep.neighbour, () => {
    job.directory.add(host, port, "local-discovery", `local-discovery ${host}`, version);
    dialSoon(engine);
  });
}

/** The parts of a torrent that its announces need; they change as it goes. */
function torrentFor(job: TorrentJob, infoHash: InfoHash) {
  const { id, identity } = job;
  return {
    id,
    infoHash,
    version: versionOf(identity, infoHash),
    get isComplete() {
      return job.isComplete;
    },
  };
}
