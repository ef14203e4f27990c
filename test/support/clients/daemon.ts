// Waits for what a client of a test says when it is asked.

import { connect } from "node:net";
import type { RunningProcess } from "../programs/process.ts";
import { found } from "../time/until.ts";

/**
 * The first value that `find` gives which is not undefined. An error of `find` counts as undefined: a client refuses connections until it
 * listens.
 *
 * @param what The value that is waited for, as a sentence.
 * @throws rejects when the client has ended without such a value.
 */
export async function foundIn<Value>(
  client: RunningProcess,
  what: string,
  find: () => Promise<Value | undefined>,
): Promise<Value> {
  return await found(what, async () => {
    const { hasExited } = client;
    const value = await find().catch(() => undefined);
    if (value !== undefined) return value;
    if (hasExited) throw new Error(`${what}: the client has ended: ${client.tail()}`);
    return undefined;
  });
}

/** Settles when a condition is true. See {@link foundIn}. */
export async function untilIn(
  client: RunningProcess,
  what: string,
  isTrue: () => Promise<boolean>,
): Promise<void> {
  await foundIn(client, what, async () => ((await isTrue()) ? true : undefined));
}

/** Whether a server listens at `HOST:PORT`. */
export async function listens(address: string): Promise<boolean> {
  const [host = "", port] = address.split(":");
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(Number(port), host);
  socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  const isThere = await promise;
  socket.destroy();
  return isThere;
}
