// Cases 39 and 50: answers requests with a byte a second.

import { block } from "../frames.ts";
import { offerEverything, rightBytes } from "../serving.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const blockTrickler: HostilePeer = {
  name: "block-trickler",
  does: "answers requests with a byte a second",
  cases: [39, 50],
  async misbehave(line) {
    await offerEverything(line);
    const asked = await line.nextRequest();
    await line.trickle(1_000, block(asked.piece, asked.begin, rightBytes(line, asked)));
  },
};
