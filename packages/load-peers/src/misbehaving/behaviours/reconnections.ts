// Many connections, one after the other or at once.

import { have } from "../frames.ts";
import { after, sends, shakeHands, type HostilePeer } from "../hostile-peer.ts";

/** Misuses of connections. */
export const reconnections: readonly HostilePeer[] = [
  {
    name: "same-id-crowd",
    does: "connects eight times with the same peer id",
    cases: [38, 59],
    connections: 8,
    misbehave: after(shakeHands, (connection) => connection.closed),
  },
  {
    name: "connect-storm",
    does: "breaks a rule at once and reconnects, again and again",
    cases: [61],
    comesBack: true,
    misbehave: sends(shakeHands, () => have(0xffffffff)),
  },
  {
    name: "hit-and-run",
    does: "sends a handshake and disconnects, again and again",
    cases: [59, 61],
    comesBack: true,
    async misbehave(connection) {
      await connection.shakeHands();
      connection.close();
    },
  },
];
