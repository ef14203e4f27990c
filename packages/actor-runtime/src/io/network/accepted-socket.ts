import type { OnReadOpts, Socket } from "node:net";
import { EndingSocket } from "./node-stream.ts";

/** Not documented by Node. */
const handleKey = "_handle";

/**
 * Moves an accepted connection into a new socket that reads into `onread.buffer`, as `net.connect({ onread })` does for
 * dialled connections: Node's constructor honours `onread` beside the (undocumented) `handle`. With `pauseOnConnect`
 * the server has not started to read, so no byte is lost.
 * @param accepted From a server with `pauseOnConnect: true`; unusable once a socket is returned.
 * @returns Undefined where Node does not support it: the caller reads `accepted` by `data` events.
 */
export function adoptAccepted(accepted: Socket, onread: OnReadOpts): Socket | undefined {
  const handle: unknown = Reflect.get(accepted, handleKey);
  if (typeof handle !== "object" || handle === null) return undefined;
  const options: object = { handle, onread };
  const adopted = new EndingSocket(options);
  if (Reflect.get(adopted, handleKey) !== handle) return undefined;
  // Neither an end nor the collector may close the connection.
  Reflect.set(accepted, handleKey, null);
  return adopted;
}
