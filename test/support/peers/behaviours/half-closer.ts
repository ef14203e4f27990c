// Case 39: sends half a block and says nothing more, but goes on listening.

import { block } from "../frames.ts";
import { offerEverything, rightBytes } from "../serving.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const halfCloser: HostilePeer = {
  name: "half-closer",
  does: "sends half a block and says nothing more, but goes on listening",
  cases: [39],
  async misbehave(line) {
    await offerEverything(line);
    const asked = await line.nextRequest();
    await line.say(block(asked.piece, asked.begin, rightBytes(line, asked)).subarray(0, 8_000));
    line.endSending();
  },
};
