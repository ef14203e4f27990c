// Case 42: sends a bitfield with a byte too many.

import { MessageId } from "@troupe/protocol";
import { frame } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const bitfieldTooLong: HostilePeer = {
  name: "bitfield-too-long",
  does: "sends a bitfield with a byte too many",
  cases: [42],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(
      frame(MessageId.bitfield, new Uint8Array(Math.ceil(connection.pieceCount / 8) + 1)),
    );
  },
};
