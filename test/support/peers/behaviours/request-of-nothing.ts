// Case 44: asks for blocks of no bytes.

import { interested, request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestOfNothing: HostilePeer = {
  name: "request-of-nothing",
  does: "asks for blocks of no bytes",
  cases: [44],
  async misbehave(line) {
    await line.shakeHands();
    const piece = await line.pieceOfTheirs();
    await line.say(interested);
    await line.unchoked();
    await line.sayForEver(request(piece, 0, 0));
  },
};
