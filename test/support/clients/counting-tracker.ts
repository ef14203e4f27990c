// A tracker that counts announces, and answers each with the peers that it is given, or fails.

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

/** Starts a tracker on 127.0.0.1. @param answer Its peers, or the status of all its answers. */
export async function startCountingTracker(
  answer: readonly { readonly host: string; readonly port: number }[] | 500 = [],
): Promise<CountingTracker> {
  let count = 0;
  const [status, body] =
    answer === 500 ? [500, ""] : [200, encode({ interval: 1_800, peers: encodeCompact4(answer) })];
  const server = createServer((_, response) => {
    count++;
    response.writeHead(status).end(body);
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
