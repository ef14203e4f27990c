// Case 47: gives what it is asked for, and again, and again.

import { block } from "../frames.ts";
import { offerEverything, rightBytes } from "../seeder-steps.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const sameBlockTwice: HostilePeer = {
  name: "same-block-twice",
  does: "gives what it is asked for, and again, and again",
  cases: [47],
  async misbehave(connection) {
    await offerEverything(connection);
    const { piece, begin, lengthBytes } = await connection.nextRequest();
    await connection.sendForEver(
      block(piece, begin, rightBytes(connection, { piece, begin, lengthBytes })),
    );
  },
};
