// Case 42: sends a bitfield that lacks a byte.

import { MessageId } from "@troupe/protocol";
import { frame } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const bitfieldTooShort: HostilePeer = {
  name: "bitfield-too-short",
  does: "sends a bitfield that lacks a byte",
  cases: [42],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(
      frame(MessageId.bitfield, new Uint8Array(Math.ceil(connection.pieceCount / 8) - 1)),
    );
  },
};
