// Cases 59 and 61: shakes hands and hangs up, again and again.

import type { HostilePeer } from "../hostile-peer.ts";

export const hitAndRun: HostilePeer = {
  name: "hit-and-run",
  does: "shakes hands and hangs up, again and again",
  cases: [59, 61],
  comesBack: true,
  async misbehave(connection) {
    await connection.shakeHands();
    connection.close();
  },
};
