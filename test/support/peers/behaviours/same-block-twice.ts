// Case 47: gives what it is asked for, and again, and again.

import { block } from "../frames.ts";
import { offerEverything, rightBytes } from "../serving.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const sameBlockTwice: HostilePeer = {
  name: "same-block-twice",
  does: "gives what it is asked for, and again, and again",
  cases: [47],
  async misbehave(line) {
    await offerEverything(line);
    const { piece, begin, lengthBytes } = await line.nextRequest();
    await line.sayForEver(block(piece, begin, rightBytes(line, { piece, begin, lengthBytes })));
  },
};
