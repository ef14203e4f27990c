import type { DhtPorts } from "@troupe/messages";
import type { Engine, Network } from "../base/engine-state.ts";

/** The ports of our DHT node as the internet reaches them: the gateway maps that of IPv4. */
export function reachedDhtPorts({ dht, portMapping }: Network): DhtPorts {
  const ports = dht?.ports ?? {};
  const { udp } = portMapping;
  return ports.ipv4 === undefined || udp === undefined
    ? ports
    : { ...ports, ipv4: udp.externalPort };
}

/** The ports of the node, or their mapping, have changed. */
export function tellDhtPorts({
  network,
  peerWorkers,
}: Pick<Engine, "network" | "peerWorkers">): void {
  const ports = reachedDhtPorts(network);
  for (const { calls } of peerWorkers) calls.cast("set-dht-ports", ports);
}
