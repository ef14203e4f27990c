// Cases 39 and 50: answers requests with a byte a second.

import { block } from "../frames.ts";
import { offerEverything, rightBytes } from "../seeder-steps.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const blockTrickler: HostilePeer = {
  name: "block-trickler",
  does: "answers requests with a byte a second",
  cases: [39, 50],
  async misbehave(connection) {
    await offerEverything(connection);
    const request = await connection.nextRequest();
    await connection.trickle(
      1_000,
      block(request.piece, request.begin, rightBytes(connection, request)),
    );
  },
};
