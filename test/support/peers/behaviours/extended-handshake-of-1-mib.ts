// Case 53: sends an extension handshake of a mebibyte.

import { extended } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const extendedHandshakeOf1Mib: HostilePeer = {
  name: "extended-handshake-of-1-mib",
  does: "sends an extension handshake of a mebibyte",
  cases: [53],
  async misbehave(connection) {
    await connection.shakeHands();
    const name = "x".repeat(1_048_500);
    await connection.send(extended(0, `d1:md${name.length}:${name}i1eee`));
  },
};
