// The real ports that are bound to an interface.

import { boundTo, type BoundWeb } from "../bound/bound-ports.ts";
import type { InterfaceWatch } from "../bound/interface-watch.ts";
import { serversWithin } from "../bound/usable-servers.ts";
import { ActorError } from "../failure.ts";
import type { InterfaceRule, NetworkRules } from "../ports/network-rules.ts";
import type { Ports } from "../ports/ports.ts";
import type { Address } from "../ports/sockets.ts";
import type { DatagramSocket } from "../ports/datagrams.ts";
import { deviceSockets, type DeviceSockets } from "./network/bind-to-device.ts";
import { serversIn } from "./network/name-servers.ts";
import { NodeSockets } from "./network/node-sockets.ts";
import type { AskServers } from "./network/resolver.ts";
import { webOnDemand } from "./on-demand.ts";
import { systemModule } from "./system/system-module.ts";

/**
 * Ports whose sockets and look-ups are bound to the interface of the rules.
 *
 * @param machine Ports that are not bound.
 * @throws ActorError `interface-only-guarded` for a strict rule where the system cannot bind sockets to the device.
 */
export function boundNodePorts(
  machine: Ports,
  options: { readonly receiveBufferBytes?: number },
  rules: NetworkRules & { readonly interface: InterfaceRule },
): Ports {
  const { isStrict, ...rule } = rules.interface;
  const { name } = rule;
  const device = deviceSockets(name);
  if (isStrict && device === undefined) throw onlyGuarded(name);
  return boundTo(device === undefined ? machine : onDevice(machine, options, device), {
    ...{ ...rule, machine, hold: device === undefined ? "guard" : "device" },
    openWeb: (watch, bound) => openWeb(watch, { ...machine, ...bound }, rules),
  });
}

function onDevice(
  machine: Ports,
  options: { readonly receiveBufferBytes?: number },
  device: DeviceSockets,
): Ports {
  const datagrams = {
    async bind(...parts: Parameters<Ports["datagrams"]["bind"]>): Promise<DatagramSocket> {
      const { datagramsOn } = await import("./network/node-datagrams.ts");
      return await datagramsOn(device).bind(...parts);
    },
  };
  return { ...machine, sockets: new NodeSockets({ ...options, device }), datagrams };
}

/** Requests and look-ups over bound ports. */
function openWeb(watch: InterfaceWatch, bound: Ports, rules: NetworkRules): BoundWeb {
  const servers = (): ReturnType<typeof serversWithin> =>
    serversWithin(watch, rules.dns ?? systemServers(), rules.families);
  const web = webOnDemand(() => loadWeb(watch, bound, rules, servers));
  return { ...web, canAskNames: () => servers().length > 0 };
}

function systemServers(): readonly Address[] {
  return serversIn(systemModule("node:dns").getServers());
}

async function loadWeb(
  watch: InterfaceWatch,
  bound: Ports,
  { families, userAgent }: NetworkRules,
  servers: () => ReturnType<typeof serversWithin>,
) {
  const [{ NodeHttp }, { nodeNames }, { BoundResolver }, { HttpOverInterface }, { DnsClient }] =
    await Promise.all([
      import("./http/node-http.ts"),
      import("./network/node-names.ts"),
      import("../bound/bound-resolver.ts"),
      import("../bound/http-over-interface.ts"),
      import("../dns/dns-client.ts"),
    ]);
  const openServers = (): AskServers | undefined => {
    const usable = servers();
    return usable.length === 0 ? undefined : new DnsClient(bound, usable).ask;
  };
  const resolver = new BoundResolver(watch, { families, openServers });
  const way = new HttpOverInterface(bound.sockets);
  return { names: nodeNames(resolver), http: new NodeHttp({ resolver, userAgent, way }) };
}

function onlyGuarded(name: string): ActorError {
  return new ActorError("interface-only-guarded", {
    operation: "bind",
    message: `cannot bind sockets to the interface ${name}: only a guard would watch the route; install the package koffi beside troupe (Linux 5.7 or newer), or leave out --interface-strict`,
    details: { name },
  });
}
