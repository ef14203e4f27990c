// Actors in this thread, with real sockets, disk and time: for debugging, small jobs and tests.

import { nodeParts } from "../io/node-parts.ts";
import type { Host } from "./host.ts";
import { sharedThreadHost } from "./shared-thread-host.ts";

/** Makes a host whose actors live in the calling thread; see {@link sharedThreadHost} for what that costs. */
export function inlineHost(): Host {
  const parts = nodeParts();
  return sharedThreadHost({ parts: () => parts, schedule: (task) => void setImmediate(task) });
}
