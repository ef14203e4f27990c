// Case 40: announces a message of 2 GiB and sends it.

import { uint32 } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const lengthOf2Gib: HostilePeer = {
  name: "length-of-2-gib",
  does: "announces a message of 2 GiB and sends it",
  cases: [40],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(uint32(0x7fffffff));
    await connection.sendForEver(new Uint8Array(16_384));
  },
};
