// Case 51: is interested and not interested a thousand times a second.

import { interested, many, notInterested } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const interestFlapping: HostilePeer = {
  name: "interest-flapping",
  does: "is interested and not interested a thousand times a second",
  cases: [51],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendEvery(10, many(10, Buffer.concat([interested, notInterested])));
  },
};
