// Case 61: connects again as soon as it is closed, which it brings about at once.

import { have } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const connectStorm: HostilePeer = {
  name: "connect-storm",
  does: "connects again as soon as it is closed, which it brings about at once",
  cases: [61],
  comesBack: true,
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(have(0xffffffff));
  },
};
