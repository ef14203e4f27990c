// Case 45: asks for the same block without end and reads nothing.

import { waitForUnchoke } from "../leecher-steps.ts";
import { many, request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestFlood: HostilePeer = {
  name: "request-flood",
  does: "asks for the same block without end and reads nothing",
  cases: [45],
  async misbehave(connection) {
    const piece = await waitForUnchoke(connection);
    connection.stopReading();
    await connection.sendForEver(many(256, request(piece, 0, 16_384)));
  },
};
