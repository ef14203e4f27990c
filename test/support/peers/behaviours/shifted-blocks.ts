// Case 47: answers each request with a block that begins one byte later.

import { block } from "../frames.ts";
import { answerRequests, offerEverything, rightBytes } from "../serving.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const shiftedBlocks: HostilePeer = {
  name: "shifted-blocks",
  does: "answers each request with a block that begins one byte later",
  cases: [47],
  async misbehave(line) {
    await offerEverything(line);
    await answerRequests(line, (asked) => {
      const bytes = rightBytes(line, asked);
      return block(asked.piece, asked.begin + 1, bytes.subarray(1));
    });
  },
};
