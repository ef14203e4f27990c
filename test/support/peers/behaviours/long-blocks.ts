// Case 47: answers a request with a block twice as long.

import { block } from "../frames.ts";
import { offerEverything } from "../seeder-steps.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const longBlocks: HostilePeer = {
  name: "long-blocks",
  does: "answers a request with a block twice as long",
  cases: [47],
  async misbehave(connection) {
    await offerEverything(connection);
    const request = await connection.nextRequest();
    await connection.send(
      block(request.piece, request.begin, new Uint8Array(2 * request.lengthBytes)),
    );
  },
};
