// Case 44: asks for blocks that begin behind the end of the piece.

import { interested, request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestOutsidePiece: HostilePeer = {
  name: "request-outside-piece",
  does: "asks for blocks that begin behind the end of the piece",
  cases: [44],
  async misbehave(line) {
    await line.shakeHands();
    const piece = await line.pieceOfTheirs();
    await line.say(interested);
    await line.unchoked();
    await line.sayForEver(request(piece, line.target.pieceLengthBytes, 16_384));
  },
};
