// Case 47: answers a request with a block twice as long.

import { block } from "../frames.ts";
import { offerEverything } from "../serving.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const longBlocks: HostilePeer = {
  name: "long-blocks",
  does: "answers a request with a block twice as long",
  cases: [47],
  async misbehave(line) {
    await offerEverything(line);
    const asked = await line.nextRequest();
    await line.say(block(asked.piece, asked.begin, new Uint8Array(2 * asked.lengthBytes)));
  },
};
