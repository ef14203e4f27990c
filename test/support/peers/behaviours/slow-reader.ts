// Case 52: asks for as much as it may and reads nothing of it.

import { waitForUnchoke } from "../leecher-steps.ts";
import { many, request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const slowReader: HostilePeer = {
  name: "slow-reader",
  does: "asks for as much as it may and reads nothing of it",
  cases: [52],
  async misbehave(connection) {
    const piece = await waitForUnchoke(connection);
    connection.stopReading();
    await connection.send(many(400, request(piece, 0, 16_384)));
    await connection.closed;
  },
};
