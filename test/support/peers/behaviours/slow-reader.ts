// Case 52: asks for as much as it may and reads nothing of it.

import { interested, many, request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const slowReader: HostilePeer = {
  name: "slow-reader",
  does: "asks for as much as it may and reads nothing of it",
  cases: [52],
  async misbehave(line) {
    await line.shakeHands();
    const piece = await line.pieceOfTheirs();
    await line.say(interested);
    await line.unchoked();
    line.stopReading();
    await line.say(many(400, request(piece, 0, 16_384)));
    await line.closed;
  },
};
