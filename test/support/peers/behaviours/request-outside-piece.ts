// Case 44: asks for blocks that begin behind the end of the piece.

import { mayAsk } from "../asking.ts";
import { request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestOutsidePiece: HostilePeer = {
  name: "request-outside-piece",
  does: "asks for blocks that begin behind the end of the piece",
  cases: [44],
  async misbehave(line) {
    const piece = await mayAsk(line);
    await line.sayForEver(request(piece, line.target.pieceLengthBytes, 16_384));
  },
};
