import { checkGate, engineSettings } from "@troupe/control";
import type { DhtSettings, EngineOptions } from "@troupe/messages";
import { isLoopbackAddress } from "@troupe/protocol/address";
import type { DhtNodeOptions } from "./generated/engine-options.ts";

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
