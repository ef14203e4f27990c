// Case 45: asks for the same block without end and reads nothing.

import { mayAsk } from "../asking.ts";
import { many, request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestFlood: HostilePeer = {
  name: "request-flood",
  does: "asks for the same block without end and reads nothing",
  cases: [45],
  async misbehave(line) {
    const piece = await mayAsk(line);
    line.stopReading();
    await line.sayForEver(many(256, request(piece, 0, 16_384)));
  },
};
