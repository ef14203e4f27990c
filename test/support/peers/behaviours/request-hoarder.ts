// Case 45: has everything, gives nothing, and asks for far more than it may keep waiting.

import { many, interested, request, unchoke, wholeBitfield } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestHoarder: HostilePeer = {
  name: "request-hoarder",
  does: "owes us blocks and asks for thirty thousand itself",
  cases: [45],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(wholeBitfield(connection.pieceCount), unchoke, interested);
    const piece = await connection.remotePiece();
    await connection.unchoked();
    await connection.nextRequest();
    await connection.send(many(30_000, request(piece, 0, 16_384)));
    await connection.closed;
  },
};
