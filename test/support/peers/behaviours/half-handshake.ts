// Case 35: sends its handshake up to the info-hash, and never says who it is.

import type { HostilePeer } from "../hostile-peer.ts";

export const halfHandshake: HostilePeer = {
  name: "half-handshake",
  does: "sends its handshake up to the info-hash, and never says who it is",
  cases: [35],
  async misbehave(connection) {
    await connection.send(connection.handshake().subarray(0, 48));
  },
};
