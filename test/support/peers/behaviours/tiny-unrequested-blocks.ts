// Case 47: sends blocks of one byte that nobody asked for.

import { block, many } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const tinyUnrequestedBlocks: HostilePeer = {
  name: "tiny-unrequested-blocks",
  does: "sends blocks of one byte that nobody asked for",
  cases: [47],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendForEver(many(512, block(0, 1, new Uint8Array(1))));
  },
};
