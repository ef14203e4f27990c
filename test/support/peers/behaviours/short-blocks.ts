// Case 47: answers each request with half a block.

import { block } from "../frames.ts";
import { answerRequests, offerEverything, rightBytes } from "../seeder-steps.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const shortBlocks: HostilePeer = {
  name: "short-blocks",
  does: "answers each request with half a block",
  cases: [47],
  async misbehave(connection) {
    await offerEverything(connection);
    await answerRequests(connection, (request) => {
      const bytes = rightBytes(connection, request).subarray(0, request.lengthBytes / 2);
      return block(request.piece, request.begin, bytes);
    });
  },
};
