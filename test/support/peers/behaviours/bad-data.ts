// Case 48: gives wrong bytes.

import { block } from "../frames.ts";
import { answerRequests, offerEverything, rightBytes } from "../serving.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const badData: HostilePeer = {
  name: "bad-data",
  does: "gives wrong bytes",
  cases: [48],
  async misbehave(line) {
    await offerEverything(line);
    await answerRequests(line, (asked) => {
      const bytes = new Uint8Array(rightBytes(line, asked));
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return block(asked.piece, asked.begin, bytes);
    });
  },
};
