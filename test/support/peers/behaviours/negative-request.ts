// Case 44: asks for negative pieces, places and lengths.

import { request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const negativeRequest: HostilePeer = {
  name: "negative-request",
  does: "asks for negative pieces, places and lengths",
  cases: [44],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendForEver(request(0xffffffff, 0x80000000, 0xffffc000));
  },
};
