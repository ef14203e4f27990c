// Case 42: says that it has pieces behind the last one. The torrent must not have a whole number of bytes of them.

import { MessageId } from "@troupe/protocol";
import { frame } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const bitfieldSpareBits: HostilePeer = {
  name: "bitfield-spare-bits",
  does: "says that it has pieces behind the last one",
  cases: [42],
  async misbehave(connection) {
    await connection.shakeHands();
    const bits = new Uint8Array(Math.ceil(connection.pieceCount / 8)).fill(0xff);
    await connection.send(frame(MessageId.bitfield, bits));
  },
};
