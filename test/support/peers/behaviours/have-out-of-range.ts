// Case 43: says that it has a piece behind the last one.

import { have } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const haveOutOfRange: HostilePeer = {
  name: "have-out-of-range",
  does: "says that it has a piece behind the last one",
  cases: [43],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(have(connection.pieceCount));
  },
};
