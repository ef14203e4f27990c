// Case 44: asks for blocks of 129 KiB.

import { interested, request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestOver128Kib: HostilePeer = {
  name: "request-over-128-kib",
  does: "asks for blocks of 129 KiB",
  cases: [44],
  async misbehave(line) {
    await line.shakeHands();
    const piece = await line.pieceOfTheirs();
    await line.say(interested);
    await line.unchoked();
    await line.sayForEver(request(piece, 0, 132_096));
  },
};
