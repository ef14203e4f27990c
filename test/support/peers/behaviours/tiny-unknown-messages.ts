// Case 54: sends messages that nobody knows, of no length at all.

import { frame, many } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const tinyUnknownMessages: HostilePeer = {
  name: "tiny-unknown-messages",
  does: "sends messages that nobody knows, of no length at all",
  cases: [54],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendForEver(many(512, frame(99)));
  },
};
