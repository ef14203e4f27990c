// Case 39: stops in the middle of a message.

import { wholeBitfield } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const halfFrame: HostilePeer = {
  name: "half-frame",
  does: "stops in the middle of a message",
  cases: [39],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(wholeBitfield(connection.pieceCount).subarray(0, 5));
  },
};
