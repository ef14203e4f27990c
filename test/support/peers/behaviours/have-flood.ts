// Case 43: says without end that it has the first piece.

import { have, many } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const haveFlood: HostilePeer = {
  name: "have-flood",
  does: "says without end that it has the first piece",
  cases: [43],
  async misbehave(line) {
    await line.shakeHands();
    await line.sayForEver(many(512, have(0)));
  },
};
