// Case 35: sends its handshake one byte every nine seconds.

import type { HostilePeer } from "../hostile-peer.ts";

export const slowHandshake: HostilePeer = {
  name: "slow-handshake",
  does: "sends its handshake one byte every nine seconds",
  cases: [35],
  async misbehave(connection) {
    await connection.trickle(9_000, connection.handshake());
  },
};
