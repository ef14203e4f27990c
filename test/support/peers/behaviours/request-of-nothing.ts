// Case 44: asks for blocks of no bytes.

import { mayAsk } from "../asking.ts";
import { request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestOfNothing: HostilePeer = {
  name: "request-of-nothing",
  does: "asks for blocks of no bytes",
  cases: [44],
  async misbehave(line) {
    const piece = await mayAsk(line);
    await line.sayForEver(request(piece, 0, 0));
  },
};
