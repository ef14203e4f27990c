// Port mapping of one machine, 192.168.1.9, behind a simulated gateway.

import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import { ownIdentity } from "@troupe/protocol/client-identity";
import { PortMapping } from "../../src/engine/port-mapping/port-mapping.ts";
import { gatewayHost, SimulatedGateway, type GatewayMood } from "./simulated-gateway.ts";

/** Our address. */
export const localHost = "192.168.1.9";
/** The port that we listen on. */
export const listenPort = 6_881;

/** A world with a gateway, and the port mapping of one engine. */
export async function mappingScene(
  mood: Partial<GatewayMood> = {},
  options: Partial<ConstructorParameters<typeof PortMapping>[1]> = {},
) {
  const world = new SimulatedWorld({ seed: "gateway", keepTrace: false });
  const gateway = await SimulatedGateway.start(world);
  Object.assign(gateway.mood, mood);
  const machine = world.machine({ addresses: [localHost, "10.0.0.9"] });
  machine.gateways = [{ host: gatewayHost, localHost }];
  const logged: string[] = [];
  const failures: unknown[] = [];
  /** The public port after each change; undefined: lost. */
  const changes: (number | undefined)[] = [];
  const context = {
    ...machine.ports("engine"),
    gateways: { list: () => machine.gateways },
    log: (_level: string, event: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void logged.push([event, fields["code"] ?? fields["protocol"]].filter(Boolean).join(" ")),
    fail: (error: unknown) => void failures.push(error),
  };
  /** Changes of the UDP port. */
  const udpChanges: (number | undefined)[] = [];
  const asked = {
    identity: ownIdentity,
    portMapping: ["PCP", "NAT-PMP", "UPnP"],
    ...options,
  } as const;
  const mapping = new PortMapping(context, asked, {
    tcp: (tcp) => void changes.push(tcp?.externalPort),
    udp: (udp) => void udpChanges.push(udp?.externalPort),
  });
  const start = async (hosts: readonly string[] = ["0.0.0.0", "::"]): Promise<void> => {
    mapping.start(hosts, listenPort);
    await world.run(20_000);
  };
  return { world, gateway, machine, mapping, changes, udpChanges, logged, failures, start };
}
