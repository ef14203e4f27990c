// Makes an accepted connection read into memory of ours, as `net.connect({ onread })` does for dialled ones.

import { Socket } from "node:net";
import type { OnReadOpts } from "node:net";

/** Where a socket keeps its system handle; not documented by Node. */
const handleKey = "_handle";

/**
 * Moves the connection of `accepted` into a new socket that reads into `onread.buffer`.
 *
 * Node takes `onread` for sockets that connect and has no documented way to ask for it on accepted ones, but the
 * constructor honours it beside the (undocumented) `handle`. A server with `pauseOnConnect` has not started to read,
 * so no byte is lost between the two sockets.
 *
 * @param accepted From a server with `pauseOnConnect: true`; not to be used again when a socket is returned.
 * @returns Undefined when this release of Node does not do it: the caller reads `accepted` by `data` events.
 */
export function adoptAccepted(accepted: Socket, onread: OnReadOpts): Socket | undefined {
  const handle: unknown = Reflect.get(accepted, handleKey);
  if (typeof handle !== "object" || handle === null) return undefined;
  const options: object = { handle, onread };
  const adopted = new Socket(options);
  if (Reflect.get(adopted, handleKey) !== handle) return undefined;
  // The old socket must not close the connection when somebody ends it or the collector finds it.
  Reflect.set(accepted, handleKey, null);
  return adopted;
}
