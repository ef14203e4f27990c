// Case 42: sends its bitfield without end.

import { many, wholeBitfield } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const bitfieldFlood: HostilePeer = {
  name: "bitfield-flood",
  does: "sends its bitfield without end",
  cases: [42],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendForEver(many(16, wholeBitfield(connection.pieceCount)));
  },
};
