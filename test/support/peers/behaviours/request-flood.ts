// Case 45: asks for the same block without end and reads nothing.

import { interested, many, request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestFlood: HostilePeer = {
  name: "request-flood",
  does: "asks for the same block without end and reads nothing",
  cases: [45],
  async misbehave(line) {
    await line.shakeHands();
    const piece = await line.pieceOfTheirs();
    await line.say(interested);
    await line.unchoked();
    line.stopReading();
    await line.sayForEver(many(256, request(piece, 0, 16_384)));
  },
};
