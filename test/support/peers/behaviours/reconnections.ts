// Many connections, one after the other or at once.

import { have } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const reconnections: readonly HostilePeer[] = [
  {
    name: "same-id-crowd",
    does: "connects eight times as one and the same peer",
    cases: [38, 59],
    connections: 8,
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.closed;
    },
  },
  {
    name: "connect-storm",
    does: "connects again as soon as it is closed, which it brings about at once",
    cases: [61],
    comesBack: true,
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(have(0xffffffff));
    },
  },
  {
    name: "hit-and-run",
    does: "shakes hands and hangs up, again and again",
    cases: [59, 61],
    comesBack: true,
    async misbehave(connection) {
      await connection.shakeHands();
      connection.close();
    },
  },
];
