// Case 39: stops in the middle of the length of a message.

import type { HostilePeer } from "../hostile-peer.ts";

export const halfLength: HostilePeer = {
  name: "half-length",
  does: "stops in the middle of the length of a message",
  cases: [39],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(new Uint8Array(3));
  },
};
