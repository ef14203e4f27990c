// Case 35: connects and never says a word.

import type { HostilePeer } from "../hostile-peer.ts";

export const silent: HostilePeer = {
  name: "silent",
  does: "connects and never says a word",
  cases: [35],
  async misbehave(connection) {
    await connection.closed;
  },
};
