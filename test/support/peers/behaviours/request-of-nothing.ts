// Case 44: asks for blocks of no bytes.

import { waitForUnchoke } from "../leecher-steps.ts";
import { request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestOfNothing: HostilePeer = {
  name: "request-of-nothing",
  does: "asks for blocks of no bytes",
  cases: [44],
  async misbehave(connection) {
    const piece = await waitForUnchoke(connection);
    await connection.sendForEver(request(piece, 0, 0));
  },
};
