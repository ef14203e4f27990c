// Load on a tracker: makes the clients of one group, in one generator.

import { codeOf } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { LoadParts, StartLoad } from "../generator/load.ts";
import type { TrackerLoadSpec } from "../scenario/scenario.ts";
import { groupSeed } from "../requests/group-seed.ts";
import { SocketPool } from "../requests/socket-pool.ts";
import { SwarmCounts } from "./checks/swarm-counts.ts";
import { TrackerRules } from "./checks/tracker-rules.ts";
import { ClientIds } from "./clients/client-ids.ts";
import { ClientAddresses, sourcesOfFamily, type HostOf } from "./clients/client-addresses.ts";
import { TrackerClients } from "./clients/tracker-clients.ts";
import { ClientPorts, trackerInfoHashes } from "./clients/tracker-swarms.ts";
import { HttpsTransport } from "./http/https-transport.ts";
import { HttpTransport } from "./http/http-transport.ts";
import { trackerAddress, type TrackerAddress } from "./tracker-address.ts";
import { TrackerLoad } from "./tracker-load.ts";
import { maxTrackerSockets, UdpTransport } from "./udp/udp-transport.ts";

/** Makes the load of a group of tracker clients. Binds sockets and resolves the tracker's name; sends nothing. */
export const startTrackerLoad: StartLoad = async (parts) => {
  const { load: spec } = parts.group;
  if (spec.kind !== "tracker") throw new Error("bug: the group has no tracker load");
  const tracker = await trackerAddress(parts.target.url, parts.ports);
  const hostOf = sourcesOfFamily(parts.sourceOf, tracker.family);
  if (tracker.protocol === "udp:") return await startUdpLoad(parts, spec, tracker, hostOf);
  return startHttpLoad(parts, spec, tracker, hostOf);
};

function startHttpLoad(
  parts: LoadParts,
  spec: TrackerLoadSpec,
  { url, protocol, address: target, family }: TrackerAddress,
  hostOf: HostOf,
): TrackerLoad {
  const isSecure = protocol === "https:";
  const { load, ids } = makeLoad(parts, spec, family, isSecure ? () => undefined : hostOf);
  const { ports } = parts;
  const { wanted } = spec;
  const common = { url, ids, wanted, timeoutMs: parts.group.timeoutMs, answers: load };
  if (isSecure) {
    load.attach(new HttpsTransport({ http: ports.http, ...common }));
    return load;
  }
  load.attach(new HttpTransport({ ports, target, hostOf, ...common }));
  return load;
}

async function startUdpLoad(
  parts: LoadParts,
  spec: TrackerLoadSpec,
  tracker: TrackerAddress,
  hostOf: HostOf,
): Promise<TrackerLoad> {
  const { ports, group, share } = parts;
  const sockets = new SocketPool(group.count, share, maxTrackerSockets);
  const hostBehind: HostOf = (member) => hostOf(sockets.addressOwnerOf(member));
  const { load, ids } = makeLoad(parts, spec, tracker.family, hostBehind);
  const { url, address: target, family } = tracker;
  const { wanted } = spec;
  const transportParts = { ports, url, target, family, ids, sockets, wanted, answers: load };
  try {
    load.attach(await UdpTransport.open(transportParts, hostOf));
  } catch (error) {
    const code = codeOf(error) ?? "";
    const sentence = `cannot open the UDP sockets of group "${group.name}": ${code || String(error)}`;
    throw new TroupeError("load-socket-not-opened", sentence, { cause: error });
  }
  return load;
}

/** @param hostOf The address that a tracker sees of each client. */
function makeLoad(
  parts: LoadParts,
  spec: TrackerLoadSpec,
  family: 4 | 6,
  hostOf: HostOf,
): { readonly load: TrackerLoad; readonly ids: ClientIds } {
  const { group, recorder, share } = parts;
  const seed = groupSeed(parts.seed, group.name);
  const { swarms, wanted } = spec;
  const clientPorts = new ClientPorts(seed);
  const counts = new SwarmCounts(group.count, swarms);
  const addresses = new ClientAddresses(group.count, hostOf);
  const clients = new TrackerClients(group.count, seed, spec.seeds, recorder);
  const broken = (rule: string): void => recorder.count("broken_rules", 1, rule);
  const ruled = { counts, ports: clientPorts, addresses, share, swarms, wanted, family, broken };
  const rules = new TrackerRules(ruled);
  const load = new TrackerLoad({ ...parts, spec, seed, clients, counts, rules });
  const hashes = trackerInfoHashes(parts.seed, group.name, swarms);
  return { load, ids: new ClientIds(seed, hashes, clientPorts) };
}
