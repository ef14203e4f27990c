// Case 58: says without end that it is still there.

import { keepAlive, many } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const keepAliveFlood: HostilePeer = {
  name: "keep-alive-flood",
  does: "says without end that it is still there",
  cases: [58],
  async misbehave(line) {
    await line.shakeHands();
    await line.sayForEver(many(4_096, keepAlive));
  },
};
