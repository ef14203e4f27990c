// Case 53: says that it takes two thousand million requests.

import { extended } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const absurdRequestQueue: HostilePeer = {
  name: "absurd-request-queue",
  does: "says that it takes two thousand million requests",
  cases: [53],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(extended(0, "d1:mde4:reqqi2147483648ee"));
  },
};
