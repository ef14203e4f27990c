// Case 35: accepts a connection and never says a word.

import type { HostilePeer } from "../hostile-peer.ts";

export const silentWhenDialled: HostilePeer = {
  name: "silent-when-dialled",
  does: "accepts a connection and never says a word",
  cases: [35],
  isDialled: true,
  async misbehave(connection) {
    await connection.closed;
  },
};
