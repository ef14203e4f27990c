// Case 44: asks for blocks of 17 KiB.

import { mayAsk } from "../asking.ts";
import { request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestOver16Kib: HostilePeer = {
  name: "request-over-16-kib",
  does: "asks for blocks of 17 KiB",
  cases: [44],
  async misbehave(line) {
    const piece = await mayAsk(line);
    await line.sayForEver(request(piece, 0, 17_408));
  },
};
