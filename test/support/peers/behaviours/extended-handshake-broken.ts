// Case 53: sends an extension handshake that is no dictionary.

import { extended } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const extendedHandshakeBroken: HostilePeer = {
  name: "extended-handshake-broken",
  does: "sends an extension handshake that is no dictionary",
  cases: [53],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(extended(0, "l-3:e"));
  },
};
