// Case 50: ends the connection in the middle of a block.

import { block } from "../frames.ts";
import { offerEverything, rightBytes } from "../seeder-steps.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const midBlockReset: HostilePeer = {
  name: "mid-block-reset",
  does: "ends the connection in the middle of a block",
  cases: [50],
  async misbehave(connection) {
    await offerEverything(connection);
    const request = await connection.nextRequest();
    await connection.send(
      block(request.piece, request.begin, rightBytes(connection, request)).subarray(0, 8_000),
    );
    connection.close();
  },
};
