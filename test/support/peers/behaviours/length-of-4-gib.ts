// Case 40: announces a block of 4 GiB and sends it.

import { MessageId } from "@troupe/protocol";
import { frameHead } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const lengthOf4Gib: HostilePeer = {
  name: "length-of-4-gib",
  does: "announces a block of 4 GiB and sends it",
  cases: [40],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(frameHead(0xffffffff, MessageId.piece));
    await connection.sendForEver(new Uint8Array(16_384));
  },
};
