// Case 47: answers requests with blocks that reach into their neighbours.

import { block } from "../frames.ts";
import { answerRequests, offerEverything, rightBytes } from "../serving.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const overlappingBlocks: HostilePeer = {
  name: "overlapping-blocks",
  does: "answers requests with blocks that reach into their neighbours",
  cases: [47],
  async misbehave(line) {
    await offerEverything(line);
    await answerRequests(line, (asked) => {
      const begin = asked.begin === 0 ? 8_192 : asked.begin - 8_192;
      return block(asked.piece, begin, rightBytes(line, { ...asked, begin }));
    });
  },
};
