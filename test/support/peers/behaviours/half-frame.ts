// Case 39: stops in the middle of a message.

import { wholeBitfield } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const halfFrame: HostilePeer = {
  name: "half-frame",
  does: "stops in the middle of a message",
  cases: [39],
  async misbehave(line) {
    await line.shakeHands();
    await line.say(wholeBitfield(line.pieceCount).subarray(0, 5));
  },
};
