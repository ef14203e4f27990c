// Case 54: sends extended messages that nobody agreed on.

import { extended } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const unknownExtendedMessages: HostilePeer = {
  name: "unknown-extended-messages",
  does: "sends extended messages that nobody agreed on",
  cases: [54],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendForEver(extended(200, new Uint8Array(16_384)));
  },
};
