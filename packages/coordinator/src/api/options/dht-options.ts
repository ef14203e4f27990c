import type { DhtEndpoint, DhtSettings, EngineOptions } from "@troupe/messages";
import { isLoopbackAddress } from "@troupe/protocol";
import { refuseUnknownOptions, type Names } from "./known-names.ts";
import { dialable, outOfRange, spelled } from "./option-values.ts";

/** Settings of the engine's DHT node. */
export interface DhtNodeOptions {
  /** Nodes that are asked first, 100 at most. Default: those of earlier runs alone. */
  readonly nodes?: readonly DhtEndpoint[];
  /**
   * Nodes that are asked when no other node is known, 100 at most; empty: none. Default: public routers.
   */
  readonly routers?: readonly DhtEndpoint[];
}

const names: Names<keyof DhtNodeOptions> = { nodes: true, routers: true };
const mostNodes = 100;

/** The option `dht`. @throws TroupeError `option-unknown`, `option-out-of-range` */
export function dhtSettings(
  option: boolean | DhtNodeOptions,
  bind: readonly string[],
): Pick<EngineOptions, "dht"> {
  if (option === false) return {};
  if (option === true) return isLoopback(bind) ? {} : { dht: { bootstrap: [] } };
  if (typeof option !== "object" || option === null)
    throw outOfRange("dht", spelled(option), "true, false or an object");
  refuseUnknownOptions(option, names);
  const { nodes = [], routers } = option;
  return {
    dht: {
      bootstrap: addressesOf("dht.nodes", nodes),
      ...(routers !== undefined && { routers: addressesOf("dht.routers", routers) }),
    },
  };
}

/** Public nodes cannot be reached from there. */
function isLoopback(bind: readonly string[]): boolean {
  return bind.length > 0 && bind.every(isLoopbackAddress);
}

function addressesOf(name: string, given: readonly DhtEndpoint[]): DhtSettings["bootstrap"] {
  if (!Array.isArray(given)) throw outOfRange(name, spelled(given), "a list of addresses");
  if (given.length <= mostNodes) return given.map(dialable);
  throw outOfRange(name, `${given.length} nodes`, `${mostNodes} at most`);
}
