// A tracker that counts announces, takes the next one after a second, and names the peers that it is given.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { encode } from "@troupe/protocol/bencode";
import { encodeCompact4 } from "@troupe/protocol/tracker";

/** A running tracker. */
export interface CountingTracker extends AsyncDisposable {
  readonly url: string;
  /** Announces so far. */
  readonly announces: () => number;
}

/** Starts a tracker on 127.0.0.1. */
export async function startCountingTracker(
  peers: readonly { readonly host: string; readonly port: number }[] = [],
): Promise<CountingTracker> {
  let count = 0;
  const reply = { interval: 1_800, "min interval": 1, peers: encodeCompact4(peers) };
  const server = createServer((_, response) => {
    count++;
    response.end(encode(reply));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/announce`,
    announces: () => count,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
