// Case 47: answers requests with blocks that reach into their neighbours.

import { block } from "../frames.ts";
import { answerRequests, offerEverything, rightBytes } from "../seeder-steps.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const overlappingBlocks: HostilePeer = {
  name: "overlapping-blocks",
  does: "answers requests with blocks that reach into their neighbours",
  cases: [47],
  async misbehave(connection) {
    await offerEverything(connection);
    await answerRequests(connection, (request) => {
      const begin = request.begin === 0 ? 8_192 : request.begin - 8_192;
      return block(request.piece, begin, rightBytes(connection, { ...request, begin }));
    });
  },
};
