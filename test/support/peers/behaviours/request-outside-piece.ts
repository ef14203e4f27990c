// Case 44: asks for blocks that begin behind the end of the piece.

import { waitForUnchoke } from "../leecher-steps.ts";
import { request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestOutsidePiece: HostilePeer = {
  name: "request-outside-piece",
  does: "asks for blocks that begin behind the end of the piece",
  cases: [44],
  async misbehave(connection) {
    const piece = await waitForUnchoke(connection);
    await connection.sendForEver(request(piece, connection.target.pieceLengthBytes, 16_384));
  },
};
