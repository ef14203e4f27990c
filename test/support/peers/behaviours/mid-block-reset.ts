// Case 50: ends the connection in the middle of a block.

import { block } from "../frames.ts";
import { offerEverything, rightBytes } from "../serving.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const midBlockReset: HostilePeer = {
  name: "mid-block-reset",
  does: "ends the connection in the middle of a block",
  cases: [50],
  async misbehave(line) {
    await offerEverything(line);
    const asked = await line.nextRequest();
    await line.say(block(asked.piece, asked.begin, rightBytes(line, asked)).subarray(0, 8_000));
    line.close();
  },
};
