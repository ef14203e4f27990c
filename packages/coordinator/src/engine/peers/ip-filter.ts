import type { MessageOf } from "@troupe/actor-runtime";
import type { ApiProtocol } from "@troupe/messages";
import type { Engine } from "../base/engine-state.ts";

type Services = Pick<Engine, "network" | "peerWorkers">;

/** Replaces the list of the IP filter; the bans stay. */
export function setIpFilter(
  engine: Services & Pick<Engine, "context">,
  list: MessageOf<ApiProtocol, "set-ip-filter">,
): {} {
  const { bans } = engine.network.ipFilter.memory;
  engine.network.ipFilter.set({ ...list, ...(bans !== undefined && { bans }) });
  tell(engine);
  engine.context.log("info", "ip-filter-set", { ranges: engine.network.ipFilter.count });
  return {};
}

/** Puts the present bans into the IP filter. */
export function sendIpFilter(engine: Services): void {
  const { bans, ipFilter } = engine.network;
  const { bans: _, ...list } = ipFilter.memory;
  const packed = bans.pack();
  ipFilter.set({ ...list, ...(packed !== undefined && { bans: packed }) });
  tell(engine);
}

/** Sends the filter to the peer-workers, which close the connections that it names, and to the DHT node. */
function tell({ network, peerWorkers }: Services): void {
  const { memory } = network.ipFilter;
  for (const { calls } of peerWorkers) calls.cast("set-ip-filter", memory);
  network.dht?.setIpFilter(memory);
}
