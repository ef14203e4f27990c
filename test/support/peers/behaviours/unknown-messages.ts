// Case 54: sends large messages that nobody knows.

import { frame } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const unknownMessages: HostilePeer = {
  name: "unknown-messages",
  does: "sends large messages that nobody knows",
  cases: [54],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendForEver(frame(99, new Uint8Array(65_536)));
  },
};
