// Case 44: asks for blocks of 17 KiB.

import { waitForUnchoke } from "../leecher-steps.ts";
import { request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestOver16Kib: HostilePeer = {
  name: "request-over-16-kib",
  does: "asks for blocks of 17 KiB",
  cases: [44],
  async misbehave(connection) {
    const piece = await waitForUnchoke(connection);
    await connection.sendForEver(request(piece, 0, 17_408));
  },
};
