// Case 39: sends half a block and says nothing more, but goes on listening.

import { block } from "../frames.ts";
import { offerEverything, rightBytes } from "../seeder-steps.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const halfCloser: HostilePeer = {
  name: "half-closer",
  does: "sends half a block and says nothing more, but goes on listening",
  cases: [39],
  async misbehave(connection) {
    await offerEverything(connection);
    const request = await connection.nextRequest();
    await connection.send(
      block(request.piece, request.begin, rightBytes(connection, request)).subarray(0, 8_000),
    );
    connection.endSending();
  },
};
