// Case 36: sends a handshake of another protocol.

import type { HostilePeer } from "../hostile-peer.ts";

export const wrongProtocolString: HostilePeer = {
  name: "wrong-protocol-string",
  does: "sends a handshake of another protocol",
  cases: [36],
  async misbehave(connection) {
    const handshake = connection.handshake();
    handshake[19] = 0x4c;
    await connection.send(handshake);
  },
};
