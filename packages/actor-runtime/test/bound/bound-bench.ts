// A simulated machine with a tunnel beside its outer interface, ports that are bound to the tunnel, and a server that answers
// what it is sent.

import { SimulatedWorld, type SimulatedMachine } from "../../src/simulated/index.ts";
import type { InterfaceHold, Ports } from "../../src/index.ts";
import { boundTo } from "../../src/bound/bound-ports.ts";
import { InterfaceWatch } from "../../src/bound/interface-watch.ts";

export const outerHost = "192.0.2.10";
export const tunnelHost = "198.51.100.7";
export const tunnelHost6 = "2001:db8:7::7";
export const otherTunnelHost = "198.51.100.8";
/** Its network is that of the outer interface. */
export const besideHost = "192.0.2.20";
export const serverHost = "203.0.113.9";
export const serverHost6 = "2001:db8:9::9";
export const serverPort = 7_000;

const outer = {
  name: "eth0",
  addresses: [{ host: outerHost, prefixLength: 24, isInternal: false }],
};

/** The tunnel with these addresses. */
export function tunnelWith(...hosts: readonly string[]) {
  const addresses = hosts.map((host) => ({
    ...{ host, prefixLength: host.includes(":") ? 64 : 24, isInternal: false },
  }));
  return { name: "wg0", addresses };
}

/** The parts of a test. */
export interface BoundBench {
  readonly world: SimulatedWorld;
  readonly machine: SimulatedMachine;
  /** Not bound. */
  readonly direct: Ports;
  /** Bound to the tunnel. */
  readonly ports: Ports;
  readonly watch: InterfaceWatch;
  /** Hosts that connected to the server, or sent it a datagram. */
  readonly seen: string[];
  /** The machine has the outer interface and these from now on. */
  has(...tunnels: readonly ReturnType<typeof tunnelWith>[]): void;
}

/** @param hosts The addresses that sockets may use. By default they may use all. */
export async function boundBench(
  hold: InterfaceHold = "device",
  tunnels = [tunnelWith(tunnelHost, tunnelHost6)],
  hosts?: readonly string[],
): Promise<BoundBench> {
  const world = new SimulatedWorld({ seed: 1 });
  const own = [outerHost, tunnelHost, otherTunnelHost, tunnelHost6, "127.0.0.1", "::1"];
  const machine = world.machine({ addresses: own });
  world.machine({ addresses: [besideHost] });
  const server = world.machine({ addresses: [serverHost, serverHost6] });
  const has = (...list: typeof tunnels): void => machine.interfaces.set([outer, ...list]);
  machine.interfaces.defaultRoute = "wg0";
  has(...tunnels);
  const direct = machine.ports("client");
  let watch: InterfaceWatch | undefined;
  const ports = boundTo(direct, {
    ...{ name: "wg0", hold, machine: direct, ...(hosts !== undefined && { hosts }) },
    openWeb: (given) => {
      watch = given;
      return { http: direct.http, names: direct.names, canAskNames: () => true };
    },
  });
  if (watch === undefined) throw new Error("bug: no watch");
  const seen = await world.settle(serve(server.ports("server")));
  return { world, machine, direct, ports, watch, seen, has };
}

/** Sends back what it receives, by TCP and UDP over both families. */
async function serve({ sockets, datagrams }: Ports): Promise<string[]> {
  const seen: string[] = [];
  for (const host of [serverHost, serverHost6]) {
    const at = { host, port: serverPort };
    await sockets.listen(at, (stream) => {
      seen.push(`tcp ${stream.remote.host}`);
      return { bytes: (_, chunk) => void stream.write(chunk.slice()), closed: () => undefined };
    });
    const socket = await datagrams.bind(at, {
      received(bytes, from) {
        seen.push(`udp ${from.host}`);
        socket.send(bytes.slice(), from);
      },
    });
  }
  return seen;
}
