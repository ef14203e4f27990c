import type { MessageOf } from "@troupe/actor-runtime";
import type { ApiProtocol } from "@troupe/messages";
import type { Engine } from "../base/engine-state.ts";

/**
 * Replaces the IP filter of the engine, of the peer-workers, which close the connections that it names, and of the DHT node.
 */
export function setIpFilter(
  { context, network, peerWorkers }: Pick<Engine, "context" | "network" | "peerWorkers">,
  message: MessageOf<ApiProtocol, "set-ip-filter">,
): {} {
  network.ipFilter.set(message.ranges);
  for (const { calls } of peerWorkers) calls.cast("set-ip-filter", message);
  network.dht?.setIpFilter(message.ranges);
  context.log("info", "ip-filter-set", { ranges: network.ipFilter.count });
  return {};
}
