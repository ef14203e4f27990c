// Case 43: says that it has piece −1.

import { have } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const negativeHave: HostilePeer = {
  name: "negative-have",
  does: "says that it has piece −1",
  cases: [43],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(have(0xffffffff));
  },
};
