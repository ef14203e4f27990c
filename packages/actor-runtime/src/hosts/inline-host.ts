// Actors in this thread, with real sockets, disk and time: for debugging, small jobs and tests.

import { nodePorts } from "../io/node-ports.ts";
import type { Host } from "./host.ts";
import { sharedThreadHost } from "./shared-thread-host.ts";

/** Makes a host whose actors live in the calling thread; see {@link sharedThreadHost} for what that costs. */
export function inlineHost(): Host {
  const ports = nodePorts();
  return sharedThreadHost({ ports: () => ports, schedule: (task) => void setImmediate(task) });
}
