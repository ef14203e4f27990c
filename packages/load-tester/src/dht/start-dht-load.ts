// Load on a DHT node: makes the nodes of one group, in one generator.

import { codeOf } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { canonicalHost, parseIp } from "@troupe/protocol/address";
import { sha1 } from "@troupe/protocol/bytes";
import { nodeIdFrom, type NodeId } from "@troupe/protocol/dht";
import { groupSeed } from "../requests/group-seed.ts";
import { SocketPool } from "../requests/socket-pool.ts";
import type { LoadParts, StartLoad } from "../generator/load.ts";
import { sourcesOfFamily } from "../trackers/clients/client-addresses.ts";
import { ClientPorts } from "../trackers/clients/tracker-swarms.ts";
import { QueryNode } from "./query-node.ts";
import { DhtLoad } from "./dht-load.ts";

/** Nodes of a group in one generator; further members speak as one of them. */
const maxQueryNodes = 512;
/** Torrents that a group asks for and announces itself to. */
const torrentCount = 256;

/** Makes the load of a group of nodes. Binds their sockets; sends nothing. */
export const startDhtLoad: StartLoad = async (parts) => {
  const { load: spec } = parts.group;
  if (spec.kind !== "dht") throw new Error("bug: the group has no DHT load");
  const { group, ports, share, recorder } = parts;
  const { count } = group;
  const seed = groupSeed(parts.seed, group.name);
  const infoHashes = Array.from({ length: torrentCount }, (_, i) => idOf(`${seed} torrent ${i}`));
  const sockets = new SocketPool(count, share, maxQueryNodes);
  const clientPorts = new ClientPorts(seed);
  const { timeoutMs } = group;
  const common = { ports, spec, seed, count, timeoutMs, recorder };
  const load = new DhtLoad({ ...common, sockets, clientPorts, infoHashes });
  load.attach(await openNodes(parts, { seed, sockets, infoHashes, load }));
  return load;
};

interface Together {
  readonly seed: number;
  readonly sockets: SocketPool;
  readonly infoHashes: readonly NodeId[];
  readonly load: DhtLoad;
}

async function openNodes(
  { ports, target, sourceOf, group }: LoadParts,
  { seed, sockets, infoHashes, load }: Together,
): Promise<readonly QueryNode[]> {
  const host = canonicalHost(target.host);
  const family = parseIp(host)?.length === 16 ? 6 : 4;
  const hostOf = sourcesOfFamily(sourceOf, family);
  const nodes: QueryNode[] = [];
  try {
    for (let socket = 0; socket < sockets.socketCount; socket++) {
      const owner = sockets.ownerOf(socket);
      const infoHash = infoHashes[owner % infoHashes.length] ?? idOf("");
      const node = new QueryNode({
        ...{ ports, family, infoHash, answers: load },
        target: { host, port: target.port },
        id: idOf(`${seed} node ${owner}`),
      });
      nodes.push(node);
      await node.bind(hostOf(owner));
    }
  } catch (error) {
    for (const node of nodes) node.close();
    const code = codeOf(error) ?? String(error);
    const sentence = `cannot open the UDP sockets of group "${group.name}": ${code}`;
    throw new TroupeError("load-socket-not-opened", sentence, { cause: error });
  }
  return nodes;
}

function idOf(text: string): NodeId {
  return nodeIdFrom(sha1(new TextEncoder().encode(text)));
}
