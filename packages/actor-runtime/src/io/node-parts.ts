// The real parts of a context, for actors in threads and inline.

import type { Http, Parts } from "../context.ts";
import { nodeClock } from "./node-clock.ts";
import { nodeDisk } from "./node-disk.ts";
import { NodeRandom } from "./node-random.ts";
import { sha1 } from "./node-sha1.ts";
import { NodeSockets } from "./node-sockets.ts";
import { nodeTimers } from "./node-timers.ts";

/**
 * The real parts for the actors of one thread. Call once per thread: its sockets share one receive buffer.
 *
 * @param options.receiveBufferBytes See {@link NodeSockets}.
 */
export function nodeParts(options: { readonly receiveBufferBytes?: number } = {}): Parts {
  return {
    clock: nodeClock,
    timers: nodeTimers,
    random: new NodeRandom(),
    sockets: new NodeSockets(options),
    http: httpOnDemand(),
    disk: nodeDisk,
    sha1,
  };
}

/** Most threads never make a request: the HTTP modules are loaded at the first. */
function httpOnDemand(): Http {
  let loaded: Promise<Http> | undefined;
  return {
    async get(url, options) {
      loaded ??= import("./node-http.ts").then(({ NodeHttp }) => new NodeHttp());
      return (await loaded).get(url, options);
    },
  };
}
