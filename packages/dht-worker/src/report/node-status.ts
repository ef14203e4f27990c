import type { DhtFamilyStatus, DhtStatus } from "@troupe/messages";
import type { DhtWorker } from "../dht-worker.ts";
import type { NodeFamily } from "../node/node-family.ts";

/** The answer to `status`. */
export function describeStatus(worker: DhtWorker): DhtStatus {
  const { families, quests, services } = worker;
  const nowMs = worker.context.clock.nowMs();
  return {
    families: Array.from(families.values(), (family) => describeFamily(family, nowMs)),
    quests: quests.size,
    lookUps: services.queue.active,
    waitingLookUps: services.queue.waiting,
    torrents: services.serving.peers.torrentCount,
    peers: services.serving.peers.peerCount,
    items: services.serving.items.size,
  };
}

function describeFamily({ family, node, maintenance }: NodeFamily, nowMs: number): DhtFamilyStatus {
  const { table, ownId, traffic, address } = node;
  const { connectivity } = maintenance;
  return {
    family,
    ...address,
    id: ownId.id,
    ...(ownId.origin === "address" && { publicHost: ownId.publicHost }),
    state: connectivity.kind,
    ...(connectivity.kind === "empty" && {
      nextBootstrapMs: Math.max(0, connectivity.nextMs - nowMs),
    }),
    nodes: table.size,
    candidates: table.candidates,
    buckets: table.buckets.length,
    queriesInFlight: node.queriesInFlight,
    traffic: { ...traffic },
  };
}
