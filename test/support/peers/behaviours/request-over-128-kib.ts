// Case 44: asks for blocks of 129 KiB.

import { waitForUnchoke } from "../leecher-steps.ts";
import { request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestOver128Kib: HostilePeer = {
  name: "request-over-128-kib",
  does: "asks for blocks of 129 KiB",
  cases: [44],
  async misbehave(connection) {
    const piece = await waitForUnchoke(connection);
    await connection.sendForEver(request(piece, 0, 132_096));
  },
};
