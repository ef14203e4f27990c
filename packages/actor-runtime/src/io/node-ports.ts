import type { Datagrams } from "../ports/datagrams.ts";
import type { Http } from "../ports/http.ts";
import type { Folders } from "../ports/folders.ts";
import { defaultNetworkRules } from "./network/default-rules.ts";
import type { NetworkRules } from "../ports/network-rules.ts";
import type { Ports } from "../ports/ports.ts";
import type { Address } from "../ports/sockets.ts";
import type { FolderProbe } from "./disk/folder-probe.ts";
import { compileForSpeed } from "./system/compile-for-speed.ts";
import { nodeClock } from "./system/node-clock.ts";
import { nodeInterfaces } from "./network/node-interfaces.ts";
import { nodeDisk } from "./disk/node-disk.ts";
import { nodeModules } from "./system/node-modules.ts";
import { NodeRandom } from "./system/node-random.ts";
import { sha1 } from "./system/node-sha1.ts";
import { NodeSockets } from "./network/node-sockets.ts";
import { nodeTimers } from "./system/node-timers.ts";
import { httpOnDemand, webOnDemand } from "./on-demand.ts";
import { boundNodePorts } from "./bound-node-ports.ts";
import { throughProxy } from "../proxy/through-proxy.ts";
import type { ProxyAccess } from "../proxy/proxy-access.ts";
import type { DnsPorts } from "../dns/dns-client.ts";
import type { ResolverServices } from "./network/resolver.ts";
import { nodeGateways } from "./network/node-gateways.ts";

/**
 * The real ports of a thread. Call once per thread: its sockets share a receive buffer.
 * @param options.receiveBufferBytes See {@link NodeSockets}.
 */
export function nodePorts(
  options: { readonly receiveBufferBytes?: number; readonly network?: NetworkRules } = {},
): Ports {
  const { network = defaultNetworkRules } = options;
  const direct = directPorts(options, network);
  const { interface: bound } = network;
  const own =
    bound === undefined
      ? direct
      : boundNodePorts(direct, options, { ...network, interface: bound });
  if (network.proxy === undefined) return own;
  return throughProxy(own, network.proxy, (access) => httpByProxy(network, access));
}

/** Ports without an interface and a proxy. */
function directPorts(
  options: { readonly receiveBufferBytes?: number },
  network: NetworkRules,
): Ports {
  const asking = {
    clock: nodeClock,
    timers: nodeTimers,
    random: new NodeRandom(),
    sockets: new NodeSockets(options),
    datagrams: datagramsOnDemand(),
  };
  return {
    ...asking,
    ...webOnDemand(() => loadWeb(network, asking)),
    interfaces: nodeInterfaces,
    gateways: nodeGateways,
    disk: nodeDisk,
    folders: foldersOnDemand(),
    modules: nodeModules,
    sha1,
    compileForSpeed,
  };
}

/** Only the engine speaks UDP. */
function datagramsOnDemand(): Datagrams {
  return {
    async bind(options, handlers) {
      const { nodeDatagrams } = await import("./network/node-datagrams.ts");
      return await nodeDatagrams.bind(options, handlers);
    },
  };
}

/** Only the engine looks at folders. */
function foldersOnDemand(): Folders {
  let loaded: Promise<FolderProbe> | undefined;
  let probe: FolderProbe | undefined;
  const load = async () => (probe = new (await import("./disk/folder-probe.ts")).FolderProbe());
  return {
    look: async (folder) => await (await (loaded ??= load())).look(folder),
    get stuck() {
      return probe?.stuck ?? [];
    },
  };
}

function httpByProxy({ families, userAgent }: NetworkRules, access: ProxyAccess): Http {
  let loaded: Promise<Http> | undefined;
  const load = async (): Promise<Http> => {
    const [{ NodeHttp }, { HttpThroughProxy, ProxyResolver }] = await Promise.all([
      import("./http/node-http.ts"),
      import("../proxy/http-through-proxy.ts"),
    ]);
    const way = new HttpThroughProxy(access);
    return new NodeHttp({ resolver: new ProxyResolver(families), userAgent, way });
  };
  return httpOnDemand(() => (loaded ??= load()));
}

async function loadWeb({ dns, families, userAgent }: NetworkRules, asking: DnsPorts) {
  const [{ NodeHttp }, { nodeNames }, { Resolver }] = await Promise.all([
    import("./http/node-http.ts"),
    import("./network/node-names.ts"),
    import("./network/resolver.ts"),
  ]);
  const openServers = dns && (await serversAt(dns, families, asking));
  const resolver = new Resolver({ families, ...(openServers !== undefined && { openServers }) });
  return { names: nodeNames(resolver), http: new NodeHttp({ resolver, userAgent }) };
}

/** One client for all look-ups of a thread. */
async function serversAt(
  servers: readonly Address[],
  families: NetworkRules["families"],
  asking: DnsPorts,
): Promise<ResolverServices["openServers"]> {
  const [{ DnsClient }, { usableServers }] = await Promise.all([
    import("../dns/dns-client.ts"),
    import("./network/name-servers.ts"),
  ]);
  const { ask } = new DnsClient(asking, usableServers(servers, families));
  return () => ask;
}
