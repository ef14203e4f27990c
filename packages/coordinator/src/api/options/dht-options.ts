import { checkGate, engineSettings } from "@troupe/control";
import type { DhtEndpoint, DhtLimits, DhtSettings, EngineOptions } from "@troupe/messages";
import { isLoopbackAddress } from "@troupe/protocol/address";

/** Settings of the engine's DHT node. */
export interface DhtNodeOptions {
  /** Nodes that are asked first, 100 at most. Default: those of earlier runs alone. */
  readonly nodes?: readonly DhtEndpoint[];
  /** Nodes that are asked when no other node is known, 100 at most; empty: none. Default: public routers. */
  readonly routers?: readonly DhtEndpoint[];
  /** Default: 100 queries a second, bursts of 200, 16 look-ups at once, 8,000 bytes of answers a second. */
  readonly limits?: Partial<DhtLimits>;
}

/** The option `dht`. @throws TroupeError `option-unknown`, `option-out-of-range` */
export function dhtSettings(
  option: boolean | DhtNodeOptions,
  bind: readonly string[],
): Pick<EngineOptions, "dht"> {
  const given = checkGate(engineSettings.dht.gate, "dht", option);
  if (given === false) return {};
  const { nodes, ...others } = given === true ? {} : given;
  const dht: DhtSettings = { bootstrap: nodes ?? [], ...others };
  return nodes === undefined && isLoopback(bind) ? {} : { dht };
}

/** Public nodes cannot be reached from there. */
function isLoopback(bind: readonly string[]): boolean {
  return bind.length > 0 && bind.every(isLoopbackAddress);
}
