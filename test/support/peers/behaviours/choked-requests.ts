// Case 46: asks while it is choked, and waits out the grace that requests on their way have.

import { many, request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const chokedRequests: HostilePeer = {
  name: "choked-requests",
  does: "asks while it is choked, and waits out the grace that requests on their way have",
  cases: [46],
  async misbehave(connection) {
    await connection.shakeHands();
    const piece = await connection.remotePiece();
    await connection.pause(2_500);
    await connection.sendForEver(many(16, request(piece, 0, 16_384)));
  },
};
