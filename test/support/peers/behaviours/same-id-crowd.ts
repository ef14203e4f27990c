// Cases 38 and 59: connects eight times as one and the same peer.

import type { HostilePeer } from "../hostile-peer.ts";

export const sameIdCrowd: HostilePeer = {
  name: "same-id-crowd",
  does: "connects eight times as one and the same peer",
  cases: [38, 59],
  connections: 8,
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.closed;
  },
};
