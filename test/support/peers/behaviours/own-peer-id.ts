// Case 38: waits for the peer id of the other side and shows it as its own.

import type { HostilePeer } from "../hostile-peer.ts";

/** Where the peer id begins in a handshake: the info-hash before it is enough for an answer. */
const idAt = 48;

export const ownPeerId: HostilePeer = {
  name: "own-peer-id",
  does: "waits for the peer id of the other side and shows it as its own",
  cases: [38],
  async misbehave(connection) {
    await connection.send(connection.handshake().subarray(0, idAt));
    await connection.send(await connection.remotePeerId());
  },
};
