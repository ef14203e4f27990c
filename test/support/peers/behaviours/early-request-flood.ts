// Case 46: floods with requests before it can have been unchoked.

import { many, request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const earlyRequestFlood: HostilePeer = {
  name: "early-request-flood",
  does: "floods with requests before it can have been unchoked",
  cases: [46],
  async misbehave(connection) {
    await connection.shakeHands();
    const piece = await connection.remotePiece();
    await connection.sendForEver(many(256, request(piece, 0, 16_384)));
  },
};
