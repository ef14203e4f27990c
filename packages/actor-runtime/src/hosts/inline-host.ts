import { nodePorts } from "../io/node-ports.ts";
import { defaultNetworkRules } from "../io/network/default-rules.ts";
import type { NetworkRules } from "../ports/network-rules.ts";
import type { Host } from "./host.ts";
import { sharedThreadHost } from "./shared-thread-host.ts";

/**
 * Makes a host for debugging, small jobs and tests: the calling thread, with real ports. See {@link sharedThreadHost}.
 */
export function inlineHost(network: NetworkRules = defaultNetworkRules): Host {
  const ports = nodePorts({ network });
  return sharedThreadHost({ ports: () => ports, schedule: (task) => void setImmediate(task) });
}
