// Case 45: takes back what it never asked for.

import { cancel, many } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const cancelStorm: HostilePeer = {
  name: "cancel-storm",
  does: "takes back what it never asked for",
  cases: [45],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendForEver(many(256, cancel(0, 0, 16_384)));
  },
};
