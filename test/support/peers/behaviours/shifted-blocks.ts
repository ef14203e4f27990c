// Case 47: answers each request with a block that begins one byte later.

import { block } from "../frames.ts";
import { answerRequests, offerEverything, rightBytes } from "../seeder-steps.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const shiftedBlocks: HostilePeer = {
  name: "shifted-blocks",
  does: "answers each request with a block that begins one byte later",
  cases: [47],
  async misbehave(connection) {
    await offerEverything(connection);
    await answerRequests(connection, (request) => {
      const bytes = rightBytes(connection, request);
      return block(request.piece, request.begin + 1, bytes.subarray(1));
    });
  },
};
