import { nodePorts } from "../io/node-ports.ts";
import type { Host } from "./host.ts";
import { sharedThreadHost } from "./shared-thread-host.ts";

/**
 * Makes a host for debugging, small jobs and tests: the calling thread, with real ports. See {@link sharedThreadHost}.
 */
export function inlineHost(): Host {
  const ports = nodePorts();
  return sharedThreadHost({ ports: () => ports, schedule: (task) => void setImmediate(task) });
}
