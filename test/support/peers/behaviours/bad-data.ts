// Case 48: gives wrong bytes.

import { block } from "../frames.ts";
import { answerRequests, offerEverything, rightBytes } from "../seeder-steps.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const badData: HostilePeer = {
  name: "bad-data",
  does: "gives wrong bytes",
  cases: [48],
  async misbehave(connection) {
    await offerEverything(connection);
    await answerRequests(connection, (request) => {
      const bytes = new Uint8Array(rightBytes(connection, request));
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return block(request.piece, request.begin, bytes);
    });
  },
};
