// Case 47: answers each request with half a block.

import { block } from "../frames.ts";
import { answerRequests, offerEverything, rightBytes } from "../serving.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const shortBlocks: HostilePeer = {
  name: "short-blocks",
  does: "answers each request with half a block",
  cases: [47],
  async misbehave(line) {
    await offerEverything(line);
    await answerRequests(line, (asked) => {
      const bytes = rightBytes(line, asked).subarray(0, asked.lengthBytes / 2);
      return block(asked.piece, asked.begin, bytes);
    });
  },
};
