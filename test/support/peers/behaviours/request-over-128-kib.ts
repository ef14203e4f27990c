// Case 44: asks for blocks of 129 KiB.

import { mayAsk } from "../asking.ts";
import { request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestOver128Kib: HostilePeer = {
  name: "request-over-128-kib",
  does: "asks for blocks of 129 KiB",
  cases: [44],
  async misbehave(line) {
    const piece = await mayAsk(line);
    await line.sayForEver(request(piece, 0, 132_096));
  },
};
