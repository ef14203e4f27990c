import { nodePorts } from "../io/node-ports.ts";
import type { Host } from "./host.ts";
import { sharedThreadHost } from "./shared-thread-host.ts";

/**
 * Makes a host for debugging, small jobs and tests: actors in the calling thread with real sockets, disk and time. See
 * {@link sharedThreadHost} for the cost.
 */
export function inlineHost(): Host {
  const ports = nodePorts();
  return sharedThreadHost({ ports: () => ports, schedule: (task) => void setImmediate(task) });
}
