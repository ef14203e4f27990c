// Case 54: sends empty extended messages that nobody agreed on.

import { extended, many } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const tinyExtendedMessages: HostilePeer = {
  name: "tiny-extended-messages",
  does: "sends empty extended messages that nobody agreed on",
  cases: [54],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.sendForEver(many(512, extended(200, "")));
  },
};
