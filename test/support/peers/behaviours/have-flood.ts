// Case 43: says without end that it has the first piece.

import { have, many } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const haveFlood: HostilePeer = {
  name: "have-flood",
  does: "says without end that it has the first piece",
  cases: [43],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendForEver(many(512, have(0)));
  },
};
