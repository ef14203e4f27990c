import { dialSoon, type DialServices } from "../../torrent/swarm/dial-schedule.ts";
import type { Engine } from "../base/engine-state.ts";

/** In each tick. After a return trackers, peers and the gateway hear of the new address. */
export function followInterface(
  engine: DialServices & Pick<Engine, "context" | "network" | "torrents">,
): void {
  const { context, network, torrents } = engine;
  const bound = network.interface;
  const change = bound?.look(context.clock.nowMs());
  if (bound === undefined || change === undefined) return;
  const { name, state } = bound;
  if (change === "down") return context.log("warn", "interface-down", { name, state });
  context.log("info", "interface-up", { name });
  network.portMapping.networkChanged();
  network.dht?.networkChanged();
  for (const { announcer } of torrents.values()) announcer?.networkChanged();
  dialSoon(engine);
}
