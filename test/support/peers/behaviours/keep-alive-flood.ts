// Case 58: says without end that it is still there.

import { keepAlive, many } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const keepAliveFlood: HostilePeer = {
  name: "keep-alive-flood",
  does: "says without end that it is still there",
  cases: [58],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendForEver(many(4_096, keepAlive));
  },
};
