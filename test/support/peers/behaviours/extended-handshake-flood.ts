// Case 53: sends its extension handshake without end.

import { extended, many } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const extendedHandshakeFlood: HostilePeer = {
  name: "extended-handshake-flood",
  does: "sends its extension handshake without end",
  cases: [53],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendForEver(many(128, extended(0, "d1:mde4:reqqi250e1:v4:Xxxxe")));
  },
};
