// Case 47: sends blocks that nobody asked for.

import { block } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const unrequestedBlocks: HostilePeer = {
  name: "unrequested-blocks",
  does: "sends blocks that nobody asked for",
  cases: [47],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendForEver(block(0, 0, connection.target.content(0, 16_384)));
  },
};
