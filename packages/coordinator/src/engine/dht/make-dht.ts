import { join } from "node:path";
import { PatientRef, type Context } from "@troupe/actor-runtime";
import type { DhtProtocol, DhtSettings, EngineOptions } from "@troupe/messages";
import { dhtPeersFound, usesDht, warnDhtOff } from "../../torrent/dht-peers.ts";
import { databaseFile } from "../../state-database.ts";
import type { Engine, EngineContext } from "../base/engine-state.ts";
import { tellDhtPorts } from "./dht-ports.ts";
import { DhtRecords, withoutIds } from "./dht-records.ts";
import { DhtService } from "./dht-service.ts";

/** The DHT node of an engine, which does not run yet. */
export function makeDht(
  context: EngineContext & Pick<Context, "ref">,
  { identity, ports, stateDirectory }: EngineOptions,
  settings: DhtSettings,
  engine: () => Engine,
): DhtService {
  const database = stateDirectory === undefined ? undefined : join(stateDirectory, databaseFile);
  const records = new DhtRecords(engine, database);
  return new DhtService({
    context,
    settings,
    node: new PatientRef(context.ref<DhtProtocol>("dht"), context),
    startNode: async () => engine().supervision.supervisor?.startChild("dht"),
    records: identity.keepsNodeId ? records : withoutIds(records),
    listening: () => {
      const { network, peerWorkers } = engine();
      const { hosts, port, proxyLimits } = network;
      // The relay of a proxy has a port of its own, which others are not told.
      if (proxyLimits !== undefined) return { hosts, port, ports: [0], isPortShared: false };
      return { hosts, port, ports, isPortShared: peerWorkers.length > 0 };
    },
    present: () => {
      const { ipFilter, publicPort } = engine().network;
      return {
        ipFilter: ipFilter.memory,
        version: identity.dhtVersion,
        ...(publicPort !== 0 && { publicPort }),
      };
    },
    found: (torrent, node, peers) => dhtPeersFound(engine(), torrent, node, peers),
    portsChanged: (ports) => portsChanged(engine(), ports),
    turnedOff: (reason) => warnTorrents(engine(), reason),
  });
}

function portsChanged(engine: Engine, ports: DhtService["ports"]): void {
  if (ports.ipv4 !== undefined) engine.network.portMapping.setUdpPort(ports.ipv4);
  engine.context.emit("dht-ports", ports);
  tellDhtPorts(engine);
}

function warnTorrents(engine: Engine, reason: string): void {
  for (const job of engine.torrents.values()) {
    if (job.isInSwarm && usesDht(engine, job)) warnDhtOff(job, reason);
  }
}
